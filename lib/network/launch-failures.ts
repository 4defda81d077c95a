import type { Nodegroup } from '#lib/model/eks.ts';
import type { NodeClaim } from '#lib/model/karpenter.ts';
import type { Condition, Event } from '#lib/model/kubernetes.ts';
import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import { type LaunchCause, launchCause } from '#lib/network/launch-failure-causes.ts';

/** Who wanted the node; `name` is absent where its NodeClaim is gone and took the NodePool's name with it. */
export interface LaunchGroup {
  readonly kind: 'node-group' | 'auto-scaling-group' | 'node-pool';
  readonly name?: string;
}

export interface LaunchFailure {
  readonly group: LaunchGroup;
  /** Absent where it failed for want of anything but addresses and interfaces. */
  readonly cause?: LaunchCause;
  readonly message: string;
  /** When it failed last, in milliseconds; absent where nothing tells. */
  readonly at?: number;
  /** Reported as it stands now, not as something that happened. */
  readonly standing: boolean;
  /** How many times. */
  readonly count: number;
}

/** What failed launches show in; what was not read is empty. */
export interface LaunchReports {
  readonly nodegroups: readonly Nodegroup[];
  readonly scalingActivities: readonly ScalingActivity[];
  readonly nodeClaims: readonly NodeClaim[];
  readonly events: readonly Event[];
}

/** Every failed launch since a time (in milliseconds), whatever it failed for. */
export function launchFailures(reports: LaunchReports, since: number): readonly LaunchFailure[] {
  const groups = new Map(
    reports.nodegroups.flatMap(({ nodegroupName, autoScalingGroups }) => autoScalingGroups.map((name) => [name, nodegroupName])),
  );
  const unlaunched = reports.nodeClaims.flatMap((claim) => ofClaim(claim));
  const known = new Set(unlaunched.map(({ claim }) => claim));
  const pools = new Map(reports.nodeClaims.map(({ name, nodePool }) => [name, nodePool]));
  return [
    ...reports.nodegroups.flatMap(ofNodegroup),
    ...reports.scalingActivities.filter(isLaunch).map((activity) => ofActivity(activity, groups)),
    ...unlaunched.map(({ failure }) => failure),
    ...reports.events
      .filter((event) => isOfClaim(event) && !known.has(event.involved.name))
      .flatMap((event) => ofEvent(event, pools)),
  ].filter(({ standing, at }) => standing || at === undefined || at >= since);
}

/**
 * Issues of a node group that keep its nodes from starting, of the network or not.
 * Source: Amazon EKS API Reference, "Issue".
 */
const LAUNCH_ISSUES = new Set([
  'AsgInstanceLaunchFailures',
  'Ec2InstanceTypeDoesNotExist',
  'Ec2LaunchTemplateInvalidConfiguration',
  'Ec2LaunchTemplateNotFound',
  'Ec2SubnetInvalidConfiguration',
  'Ec2SubnetMissingIpv6Assignment',
  'Ec2SubnetNotFound',
  'InstanceLimitExceeded',
  'InsufficientFreeAddresses',
  'NodeCreationFailure',
]);

function ofNodegroup({ nodegroupName, healthIssues }: Nodegroup): readonly LaunchFailure[] {
  return healthIssues
    .filter(({ code }) => LAUNCH_ISSUES.has(code))
    .map(({ code, message = '', resourceIds }) => ({
      ...described(`${[code, message].filter(Boolean).join(': ')} ${resourceIds.join(' ')}`),
      group: { kind: 'node-group', name: nodegroupName },
      standing: true,
      count: 1,
    }));
}

/** A group's failed terminations are activities too. */
function isLaunch({ description }: ScalingActivity): boolean {
  return description === undefined || /^launching/i.test(description);
}

function ofActivity(activity: ScalingActivity, nodegroups: ReadonlyMap<string, string>): LaunchFailure {
  const { autoScalingGroupName, statusMessage, description = '', startTime } = activity;
  const nodegroup = nodegroups.get(autoScalingGroupName);
  return {
    ...described(statusMessage ?? description),
    group:
      nodegroup === undefined
        ? { kind: 'auto-scaling-group', name: autoScalingGroupName }
        : { kind: 'node-group', name: nodegroup },
    ...dated(startTime),
    standing: false,
    count: 1,
  };
}

/** Karpenter has not tried yet. Source: operatorpkg status/condition_set.go. */
const NOT_TRIED = 'AwaitingReconciliation';

/** Source: Karpenter pkg/controllers/nodeclaim/lifecycle/launch.go (the condition Launched). */
function ofClaim(claim: NodeClaim): readonly { readonly claim: string; readonly failure: LaunchFailure }[] {
  const launched = claim.conditions.find(({ type }) => type === 'Launched');
  if (launched === undefined || launched.status === 'True' || !hasFailed(launched)) return [];
  const failure = {
    ...described(`${[launched.reason, launched.message].filter(Boolean).join(': ')}`),
    group: poolOf(claim.nodePool),
    ...dated(launched.lastTransitionTime ?? claim.createdAt),
    standing: claim.deletedAt === undefined,
    count: 1,
  };
  return [{ claim: claim.name, failure }];
}

function hasFailed({ reason, message }: Condition): boolean {
  return reason !== NOT_TRIED && Boolean(reason ?? message);
}

function isOfClaim({ involved }: Event): boolean {
  return involved.kind === 'NodeClaim';
}

/** Events on NodeClaims that tell of a launch. Source: Karpenter pkg/controllers/nodeclaim/lifecycle/events.go. */
const LAUNCH_EVENTS = new Set(['InsufficientCapacityError', 'NodeClassNotReady', 'LaunchFailed']);

/** Karpenter deletes a NodeClaim for which there is no capacity, and tries anew with another: only the event stays. */
function ofEvent({ reason, message, count, lastSeen, involved }: Event, pools: ReadonlyMap<string, string | undefined>) {
  const told = described(`${reason}: ${message}`);
  if (told.cause === undefined && !LAUNCH_EVENTS.has(reason)) return [];
  return [{ ...told, group: poolOf(pools.get(involved.name)), ...dated(lastSeen), standing: false, count }];
}

function poolOf(name: string | undefined): LaunchGroup {
  return { kind: 'node-pool', ...(name !== undefined && { name }) };
}

function described(text: string): Pick<LaunchFailure, 'cause' | 'message'> {
  const message = text.trim();
  const cause = launchCause(message);
  return { message, ...(cause !== undefined && { cause }) };
}

function dated(time: string | undefined): Pick<LaunchFailure, 'at'> {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? {} : { at };
}
