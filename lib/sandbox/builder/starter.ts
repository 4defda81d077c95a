/** Who starts nodes, and what that leaves on them. */
import { awsId, suffix } from '#lib/sandbox/builder/ids.ts';
import type { NodegroupSpec } from '#lib/sandbox/builder/spec.ts';

interface Started {
  readonly cluster: string;
  readonly nodegroup: string;
  readonly startedBy: NonNullable<NodegroupSpec['startedBy']>;
  /** In its group. */
  readonly ordinal: number;
}

/** The name of the Auto Scaling group that starts a group's nodes; undefined where Karpenter does. */
export function scalingGroupOf(
  cluster: string,
  { name, startedBy = 'eks' }: Pick<NodegroupSpec, 'name' | 'startedBy'>,
): string | undefined {
  if (startedBy === 'eks') return `eks-${name}-${awsId('asg', cluster, name).slice(4)}`;
  return startedBy === 'own-auto-scaling-group' ? `${cluster}-${name}` : undefined;
}

export function nodeClaimName(nodegroup: string, ordinal: number): string {
  return `${nodegroup}-${suffix(5, 'claim', nodegroup, ordinal)}`;
}

/** Tags of an instance that tell who started it. */
export function starterTags({ cluster, nodegroup, startedBy, ordinal }: Started): Readonly<Record<string, string>> {
  const group = scalingGroupOf(cluster, { name: nodegroup, startedBy });
  if (startedBy === 'eks')
    return { 'eks:cluster-name': cluster, 'eks:nodegroup-name': nodegroup, 'aws:autoscaling:groupName': group ?? '' };
  if (group !== undefined) return { 'aws:autoscaling:groupName': group };
  return {
    'eks:eks-cluster-name': cluster,
    'karpenter.sh/nodepool': nodegroup,
    'karpenter.sh/nodeclaim': nodeClaimName(nodegroup, ordinal),
  };
}
