import type { NetworkInterface } from '#lib/model/ec2.ts';
import { type Attribution, attribute, type ClusterIdentity } from '#lib/network/address-holders.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { detachedMinutes, isDetachedByCni } from '#lib/network/leaked-enis.ts';

/** A detached interface of the VPC CNI, and the minutes since it was made; absent where nothing tells. */
export interface DetachedEni {
  readonly eni: NetworkInterface;
  readonly minutes?: number;
}

/** The detached interfaces of the VPC CNI, by whose they are and whether they leaked. The oldest first. */
export interface DetachedEnis {
  /** Leaked, and this cluster's by a tag or by its instance. */
  readonly attributed: readonly DetachedEni[];
  /** Leaked, and nothing tells which cluster's. */
  readonly unattributed: readonly DetachedEni[];
  /** How many leaked ones name another cluster, by its name. */
  readonly otherClusters: Readonly<Record<string, number>>;
  /** Without a time of creation, and not another cluster's: whether they leaked is not known. */
  readonly unjudged: readonly DetachedEni[];
}

/**
 * Sorts the detached interfaces of the VPC CNI. In a VPC that clusters share, only the CNI's CLUSTER_NAME (which tags its
 * interfaces) or an instance that still exists tells whose one is.
 * Source: amazon-vpc-cni-k8s README.md (CLUSTER_NAME), pkg/awsutils/awsutils.go (tags of new interfaces, getLeakedENIs).
 */
export function detachedEnis(
  interfaces: readonly NetworkInterface[],
  identity: ClusterIdentity,
  now: Date,
  leakedAfterMinutes: number,
): DetachedEnis {
  const detached = interfaces
    .filter(isDetachedByCni)
    .map((eni) => withAge(eni, detachedMinutes(eni, now)))
    .filter(({ minutes = Number.POSITIVE_INFINITY }) => minutes > leakedAfterMinutes)
    .sort((a, b) => (b.minutes ?? 0) - (a.minutes ?? 0));
  const byOwner = Map.groupBy(detached, ({ eni }) =>
    ownerOf(attribute(eni, identity, { now, minAgeMinutes: leakedAfterMinutes })),
  );
  const ours = byOwner.get(identity.name) ?? [];
  const untold = byOwner.get(undefined) ?? [];
  const others = [...byOwner]
    .filter(([owner, enis]) => owner !== undefined && owner !== identity.name && enis.some(isDated))
    .map(([owner, enis]) => [owner, enis.filter(isDated).length]);
  return {
    attributed: ours.filter(isDated),
    unattributed: untold.filter(isDated),
    otherClusters: Object.fromEntries(others),
    unjudged: [...ours, ...untold].filter((entry) => !isDated(entry)),
  };
}

function withAge(eni: NetworkInterface, minutes: number | undefined): DetachedEni {
  return minutes === undefined ? { eni } : { eni, minutes };
}

/** The cluster's name; `''` for another cluster of a name that is not known; undefined where nothing tells. */
function ownerOf({ holder, cluster }: Attribution): string | undefined {
  return cluster ?? (holder === 'otherClusters' ? '' : undefined);
}

function isDated({ minutes }: DetachedEni): boolean {
  return minutes !== undefined;
}

/** Addresses that interfaces keep from their subnets, those of their prefixes too. */
export function heldAddresses(enis: readonly DetachedEni[]): number {
  return enis.reduce(
    (sum, { eni: { privateIpAddresses, ipv4Prefixes } }) => sum + privateIpAddresses.length + PREFIX_SIZE * ipv4Prefixes.length,
    0,
  );
}
