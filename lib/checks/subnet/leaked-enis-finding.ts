import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import { type DetachedEni, type DetachedEnis, heldAddresses } from '#lib/network/detached-enis.ts';

export interface LeakOptions {
  readonly leakedAfterMinutes: number;
  readonly warnOfUnattributed: boolean;
  readonly enisListed: number;
}

/**
 * The finding on the detached interfaces of one cluster's subnets.
 * @param caveat what was not read that would tell whose they are
 */
export function leakedEnisFinding(
  { arn, name }: Target,
  found: DetachedEnis,
  { leakedAfterMinutes, warnOfUnattributed, enisListed }: LeakOptions,
  caveat: string | undefined,
): Judgement {
  const { attributed, unattributed, otherClusters, unjudged } = found;
  const verdict = verdictOf(found, warnOfUnattributed);
  const others = Object.values(otherClusters).reduce((sum, count) => sum + count, 0);
  const clauses = [
    `${plural(attributed.length, 'interface')} of this cluster that the VPC CNI made more than ${leakedAfterMinutes} minutes ago and that hang on no instance${held(attributed)}`,
    ...(unattributed.length > 0
      ? [`${plural(unattributed.length, 'such interface')} of which nothing tells the cluster${held(unattributed)}`]
      : []),
    ...(others > 0 ? [`${plural(others, 'such interface')} of other clusters`] : []),
    ...(unjudged.length > 0 ? [`${plural(unjudged.length, 'detached interface')} of an age that is not known`] : []),
    ...(caveat === undefined ? [] : [caveat]),
  ];
  return {
    verdict,
    resource: { kind: 'cluster', id: arn, name },
    summary: `The subnets that were read have ${clauses.join('; ')}.`,
    evidence: {
      eniIds: ids(attributed, enisListed),
      ips: heldAddresses(attributed),
      ageHours: oldestHours(attributed),
      attributed: attributed.length,
      unattributed: unattributed.length,
      unattributedEniIds: ids(unattributed, enisListed),
      unattributedIps: heldAddresses(unattributed),
      unattributedAgeHours: oldestHours(unattributed),
      otherClusters,
      unjudged: ids(unjudged, enisListed),
      ipsBySubnet: ipsBySubnet([...attributed, ...unattributed]),
    },
    ...(verdict === 'warning' && { timeToImpact: 'days' as const, remediation: 'delete-leaked-enis' }),
  };
}

function verdictOf({ attributed, unattributed, unjudged }: DetachedEnis, warnOfUnattributed: boolean): Judgement['verdict'] {
  if (attributed.length > 0 || (warnOfUnattributed && unattributed.length > 0)) return 'warning';
  return unjudged.length > 0 ? 'unknown' : 'ok';
}

function held(enis: readonly DetachedEni[]): string {
  const oldest = oldestHours(enis);
  return oldest === null ? '' : `, which keep ${heldAddresses(enis)} IPv4 addresses from use, the oldest made ${oldest} h ago`;
}

function ids(enis: readonly DetachedEni[], most: number): string[] {
  return enis.slice(0, most).map(({ eni }) => eni.networkInterfaceId);
}

/** Of the oldest, to one decimal; null where there is none. */
function oldestHours([oldest]: readonly DetachedEni[]): number | null {
  return oldest?.minutes === undefined ? null : Math.floor(oldest.minutes / 6) / 10;
}

function ipsBySubnet(enis: readonly DetachedEni[]): Readonly<Record<string, number>> {
  const bySubnet = Map.groupBy(enis, ({ eni }) => eni.subnetId);
  return Object.fromEntries([...bySubnet].map(([subnetId, there]) => [subnetId, heldAddresses(there)]));
}
