import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { parseAddress } from '#lib/network/address.ts';
import type { Cni, CniKind } from '#lib/network/cni.ts';
import type { InterfaceIndex } from '#lib/network/interface-index.ts';

/**
 * The CNI that carries pods in tunnels, or over routes of its own, outside the VPC's interfaces: security groups then see nodes
 * talk to nodes. Cilium in ENI mode is none, since its pods have addresses of their node's interfaces. The range of an overlay may
 * overlap the VPC's, so that single addresses coincide: most pods decide.
 * @returns undefined where pods have addresses of the VPC, and where no such CNI runs
 */
export function overlayCni(
  cnis: readonly Cni[],
  pods: readonly Pod[],
  { nodes, index }: { readonly nodes: ReadonlyMap<string, Node>; readonly index: InterfaceIndex },
): CniKind | undefined {
  const running = cnis.filter(({ daemonSet }) => daemonSet.desired > 0);
  const [first] = running;
  if (first === undefined || running.some(({ kind }) => kind === 'vpc-cni')) return undefined;
  let onInterface = 0;
  let elsewhere = 0;
  for (const { hostNetwork, podIps, nodeName } of pods) {
    const address = hostNetwork ? undefined : parseAddress(podIps[0] ?? '');
    if (address === undefined) continue;
    const instanceId = nodes.get(nodeName ?? '')?.instanceId;
    if (index.byAddress(address)?.eni.attachment?.instanceId === instanceId && instanceId !== undefined) onInterface++;
    else elsewhere++;
  }
  return elsewhere === 0 || onInterface > elsewhere ? undefined : first.kind;
}
