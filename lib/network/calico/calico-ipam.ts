import type { CustomResource, DaemonSet, Pod } from '#lib/model/kubernetes.ts';
import type { Slice } from '#lib/model/slice.ts';
import { parseRange, rangesOverlap } from '#lib/network/address-range.ts';
import { type CalicoIpamObjects, calicoIpamObjects } from '#lib/network/calico/ipam-objects.ts';
import { findCnis } from '#lib/network/cni.ts';
import { cniName } from '#lib/network/pod-ipam.ts';

export type CalicoIpam =
  /** Calico gives no addresses here, and why. */
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'present'; readonly objects: CalicoIpamObjects };

/**
 * Whether Calico's IPAM gives pods their addresses. On top of another CNI it enforces policies alone, as on the VPC CNI; then there
 * are no pools, or no pod has an address of them.
 * Source: Calico documentation, "Install Calico on Amazon EKS", which has one way for each.
 */
export function calicoIpam(
  daemonSets: readonly DaemonSet[],
  resources: readonly CustomResource[],
  pods: Slice<readonly Pod[]>,
): CalicoIpam {
  const running = findCnis(daemonSets).filter(({ daemonSet }) => daemonSet.desired > 0);
  if (!running.some(({ kind }) => kind === 'calico')) return { kind: 'absent', reason: 'Calico does not run here.' };
  const other = running.find(({ kind }) => kind !== 'calico');
  const objects = calicoIpamObjects(resources);
  const { pools, blocks, malformed } = objects;
  const givesAddresses = blocks.some(({ allocated }) => allocated.some(({ owner }) => owner['pod'] !== undefined));
  if (other !== undefined && !givesAddresses && malformed.blocks.length === 0) {
    return {
      kind: 'absent',
      reason: `Calico enforces policies alone here: ${cniName(other.kind)} runs beside it, and no pod has an address of Calico's pools.`,
    };
  }
  if (pools.length + blocks.length + malformed.pools.length + malformed.blocks.length === 0) {
    return {
      kind: 'unknown',
      reason:
        'Calico runs and the API server shows no IPPool and no IPAMBlock: it keeps them in an etcd of its own, or its CNI plugin takes addresses from podCIDRs (host-local)',
    };
  }
  if (blocks.length + malformed.blocks.length === 0 && !(pods.ok && pods.data.every((pod) => !isInPool(pod, objects)))) {
    return {
      kind: 'unknown',
      reason: pods.ok
        ? "pods have addresses of Calico's pools and the API server shows no IPAMBlock: Calico keeps them in an etcd of its own"
        : 'the API server shows no IPAMBlock, and pods were not read, so it is not known whether addresses are in use',
    };
  }
  return { kind: 'present', objects };
}

function isInPool({ hostNetwork, podIps }: Pod, { pools }: CalicoIpamObjects): boolean {
  if (hostNetwork) return false;
  const addresses = podIps.flatMap((ip) => parseRange(ip.includes(':') ? `${ip}/128` : `${ip}/32`) ?? []);
  return pools.some((pool) => addresses.some((address) => rangesOverlap(pool.addresses, address)));
}
