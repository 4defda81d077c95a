import type { InstanceType, NetworkInterface, Subnet, SubnetCidrReservation } from '#lib/model/ec2.ts';
import { type EniNode, eniNode, type NodeHost } from '#lib/network/eni-nodes.ts';
import { countFreePrefixes } from '#lib/network/free-prefixes.ts';
import { occupancyIn } from '#lib/network/occupancy-in.ts';
import type { PodNetwork } from '#lib/network/pod-network.ts';

/**
 * Why the VPC CNI had no address for a pod. `node-limit`: pods hold every address that the node can have. `subnet-empty`, `no-prefix`:
 * the subnets of its pods have none to give. `cooldown`: the node holds addresses that no pod uses, which rest after the last pod.
 * `eni-full`: pods hold all that is attached, the node could have more and the subnets could give it, and it was not brought.
 */
export type AddressShortage = 'subnet-empty' | 'no-prefix' | 'eni-full' | 'cooldown' | 'node-limit';

export type ShortageAnswer = { readonly detail: AddressShortage } | { readonly detail: null; readonly reason: string };

export interface ShortageSources {
  readonly network: PodNetwork;
  readonly types: ReadonlyMap<string, InstanceType>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly interfaces: readonly NetworkInterface[];
  /** Undefined where they were not read: whole blocks are then counted without them. */
  readonly reservations: readonly SubnetCidrReservation[] | undefined;
}

const unknown = (reason: string): ShortageAnswer => ({ detail: null, reason });

/**
 * Decides from EC2's state, since ipamd's message is the same for all: "failed to assign an IP address to container".
 * Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, pkg/ipamd/datastore/data_store.go (addresses rest for IP_COOLDOWN_PERIOD, 30 s).
 */
export function addressShortage(host: NodeHost, sources: ShortageSources): ShortageAnswer {
  const { ipam, settings } = sources.network;
  if (ipam.kind !== 'vpc-cni') return unknown('the VPC CNI does not give the addresses');
  const answer = eniNode(host, settings, sources.types, sources.subnets);
  if (answer.kind !== 'judged') return unknown(answer.reason);
  const { capacity, pods } = answer.entry;
  if (capacity.ipCapacity === null) return unknown('IPv6 prefixes outlast any node');
  if (pods.inUse >= capacity.ipCapacity) return { detail: 'node-limit' };
  const idle = capacity.ipAssigned - pods.inUse;
  if (idle > 0 && capacity.ipAssigned >= capacity.ipCapacity) return { detail: 'cooldown' };
  const supply = supplyOf(answer.entry, host, sources);
  if (supply !== 'some') return typeof supply === 'string' ? { detail: supply } : unknown(supply.reason);
  return { detail: idle > 0 ? 'cooldown' : 'eni-full' };
}

type Supply = 'some' | 'subnet-empty' | 'no-prefix' | { readonly reason: string };

/** Whether any of the subnets from which the node's pods may draw has something to give: a single address, or with prefixes a whole block. */
function supplyOf({ capacity }: EniNode, { node }: NodeHost, sources: ShortageSources): Supply {
  const places = sources.network.subnets.filter(({ podHosts }) => [...podHosts].some((other) => other.node === node));
  const known = places.flatMap(({ subnet }) => subnet ?? []);
  if (known.length === 0 || known.length < places.length) return { reason: 'the subnets of its pods are not known' };
  if (known.every(({ availableIpAddressCount }) => availableIpAddressCount === 0)) return 'subnet-empty';
  if (capacity.mode !== 'prefix') return 'some';
  const blocks = known.map((subnet) => blocksIn(subnet, sources));
  if (blocks.some((count) => count !== undefined && count > 0)) return 'some';
  return blocks.includes(undefined) ? { reason: 'the blocks of its subnets cannot be counted' } : 'no-prefix';
}

function blocksIn(subnet: Subnet, { interfaces, reservations = [] }: ShortageSources): number | undefined {
  const occupancy = occupancyIn(subnet, interfaces);
  if (occupancy === undefined) return undefined;
  const own = reservations.filter(({ subnetId }) => subnetId === subnet.subnetId);
  const { freePrefixes, reservedPrefixes } = countFreePrefixes(occupancy, subnet.availableIpAddressCount, own);
  return freePrefixes + reservedPrefixes;
}
