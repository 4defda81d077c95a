import type { Pod } from '#lib/model/kubernetes.ts';
import { formatAddress } from '#lib/network/address-range.ts';
import type { CalicoBlock } from '#lib/network/calico/ipam-objects.ts';

/** An address that is kept for a pod which is gone. */
export interface LeakedAllocation {
  readonly address: string;
  /** Namespace and name. */
  readonly pod: string;
  readonly node: string | undefined;
}

/** Addresses of nodes themselves: `ipipTunnelAddress`, `vxlanTunnelAddress`, `wireguardTunnelAddress` and their IPv6 kin. */
const OF_NODES = /TunnelAddress$/;

/**
 * Allocations whose pod no longer exists. Those that cool down were given back, and those younger than `before` may be of a pod that the
 * list of pods is too old to show. Calico's controller frees such an address after fifteen minutes: older ones show that it does not work.
 * Source: libcalico-go lib/backend/model/block.go (attributes); kube-controllers pkg/controllers/node (leak grace period).
 */
export function leakedAllocations(
  blocks: readonly CalicoBlock[],
  pods: readonly Pod[],
  before: number,
): readonly LeakedAllocation[] {
  const present = new Set(pods.map(({ namespace, name }) => `${namespace}/${name}`));
  return blocks.flatMap(({ addresses, allocated }) =>
    allocated.flatMap(({ ordinal, owner, coolingDown }) => {
      const { pod: name, namespace, node, type = '', timestamp = '' } = owner;
      const pod = `${namespace}/${name}`;
      if (name === undefined || namespace === undefined || coolingDown || present.has(pod) || OF_NODES.test(type)) return [];
      if ((allocatedAt(timestamp) ?? 0) >= before) return [];
      return [{ address: formatAddress(addresses.family, addresses.first + BigInt(ordinal)), pod, node }];
    }),
  );
}

/** As Go prints a time: `2024-12-14 21:44:05.795537491 +0000 UTC`. Undefined for one in another zone or form. */
function allocatedAt(timestamp: string): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? \+0000 UTC/.exec(timestamp) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}
