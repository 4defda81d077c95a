import { type BlockToFree, blocksToFree } from '#lib/cli/explain-subnet-blocks.ts';
import { subnetsInScope } from '#lib/collect/aws/subnets-in-scope.ts';
import type { Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import { asClause } from '#lib/model/failure.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { type AddressShares, addressShares } from '#lib/network/address-consumers.ts';
import { attributionsIn } from '#lib/network/attributions-in.ts';
import { countFreePrefixes, type FreePrefixes } from '#lib/network/free-prefixes.ts';
import { parseIpv4Block } from '#lib/network/ipv4.ts';
import { LEAKED_AFTER_MINUTES } from '#lib/network/leaked-enis.ts';
import { occupancyIn } from '#lib/network/occupancy-in.ts';
import { podAddresses } from '#lib/network/pod-addresses.ts';
import { podNetwork } from '#lib/network/pod-network.ts';
import { prefixBlockers } from '#lib/network/prefix-blockers.ts';
import { subnetMap } from '#lib/network/subnet-map.ts';

/** What `explain subnet --output json` prints. What hangs on interfaces is null where they were not read. */
export interface SubnetDocument {
  readonly schemaVersion: 1;
  readonly takenAt: string;
  /** From whose side it is seen. */
  readonly cluster: Target;
  readonly subnet: Pick<Subnet, 'subnetId' | 'vpcId' | 'availabilityZone' | 'ownerId'> & {
    readonly name: string | null;
    readonly cidr: string;
  };
  /** Addresses that EC2 hands out, and how many are free. */
  readonly total: number;
  readonly free: number;
  readonly holders: (AddressShares & { readonly held: number; readonly unaccounted: number }) | null;
  readonly prefixes: FreePrefixes | null;
  readonly reservations: readonly Pick<SubnetCidrReservation, 'cidr' | 'reservationType'>[] | null;
  /** A character a /28 block; `BLOCKS` of lib/network/subnet-map.ts is the legend. */
  readonly map: string | null;
  /** The cheapest first. */
  readonly blocksToFree: readonly BlockToFree[] | null;
  /** What was not read and leaves something open, as clauses. */
  readonly unread: readonly string[];
}

const BLOCKS_LISTED = 10;

export function subnetDocument(snapshot: Snapshot, subnet: Subnet, cluster: EksCluster): SubnetDocument {
  const { slices, target, takenAt } = snapshot;
  const { subnetId, vpcId, availabilityZone, ownerId, cidrBlock, availableIpAddressCount, tags } = subnet;
  const reservations = dataOf(slices.subnetCidrReservations)?.filter((each) => each.subnetId === subnetId);
  return {
    schemaVersion: 1,
    takenAt,
    cluster: target,
    subnet: { subnetId, vpcId, availabilityZone, ownerId, name: tags['Name'] ?? null, cidr: cidrBlock },
    total: Math.max(0, (parseIpv4Block(cidrBlock)?.size ?? 0) - 5),
    free: availableIpAddressCount,
    reservations: reservations?.map(({ cidr, reservationType }) => ({ cidr, reservationType })) ?? null,
    ...occupied(snapshot, subnet, cluster, reservations ?? []),
    unread: unread(snapshot, subnet),
  };
}

type Occupied = Pick<SubnetDocument, 'holders' | 'prefixes' | 'map' | 'blocksToFree'>;
const NOT_READ: Occupied = { holders: null, prefixes: null, map: null, blocksToFree: null };

function occupied(
  { slices, takenAt }: Snapshot,
  subnet: Subnet,
  cluster: EksCluster,
  reservations: readonly SubnetCidrReservation[],
): Occupied {
  const interfaces = dataOf(slices.networkInterfaces);
  const occupancy = interfaces && occupancyIn(subnet, interfaces);
  if (occupancy === undefined || !isInScope(slices, subnet)) return NOT_READ;
  const { hosts, identity } = podNetwork(cluster, dataOf(slices.subnets) ?? [], slices);
  const pods = dataOf(slices.pods);
  const attributions = attributionsIn(occupancy.interfaces, identity, Date.parse(takenAt), LEAKED_AFTER_MINUTES);
  const prefixes = countFreePrefixes(occupancy, subnet.availableIpAddressCount, reservations);
  const blockers = prefixBlockers(occupancy, { reservations, attributions, clusterName: identity.name, limit: BLOCKS_LISTED });
  return {
    holders: {
      ...addressShares(occupancy, attributions, pods && podAddresses(pods)),
      held: occupancy.held,
      unaccounted: prefixes.unaccounted,
    },
    prefixes,
    map: subnetMap(occupancy, reservations, attributions),
    blocksToFree: blocksToFree(blockers, { occupancy, attributions, hosts, pods: pods ?? [] }),
  };
}

/** Only the interfaces of subnets that the cluster's nodes and pods can use are read. */
function isInScope(slices: Snapshot['slices'], { subnetId }: Subnet): boolean {
  return subnetsInScope(slices).includes(subnetId);
}

function unread({ slices, target }: Snapshot, subnet: Subnet): readonly string[] {
  const { networkInterfaces, subnetCidrReservations, pods, instances, nodes } = slices;
  if (parseIpv4Block(subnet.cidrBlock) === undefined) return [];
  if (!isInScope(slices, subnet))
    return [`no node or pod of ${target.name} draws from it, so who holds its addresses was not read`];
  const clause = (what: string, slice: { readonly ok: boolean; readonly reason?: string }, so: string): readonly string[] =>
    slice.ok ? [] : [`${what} were not read (${asClause(slice.reason ?? '')}), so ${so}`];
  return [
    ...clause('the interfaces', networkInterfaces, 'who holds the addresses is not known'),
    ...clause('the reservations', subnetCidrReservations, 'blocks that they keep count as free'),
    ...clause('the pods', pods, "this cluster's warm pool is counted with its pods"),
    ...clause('the instances', instances, 'nodes of other clusters cannot be told'),
    ...clause('the nodes', nodes, 'nodes are the instances tagged for the cluster'),
  ];
}
