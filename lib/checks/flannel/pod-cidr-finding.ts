import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type AddressRange, formatRange, rangesOverlap } from '#lib/network/address-range.ts';
import type { NodePodCidrs } from '#lib/network/flannel/pod-cidrs.ts';

/** Ranges that pods must not have addresses of. */
export interface TakenRanges {
  readonly vpc: readonly AddressRange[];
  readonly services: readonly AddressRange[];
}

const MOST_LISTED = 20;

/** @param joining whether the node is too young to have its podCIDR yet */
export function podCidrFinding(of: NodePodCidrs, taken: TakenRanges, joining: boolean): Judgement {
  const { node, ranges, malformed, missing, sharedWith, outside } = of;
  const hits = (others: readonly AddressRange[]) =>
    others.filter((other) => ranges.some((range) => rangesOverlap(range, other))).map(formatRange);
  const [overlapsVpc, overlapsServices] = [hits(taken.vpc), hits(taken.services)];
  const families = missing.map((family) => `IPv${family}`).join(' and ');
  const problems = [
    ...(missing.length > 0 && !joining ? [`it has no podCIDR of ${families}: flannel does not start without`] : []),
    ...(sharedWith.length > 0 ? [`it shares addresses with ${sharedWith.slice(0, 3).join(', ')}`] : []),
    ...(outside ? ["it lies outside of flannel's network"] : []),
    ...(overlapsVpc.length > 0 ? [`it overlaps the VPC (${overlapsVpc.join(', ')})`] : []),
    ...(overlapsServices.length > 0 ? [`it overlaps the range of Services (${overlapsServices.join(', ')})`] : []),
  ];
  const doubts = [
    ...malformed.map((text) => `${text} is no CIDR`),
    ...(outside === undefined ? ["flannel's network is not known"] : []),
  ];
  const young = missing.length > 0 && joining ? ['the node is young'] : [];
  const verdict: Verdict = problems.length > 0 ? 'critical' : doubts.length > 0 ? 'unknown' : 'ok';
  const has = node.podCidrs.length > 0 ? `the podCIDR ${node.podCidrs.join(', ')}` : 'no podCIDR';
  return {
    verdict,
    resource: { kind: 'node', id: node.name, name: node.name },
    summary: `${[`${node.name} has ${has}`, ...problems, ...doubts, ...young].join('; ')}.`,
    evidence: {
      podCidrs: [...node.podCidrs],
      capacity: ranges.length === 0 ? 0 : Math.min(...ranges.map(({ first, end }) => Number(end - first) - 2)),
      allocatablePods: node.allocatablePods ?? null,
      sharedWith: sharedWith.slice(0, MOST_LISTED),
      outsideNetwork: outside ?? null,
      overlapsVpc,
      overlapsServices,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' }),
  };
}
