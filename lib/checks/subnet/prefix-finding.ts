import type { Subnet } from '#lib/model/ec2.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { type FreePrefixes, PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import type { PodSubnet } from '#lib/network/pod-subnets.ts';
import type { PrefixBlocker } from '#lib/network/prefix-blockers.ts';
import { type OutsideReservation, type PrefixVerdict, prefixSupply, prefixVerdict } from '#lib/network/prefix-supply.ts';
import type { PrefixUse } from '#lib/network/prefix-use.ts';
import type { PrefixDemand } from '#lib/network/subnet-demand.ts';

/** A subnet of the pods, counted. */
export interface CountedSubnet {
  readonly subnet: Subnet;
  readonly use: PrefixUse;
  readonly counted: FreePrefixes;
  /** Of an average node, were prefix delegation on. */
  readonly demand: PrefixDemand;
  /** Where pods were not read: what a full node would take. */
  readonly demandAtMost: PrefixDemand | undefined;
  readonly blockers: readonly PrefixBlocker[];
  /** One character a /28. */
  readonly map: string;
  readonly outsideReservation: OutsideReservation;
  readonly caveats: readonly string[];
}

export function countedFinding(counted: CountedSubnet): Judgement {
  const { subnet, use, demand, blockers, map } = counted;
  const { freePrefixes, maxPrefixes, reservedPrefixes, fragmentationIndex, freePrefixesAtLeast, unaccounted } = counted.counted;
  const verdict = verdictOf(counted);
  return {
    verdict,
    resource: { kind: 'subnet', id: subnet.subnetId, ...(subnet.tags['Name'] && { name: subnet.tags['Name'] }) },
    summary: `${[...clauses(counted, verdict), ...counted.caveats].join('; ')}.`,
    evidence: {
      cidr: subnet.cidrBlock,
      freeIps: subnet.availableIpAddressCount,
      freePrefixes,
      maxPrefixes,
      reservedPrefixes,
      fragmentationIndex: Math.round(fragmentationIndex * 1000) / 1000,
      blockers: blockers.map((blocker) => ({ ...blocker, ips: [...blocker.ips] })),
      prefixDelegation: use,
      freePrefixesAtLeast,
      demandPerNode: needsPrefixes(use) ? { ...demand } : null,
      unaccounted,
      map,
    },
    ...(verdict === 'critical' && { timeToImpact: 'hours' as const, remediation: 'reserve-prefix-space' }),
    ...(verdict === 'warning' && { timeToImpact: 'days' as const, remediation: 'reserve-prefix-space' }),
  };
}

/** The finding of a subnet of which nothing can be counted. */
export function uncountedFinding({ subnetId, subnet }: PodSubnet): Judgement {
  const resource = { kind: 'subnet', id: subnetId } as const;
  return subnet === undefined
    ? {
        verdict: 'unknown',
        resource,
        summary: `${subnetId} gives pods addresses and was not among the subnets read.`,
        evidence: {},
      }
    : { verdict: 'not-applicable', resource, summary: `${subnetId} has no IPv4 CIDR.`, evidence: {} };
}

function needsPrefixes(use: PrefixUse): boolean {
  return use === 'on' || use === 'unknown';
}

function verdictOf({ subnet, use, counted, demand, demandAtMost, outsideReservation }: CountedSubnet): PrefixVerdict {
  if (!needsPrefixes(use)) return 'ok';
  const inBlocks = PREFIX_SIZE * (counted.freePrefixes + counted.reservedPrefixes);
  const loose = Math.max(0, subnet.availableIpAddressCount - inBlocks);
  const supply = prefixSupply(counted, outsideReservation);
  const verdict = prefixVerdict(supply, loose, demand);
  const hangsOnPods = demandAtMost !== undefined && prefixVerdict(supply, loose, demandAtMost) !== verdict;
  return hangsOnPods || (use === 'unknown' && verdict !== 'ok') ? 'unknown' : verdict;
}

const USES: Readonly<Record<PrefixUse, string>> = {
  on: 'prefix delegation is on',
  off: 'prefix delegation is off, so this is its headroom',
  'falls-back': 'EKS Auto Mode falls back to single addresses, so this is headroom',
  unknown: 'whether prefix delegation is on is not known',
};

function clauses({ subnet, use, counted, demand, demandAtMost }: CountedSubnet, verdict: PrefixVerdict): readonly string[] {
  const { freePrefixes, freePrefixesAtLeast, maxPrefixes, reservedPrefixes, hasPrefixReservation, unaccounted } = counted;
  return [
    `${subnet.subnetId} (${subnet.cidrBlock}) has ${freePrefixes} of ${maxPrefixes} /28 blocks free, with ${subnet.availableIpAddressCount} addresses free`,
    USES[use],
    ...(hasPrefixReservation ? [`${reservedPrefixes} more are free in its prefix reservations`] : []),
    ...(unaccounted > 0
      ? [`${unaccounted} used addresses cannot be seen, so at least ${freePrefixesAtLeast} blocks are free`]
      : []),
    ...(demandAtMost !== undefined && needsPrefixes(use) ? ['pods were not read, so how many a node has is not known'] : []),
    ...(verdict !== 'ok' && needsPrefixes(use) ? [demandClause(demandAtMost ?? demand)] : []),
  ];
}

function demandClause({ podsPerNode, prefixes, singles }: PrefixDemand): string {
  return `two nodes of ${plural(podsPerNode, 'pod')} take ${2 * prefixes} blocks and ${2 * singles} single addresses`;
}
