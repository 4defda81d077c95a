import type { NetworkInterface, Subnet } from '#lib/model/ec2.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import type { PresentNode } from '#lib/network/what-if/present.ts';
import type { Released } from '#lib/network/what-if/release.ts';
import { type SubnetSupply, type SupplyEnd, subnetSupply } from '#lib/network/what-if/supply.ts';
import type { World } from '#lib/network/what-if/world.ts';

/** What the subnets have once nodes are gone, with everything that hung on them, and the others have given back what is idle. */
export function suppliesAfter(
  subnets: readonly Subnet[],
  { interfaces, reservations }: Pick<World, 'interfaces' | 'reservations'>,
  {
    gone,
    released,
    end,
  }: { readonly gone: readonly PresentNode[]; readonly released: readonly Released[]; readonly end: SupplyEnd },
): ReadonlyMap<string, SubnetSupply> {
  const freed = Map.groupBy(
    gone.flatMap(({ host }) => host.interfaces),
    ({ subnetId }) => subnetId,
  );
  const deleted = new Set([...freed.values()].flat());
  const left = deleted.size === 0 ? interfaces : interfaces.filter((eni) => !deleted.has(eni));
  const givenBack = Map.groupBy(released, ({ subnetId }) => subnetId);
  const supplies = new Map<string, SubnetSupply>();
  for (const subnet of subnets) {
    const freedAddresses = addressCount(freed.get(subnet.subnetId) ?? []);
    const emptied =
      freedAddresses === 0 ? subnet : { ...subnet, availableIpAddressCount: subnet.availableIpAddressCount + freedAddresses };
    const supply = subnetSupply(emptied, left, reservations, end);
    if (supply !== undefined) supplies.set(subnet.subnetId, withReleased(supply, givenBack.get(subnet.subnetId) ?? []));
  }
  return supplies;
}

function addressCount(interfaces: readonly NetworkInterface[]): number {
  return interfaces.reduce((sum, eni) => sum + eni.privateIpAddresses.length + PREFIX_SIZE * eni.ipv4Prefixes.length, 0);
}

/** Single addresses come back loose: whether they make a block whole again hangs on which they are. */
function withReleased(supply: SubnetSupply, released: readonly Released[]): SubnetSupply {
  const sum = (kind: 'singles' | 'prefixes') => released.reduce((total, given) => total + given[kind], 0);
  return { ...supply, loose: supply.loose + sum('singles'), blocks: supply.blocks + sum('prefixes') };
}
