import type { Nodegroup } from '#lib/model/eks.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { expectedMaxPods, type MaxPodsReason, maxPodsGuidance, maxPodsReason } from '#lib/network/max-pods.ts';
import { type MaxPodsOrigin, maxPodsOrigin } from '#lib/network/max-pods-source.ts';

const SOURCES: Readonly<Record<MaxPodsOrigin['source'], string>> = {
  'managed-node-group': 'its managed node group',
  'managed-node-group-custom-ami': "its managed node group's own AMI",
  nodeadm: 'nodeadm',
  bottlerocket: 'Bottlerocket',
  'bootstrap.sh': 'bootstrap.sh',
  karpenter: 'Karpenter',
  'auto-mode': 'EKS Auto Mode',
  unknown: 'a source that is not known',
};

export interface MaxPodsOptions {
  readonly wastefulRatio: number;
  readonly aboveGuidance: 'ok' | 'warning';
}

/** Judges one node's max-pods, and says where it is set. */
export function maxPodsFinding(
  entry: EniNode,
  nodegroups: readonly Nodegroup[] | undefined,
  { wastefulRatio, aboveGuidance }: MaxPodsOptions,
): Omit<Judgement, 'resource'> {
  const { node, type, capacity, pods } = entry;
  const { allocatablePods } = node;
  if (allocatablePods === undefined)
    return { verdict: 'unknown', summary: `${node.name} is not judged: it states no allocatable pods.`, evidence: {} };
  const origin = maxPodsOrigin(node, nodegroups);
  const reason = maxPodsReason(allocatablePods, type, capacity, pods, wastefulRatio);
  const sticking = reason === 'over-committed' && pods.inUse + pods.waiting > (capacity.ipCapacity ?? Number.POSITIVE_INFINITY);
  const verdict = sticking ? 'critical' : verdictOf(reason, aboveGuidance);
  return {
    verdict,
    summary: summary(entry, allocatablePods, reason, origin),
    evidence: {
      allocatablePods,
      expectedMaxPods: expectedMaxPods(type, capacity),
      hostNetworkPods: pods.hostNetwork,
      source: origin.source,
      verdictReason: reason,
      instanceType: type.instanceType,
      ipCapacity: capacity.ipCapacity,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const }),
    ...(verdict === 'warning' && { timeToImpact: reason === 'over-committed' ? ('hours' as const) : ('days' as const) }),
    ...(verdict !== 'ok' && { remediation: 'recycle-nodes' }),
  };
}

function verdictOf(reason: MaxPodsReason, aboveGuidance: 'ok' | 'warning'): 'ok' | 'warning' {
  if (reason === 'matches') return 'ok';
  return reason === 'above-guidance' ? aboveGuidance : 'warning';
}

function summary(
  { node, type, capacity, pods, cilium }: EniNode,
  maxPods: number,
  reason: MaxPodsReason,
  { source, change }: MaxPodsOrigin,
): string {
  const expected = expectedMaxPods(type, capacity);
  const start = `${node.name} (${type.instanceType}, ${capacity.mode}) allows ${maxPods} pods`;
  const aside = cilium !== undefined && cilium.firstInterfaceIndex > 0;
  const skips = aside ? `Cilium leaves ${plural(cilium.firstInterfaceIndex, 'interface')} out (first-interface-index). ` : '';
  const where = `${skips}Set by ${SOURCES[source]}: ${change}.`;
  switch (reason) {
    case 'matches':
      return `${start}; ${expected} fit.`;
    case 'over-committed':
      return `${start} and can give ${capacity.ipCapacity} an address, beside ${plural(pods.hostNetwork, 'host-network pod')}: the others would stick; ${expected} fit. ${where}`;
    case 'stale':
      return `${start}, the figure for secondary addresses, though prefix delegation lets ${expected} fit. ${where}`;
    case 'wasteful':
      return `${start} where ${expected} fit. ${where}`;
    case 'above-guidance':
      return `${start}, above the ${maxPodsGuidance(type)} that AWS recommends for ${type.vcpus} vCPUs. ${where}`;
  }
}
