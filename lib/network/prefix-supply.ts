import { type FreePrefixes, PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import type { SubnetDemand } from '#lib/network/launch-demand.ts';

/**
 * Whether EC2 delegates prefixes from outside of a subnet's prefix reservations while it has some: AWS does not document it.
 * `unknown` judges both ways and decides only where they agree.
 */
export type OutsideReservation = 'yes' | 'no' | 'unknown';

/** The fewest and the most prefixes that EC2 may still delegate. */
export interface PrefixSupply {
  readonly atLeast: number;
  readonly atMost: number;
}

export function prefixSupply(counted: FreePrefixes, outsideReservation: OutsideReservation): PrefixSupply {
  const { freePrefixes, freePrefixesAtLeast, reservedPrefixes, reservedPrefixesAtLeast, hasPrefixReservation } = counted;
  const all = { atLeast: freePrefixesAtLeast + reservedPrefixesAtLeast, atMost: freePrefixes + reservedPrefixes };
  if (!hasPrefixReservation || outsideReservation === 'yes') return all;
  return { atLeast: reservedPrefixesAtLeast, atMost: outsideReservation === 'no' ? reservedPrefixes : all.atMost };
}

/**
 * What is left of a supply once so many nodes have their single addresses: an interface takes one in the same subnet as its
 * prefixes, and where none lies loose, it breaks a block.
 * Source: amazon-vpc-cni-k8s pkg/awsutils/awsutils.go (AllocENI).
 * @param loose free addresses outside of free blocks
 */
export function usablePrefixes(supply: number, loose: number, demand: SubnetDemand, nodes: number): number {
  const short = Math.max(0, nodes * demand.singles - loose);
  return Math.max(0, supply - Math.ceil(short / PREFIX_SIZE));
}

export type PrefixVerdict = 'ok' | 'warning' | 'critical' | 'unknown';

/** Nodes whose start a subnet should always carry. */
const NODES = 2;

/** Critical without any prefix, warning below what two nodes take; unknown where the two ends of the supply disagree. */
export function prefixVerdict({ atLeast, atMost }: PrefixSupply, loose: number, demand: SubnetDemand): PrefixVerdict {
  const verdict = (supply: number): PrefixVerdict => {
    if (supply === 0) return 'critical';
    return usablePrefixes(supply, loose, demand, NODES) < NODES * demand.prefixes ? 'warning' : 'ok';
  };
  const [worst, best] = [verdict(atLeast), verdict(atMost)];
  return worst === best ? worst : 'unknown';
}
