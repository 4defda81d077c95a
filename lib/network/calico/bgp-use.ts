import type { CustomResource, DaemonSet } from '#lib/model/kubernetes.ts';
import { encapsulationOf, networkingBackend } from '#lib/network/calico/encapsulation.ts';
import type { CalicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';

/** What tells who is to speak BGP with whom, and how that goes. */
export const BGP_KINDS = ['BGPPeer', 'BGPConfiguration', 'CalicoNodeStatus'] as const;

/**
 * Why Calico's nodes exchange no routes by BGP here, as a sentence; undefined where they do or may.
 * Source: Calico documentation, "Configuring calico/node" (CALICO_NETWORKING_BACKEND) and "Overlay networking".
 * @param resources undefined where BGP_KINDS were not all read
 */
export function withoutBgp(
  daemonSets: readonly DaemonSet[],
  resources: readonly CustomResource[] | undefined,
  { pools, malformed }: Pick<CalicoIpamObjects, 'pools' | 'malformed'>,
): string | undefined {
  const backend = networkingBackend(daemonSets);
  if (backend === 'vxlan' || backend === 'none') return `calico-node runs without BGP here (backend ${backend}).`;
  const speaks = resources === undefined || resources.some(({ kind }) => kind === 'BGPPeer' || kind === 'CalicoNodeStatus');
  if (backend !== undefined || speaks || malformed.pools.length > 0) return undefined;
  const enabled = pools.filter(({ disabled }) => !disabled);
  const vxlanAlone =
    enabled.length > 0 && enabled.every((pool) => encapsulationOf(pool) === 'vxlan' && pool.vxlanMode === 'Always');
  return vxlanAlone ? 'Every pool of Calico travels over VXLAN here, which needs no BGP.' : undefined;
}

/** Whether pods of other nodes are reached by routes that BGP tells: Felix itself makes those of VXLAN. */
export function needsRoutes(pools: CalicoIpamObjects['pools']): boolean {
  return pools.some((pool) => encapsulationOf(pool) !== 'vxlan');
}
