import type { Instance } from '#lib/model/ec2.ts';
import type { Nodegroup } from '#lib/model/eks.ts';
import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { type LaunchCause, subnetsIn } from '#lib/network/launch-failure-causes.ts';
import type { LaunchFailure, LaunchGroup } from '#lib/network/launch-failures.ts';

/** Whether a group has made up for its failures: `failing` lacks nodes now, `recovered` does not, `unknown` cannot be told. */
export type GroupState = 'failing' | 'recovered' | 'unknown';

/** A group that could not start nodes for want of addresses or interfaces. */
export interface FailedGroup {
  readonly group: LaunchGroup;
  readonly state: GroupState;
  readonly failures: number;
  readonly causes: Readonly<Partial<Record<LaunchCause, number>>>;
  readonly lastAt: number | undefined;
  /** What was said last. */
  readonly message: string;
  readonly subnets: readonly string[];
  /** Nodes that it should have, and instances or NodeClaims that it lacks of them; undefined where not known. */
  readonly desired: number | undefined;
  readonly missing: number | undefined;
}

/** What tells whether nodes are missing now; undefined what was not read. */
export interface GroupSources {
  readonly nodegroups: readonly Nodegroup[] | undefined;
  readonly instances: readonly Instance[] | undefined;
  readonly nodes: readonly Node[] | undefined;
  readonly pods: readonly Pod[] | undefined;
}

/**
 * Failures for want of addresses or interfaces, by group.
 * Where the size that a group should have is not known, it lacks nodes if it failed after `ongoingSince` and pods wait for one.
 */
export function failedGroups(
  failures: readonly LaunchFailure[],
  sources: GroupSources,
  ongoingSince: number,
): readonly FailedGroup[] {
  const ofNetwork = failures.filter(({ cause }) => cause !== undefined);
  const byGroup = Map.groupBy(ofNetwork, ({ group: { kind, name = '' } }) => `${kind} ${name}`);
  const waiting = sources.pods?.filter(waitsForNode).length;
  return [...byGroup.values()].flatMap((inGroup) => {
    const [first] = inGroup;
    return first === undefined ? [] : [failedGroup(first.group, inGroup, sources, ongoingSince, waiting)];
  });
}

function failedGroup(
  group: LaunchGroup,
  failures: readonly LaunchFailure[],
  sources: GroupSources,
  ongoingSince: number,
  waiting: number | undefined,
): FailedGroup {
  const latest = failures.reduce((last, failure) => ((failure.at ?? 0) > (last.at ?? 0) ? failure : last));
  const { desired, missing } = group.kind === 'node-pool' ? claims(failures) : nodegroupSize(group, sources);
  const ongoing = failures.some(({ standing, at }) => standing || at === undefined || at >= ongoingSince);
  return {
    group,
    state: stateOf({ desired, missing }, ongoing, waiting),
    failures: failures.reduce((sum, { count }) => sum + count, 0),
    causes: causesOf(failures),
    lastAt: latest.at,
    message: latest.message,
    subnets: [...new Set(failures.flatMap(({ message }) => subnetsIn(message)))],
    desired,
    missing,
  };
}

function stateOf({ desired, missing }: GroupSize, ongoing: boolean, waiting: number | undefined): GroupState {
  if (missing !== undefined) return missing > 0 ? 'failing' : 'recovered';
  if (desired !== undefined) return 'unknown';
  if (!ongoing) return 'recovered';
  if (waiting === undefined) return 'unknown';
  return waiting > 0 ? 'failing' : 'recovered';
}

interface GroupSize {
  readonly desired: number | undefined;
  readonly missing: number | undefined;
}

/** A NodeClaim that stands there unlaunched is a node that is missing; none says nothing, since Karpenter deletes them. */
function claims(failures: readonly LaunchFailure[]): GroupSize {
  const standing = failures.filter((failure) => failure.standing).length;
  return { desired: undefined, missing: standing > 0 ? standing : undefined };
}

function nodegroupSize({ kind, name }: LaunchGroup, { nodegroups, instances, nodes }: GroupSources): GroupSize {
  const nodegroup = kind === 'node-group' ? nodegroups?.find(({ nodegroupName }) => nodegroupName === name) : undefined;
  const desired = nodegroup?.scaling?.desiredSize;
  const present =
    nodegroup === undefined
      ? undefined
      : (instances?.filter((instance) => isUp(instance) && isOf(instance, nodegroup)).length ??
        nodes?.filter(({ labels }) => labels['eks.amazonaws.com/nodegroup'] === name).length);
  const missing = desired === undefined || present === undefined ? undefined : Math.max(0, desired - present);
  return { desired, missing };
}

function isUp({ state }: Instance): boolean {
  return state === 'pending' || state === 'running';
}

function isOf({ tags }: Instance, { autoScalingGroups }: Nodegroup): boolean {
  return autoScalingGroups.includes(tags['aws:autoscaling:groupName'] ?? '');
}

function causesOf(failures: readonly LaunchFailure[]): Partial<Record<LaunchCause, number>> {
  const causes: Partial<Record<LaunchCause, number>> = {};
  for (const { cause, count } of failures) if (cause !== undefined) causes[cause] = (causes[cause] ?? 0) + count;
  return causes;
}

/** Source: Kubernetes API reference, PodCondition (PodScheduled, Unschedulable). */
function waitsForNode({ nodeName, phase, conditions }: Pod): boolean {
  if (nodeName !== undefined || phase !== 'Pending') return false;
  return conditions.some(
    ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
  );
}
