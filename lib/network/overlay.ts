import type { Pod } from '#lib/model/kubernetes.ts';
import { parseAddress } from '#lib/network/address.ts';
import type { Cni, CniKind } from '#lib/network/cni.ts';
import type { InterfaceIndex } from '#lib/network/interface-index.ts';

/**
 * The CNI that carries pods in tunnels, or over routes of its own, outside the VPC's interfaces: security groups then see nodes
 * talk to nodes. Cilium in ENI mode is none, since its pods have addresses of interfaces.
 * @returns undefined where pods have addresses of the VPC, and where no such CNI runs
 */
export function overlayCni(cnis: readonly Cni[], pods: readonly Pod[], index: InterfaceIndex): CniKind | undefined {
  const running = cnis.filter(({ daemonSet }) => daemonSet.desired > 0);
  const [first] = running;
  if (first === undefined || running.some(({ kind }) => kind === 'vpc-cni')) return undefined;
  const onInterface = ({ hostNetwork, podIps }: Pod) => {
    const address = hostNetwork ? undefined : parseAddress(podIps[0] ?? '');
    return address !== undefined && index.byAddress(address) !== undefined;
  };
  return pods.some(onInterface) ? undefined : first.kind;
}
