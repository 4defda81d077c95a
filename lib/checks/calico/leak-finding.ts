import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import type { CalicoBlock } from '#lib/network/calico/ipam-objects.ts';
import { leakedAllocations } from '#lib/network/calico/leaked-allocations.ts';

const MOST_LISTED = 20;

/**
 * Addresses of pods that are gone, in one finding of the cluster; none where every address has its pod.
 * @param before milliseconds since 1970: an allocation from then on is too young to judge
 */
export function leakFinding(
  target: Target,
  blocks: readonly CalicoBlock[],
  pods: Slices['pods'],
  before: number,
): readonly Judgement[] {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  if (!pods.ok) {
    const summary = `Pods were not read (${asClause(pods.reason)}), so it is not known whether addresses are kept for pods that are gone.`;
    return [{ verdict: 'unknown', resource, summary, evidence: { leaked: null } }];
  }
  const leaks = leakedAllocations(blocks, pods.data, before);
  if (leaks.length === 0) return [];
  const [first] = leaks;
  return [
    {
      verdict: 'warning',
      resource,
      summary: `${leaks.length === 1 ? '1 address of Calico is' : `${leaks.length} addresses of Calico are`} kept for pods that are gone, as ${first?.address} for ${first?.pod}: Calico's controller has not freed ${leaks.length === 1 ? 'it' : 'them'}.`,
      evidence: {
        leaked: leaks.length,
        leaks: leaks.slice(0, MOST_LISTED).map(({ address, pod, node }) => ({ address, pod, node: node ?? null })),
      },
      timeToImpact: 'days',
      remediation: 'release-leaked-ips',
    },
  ];
}
