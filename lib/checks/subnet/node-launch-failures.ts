import * as z from 'zod';
import { launchFinding } from '#lib/checks/subnet/launch-finding.ts';
import { defineCheck } from '#lib/model/check.ts';
import { asClause } from '#lib/model/failure.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { failedGroups } from '#lib/network/failed-groups.ts';
import { launchFailures } from '#lib/network/launch-failures.ts';

const MINUTE = 60_000;

export const check = defineCheck({
  id: 'node-launch-failures',
  title: 'Nodes that could not start for want of addresses or interfaces',
  area: 'subnet',
  severity: 'critical',
  inputs: [],
  optional: ['scalingActivities', 'nodegroups', 'nodeClaims', 'events', 'instances', 'nodes', 'pods'],
  options: z.object({
    windowHours: z.number().min(0.25).default(6).describe('how far back a failed launch counts, in hours'),
    ongoingMinutes: z
      .number()
      .min(1)
      .default(60)
      .describe(
        'age up to which a failure of a group whose size is not known counts as going on, in minutes, if pods wait for a node',
      ),
  }),
  metrics: [
    {
      name: 'NodeLaunchFailures',
      unit: 'Count',
      per: 'cluster',
      description: 'launches of nodes that failed for want of addresses or interfaces, within `windowHours`',
      essential: true,
    },
  ],
  docs: {
    question:
      "Did nodes fail to start because a subnet had no address or no /28 block for them, or an account or a type no interface? Auto Scaling's activities, the health of node groups, NodeClaims and their events tell. Launches that failed for other reasons (capacity, vCPU quotas, permissions) are counted and not judged.",
    verdicts: {
      warning: 'there were such failures within `windowHours`, and the groups have the nodes that they should have',
      critical:
        'nodes are missing now: a node group has fewer instances than its desired size, or a NodeClaim stands there unlaunched; or, where neither is known (an Auto Scaling group of your own, a NodeClaim that is gone), it failed within `ongoingMinutes` and pods wait for a node',
      unknown:
        'one of the sources was not read and nothing critical is seen; or how many instances a node group has, or whether pods wait for a node, was not read and the verdict hangs on it',
    },
    evidence: {
      failures: 'failed launches for want of addresses or interfaces, a standing report as one',
      otherFailures: 'failed launches for want of something else; not judged',
      missing: 'nodes that these groups lack now, where it is known',
      causes:
        'failures by cause: `subnet-addresses`, `prefix-blocks`, `subnet-missing`, `region-interfaces`, `instance-interfaces`, `interface-addresses`',
      groups:
        'each group with such failures: `kind`, `name` (null for NodeClaims that are gone), `state` (failing, recovered, unknown), `failures`, `causes`, `lastAt`, `desired`, `missing`, `subnets`, and the last `message`',
      subnets: 'the subnets that the messages name',
    },
    sources: [
      'Amazon EC2 API Reference, "Error codes for the Amazon EC2 API" (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html)',
      'Amazon EC2 Auto Scaling User Guide, "Troubleshoot issues in Amazon EC2 Auto Scaling: instance launch failures"',
      'Amazon EKS API Reference, "Issue" (https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html)',
      'Karpenter pkg/controllers/nodeclaim/lifecycle/launch.go; karpenter-provider-aws pkg/errors/errors.go',
    ],
  },
  remediations: ['add-pod-subnet', 'reserve-prefix-space', 'request-quota-increase', 'advise-instance-types'],
  evaluate({ optional, target, now, options }) {
    const { nodegroups, scalingActivities, nodeClaims, events, instances, nodes, pods } = optional;
    const reports = {
      nodegroups: dataOf(nodegroups) ?? [],
      scalingActivities: dataOf(scalingActivities) ?? [],
      nodeClaims: dataOf(nodeClaims) ?? [],
      events: dataOf(events) ?? [],
    };
    const failures = launchFailures(reports, now.getTime() - 60 * MINUTE * options.windowHours);
    const sources = {
      nodegroups: dataOf(nodegroups),
      instances: dataOf(instances),
      nodes: dataOf(nodes),
      pods: dataOf(pods),
    };
    const groups = failedGroups(failures, sources, now.getTime() - MINUTE * options.ongoingMinutes);
    const gaps = gapsOf(optional);
    const finding = launchFinding(target, {
      groups,
      otherFailures: failures.reduce((sum, { cause, count }) => sum + (cause === undefined ? count : 0), 0),
      windowHours: options.windowHours,
      gaps,
    });
    const failed = groups.reduce((sum, group) => sum + group.failures, 0);
    // A nought of which a source is missing would read as all well.
    const isSure = failed > 0 || gaps.length === 0;
    return { findings: [finding], metrics: isSure ? [{ name: 'NodeLaunchFailures', value: failed }] : [] };
  },
});

/** Sources that may hide a failure. Events matter only where there can be NodeClaims. */
function gapsOf({
  scalingActivities,
  nodegroups,
  nodeClaims,
  events,
}: Pick<Slices, 'scalingActivities' | 'nodegroups' | 'nodeClaims' | 'events'>): readonly string[] {
  const hasClaims = !(nodeClaims.ok && nodeClaims.absent);
  const gaps: string[] = [];
  if (!scalingActivities.ok) gaps.push(`the activities of Auto Scaling were not read: ${asClause(scalingActivities.reason)}`);
  if (!nodegroups.ok) gaps.push(`the node groups were not read: ${asClause(nodegroups.reason)}`);
  if (!nodeClaims.ok) gaps.push(`the NodeClaims were not read: ${asClause(nodeClaims.reason)}`);
  if (!events.ok && hasClaims) gaps.push(`the events on NodeClaims were not read: ${asClause(events.reason)}`);
  return gaps;
}
