/** Situations of flannel: one function each. */
import type { JsonObject, KubernetesObject, World } from '#lib/sandbox/world.ts';
import { NET_CONF } from '#test/network/flannel/flannel-objects.ts';
import { type OtherCni, shopOn } from './other-cni.ts';

const AGENT = { name: 'kube-flannel-ds', container: 'kube-flannel', namespace: 'kube-flannel', label: { app: 'flannel' } };

interface FlannelSituation extends Partial<Omit<OtherCni, 'nodes'>> {
  readonly netConf?: unknown;
  readonly podCidr?: (at: number) => string | undefined;
  /** Beside or instead of what flannel itself writes, without its prefix. */
  readonly annotations?: (node: KubernetesObject, at: number) => Readonly<Record<string, string | undefined>>;
}

export function flannel(
  { netConf = NET_CONF, podCidr = (at) => `10.244.${at}.0/24`, annotations, ...over }: FlannelSituation = {},
  world?: World,
) {
  return shopOn(
    {
      agent: AGENT,
      kinds: () => [],
      configMaps: [{ namespace: 'kube-flannel', name: 'kube-flannel-cfg', data: { 'net-conf.json': JSON.stringify(netConf) } }],
      nodes: (node, at) => {
        const own = { ...written(node, at), ...annotations?.(node, at) };
        const kept = Object.entries(own).flatMap(([key, value]) =>
          value === undefined ? [] : [[`flannel.alpha.coreos.com/${key}`, value]],
        );
        const podCIDR = podCidr(at);
        return {
          ...node,
          metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, ...Object.fromEntries(kept) } },
          spec: { ...(node['spec'] as JsonObject), ...(podCIDR && { podCIDR, podCIDRs: [podCIDR] }) },
        };
      },
      ...over,
    },
    world,
  );
}

function written(node: KubernetesObject, at: number): Readonly<Record<string, string>> {
  const { addresses } = node['status'] as { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
  return {
    'kube-subnet-manager': 'true',
    'backend-type': 'vxlan',
    'backend-data': JSON.stringify({ VNI: 1, VtepMAC: `aa:bb:cc:00:00:0${at}` }),
    'public-ip': addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
  };
}
