import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { type AddressRange, parseRange, rangeSize } from '#lib/network/address-range.ts';
import type { CiliumNode } from '#lib/network/cilium/cilium-nodes.ts';

/** What one node has of one pool, and how much of it is in use. */
export interface NodePoolUse {
  readonly node: string;
  readonly pool: string;
  /** The field that the capacity was read from. */
  readonly from: 'spec.ipam.pools.allocated' | 'spec.ipam.pool' | 'spec.ipam.podCIDRs' | 'node.spec.podCIDR' | 'none';
  readonly capacity: number;
  /** Undefined where only pods tell, and they were not read. */
  readonly used: number | undefined;
  /** What the agent asks its operator for, those in use among them. */
  readonly needed: number | undefined;
  /** The operator gives the node more as it fills. */
  readonly grows: boolean;
  readonly error: string | undefined;
}

/**
 * Chosen by the fields that are filled, since the mode alone does not tell: from Cilium 1.20 on the ENI mode writes
 * `pools.allocated` and clears `status.ipam.used`, which until then tells the use of `spec.ipam.pool`.
 * Source: cilium pkg/ipam/ipam.go of 1.19 and 1.20; Documentation/network/concepts/ipam/eni.rst.
 * @param pods of the node; undefined where they were not read
 * @param node for IPAM mode kubernetes of versions whose CiliumNode names no podCIDR
 */
export function nodePoolUses(
  resource: CiliumNode,
  node: Node | undefined,
  pods: readonly Pod[] | undefined,
): readonly NodePoolUse[] {
  const { spec, status, name } = resource;
  const { pool, podCIDRs, pools } = spec.ipam;
  const common = { node: name, needed: undefined, error: status.ipam['operator-status'].error || undefined } as const;
  if (pools.allocated.length > 0 || pools.requested.length > 0) {
    // Single addresses and prefixes of an interface have no first and last that are kept back.
    const whole = Object.keys(status.eni.enis).length > 0;
    const names = new Set([...pools.allocated, ...pools.requested].map((one) => one.pool));
    return [...names].map((poolName) => {
      const ranges = oneFamily(pools.allocated.flatMap((one) => (one.pool === poolName ? one.cidrs : [])));
      const needed = pools.requested.find((one) => one.pool === poolName)?.needed['ipv4-addrs'];
      const use = { capacity: capacityOf(ranges, whole), used: usedIn(ranges, resource, pods) };
      return { ...common, ...use, pool: poolName, from: 'spec.ipam.pools.allocated' as const, needed, grows: true };
    });
  }
  const capacity = Object.keys(pool).length;
  if (capacity > 0) {
    const used = Object.keys(status.ipam.used).length;
    return [{ ...common, pool: 'default', from: 'spec.ipam.pool', capacity, used, grows: true }];
  }
  const nodeRanges = (node?.podCidrs ?? []).flatMap((cidr) => parseRange(cidr) ?? []);
  const ranges = oneFamily(podCIDRs.length > 0 ? podCIDRs : nodeRanges);
  const from = podCIDRs.length > 0 ? 'spec.ipam.podCIDRs' : ranges.length > 0 ? 'node.spec.podCIDR' : 'none';
  return [
    { ...common, pool: 'default', from, capacity: capacityOf(ranges, false), used: usedIn(ranges, resource, pods), grows: false },
  ];
}

/** IPv4 where there is any: of both families at once it is the scarcer. */
function oneFamily(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const four = ranges.filter(({ family }) => family === 4);
  return four.length > 0 ? four : ranges;
}

/** The first and the last of a range are kept back, unless it has two at most. Source: cilium pkg/ipam/service/ipallocator. */
function capacityOf(ranges: readonly AddressRange[], whole: boolean): number {
  return ranges.reduce((sum, range) => {
    const size = Number(rangeSize(range));
    return sum + (whole || size <= 2 ? size : size - 2);
  }, 0);
}

/** Pods of the node, and what Cilium takes for itself there: its router, the health endpoint and the ingress. */
function usedIn(ranges: readonly AddressRange[], { spec }: CiliumNode, pods: readonly Pod[] | undefined): number | undefined {
  if (pods === undefined) return undefined;
  const router = spec.addresses.flatMap(({ type, ip }) => (type === 'CiliumInternalIP' && ip ? ip : []));
  const own = [...router, ...Object.values(spec.health), ...Object.values(spec.ingress)];
  const ofPods = pods
    .filter(({ hostNetwork, phase }) => !hostNetwork && phase !== 'Succeeded' && phase !== 'Failed')
    .flatMap(({ podIps }) => podIps);
  return new Set([...own, ...ofPods].filter((ip) => ip !== undefined && isWithin(ranges, ip))).size;
}

function isWithin(ranges: readonly AddressRange[], ip: string): boolean {
  const address = parseRange(`${ip}/${ip.includes(':') ? 128 : 32}`);
  return (
    address !== undefined &&
    ranges.some(({ family, first, end }) => family === address.family && first <= address.first && address.first < end)
  );
}
