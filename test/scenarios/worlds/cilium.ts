/** Situations of Cilium: one function each. */
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';
import { type OtherCni, served, shopOn } from './other-cni.ts';

const AGENT = { name: 'cilium', container: 'cilium-agent', label: { 'k8s-app': 'cilium' } };

interface CiliumSituation extends Partial<Omit<OtherCni, 'kinds'>> {
  readonly config?: Readonly<Record<string, string>>;
  /** Spec and status of each node's CiliumNode. */
  readonly node: (node: KubernetesObject, at: number) => JsonObject;
  readonly pools?: Readonly<Record<string, JsonObject>>;
}

export function cilium({ config = {}, node, pools = {}, ...over }: CiliumSituation) {
  return shopOn({
    agent: AGENT,
    configMaps: [{ namespace: 'kube-system', name: 'cilium-config', data: config }],
    kinds: (nodes) => [
      served(
        'cilium.io/v2',
        'CiliumNode',
        'ciliumnodes',
        Object.fromEntries(nodes.map((one, at) => [one.metadata.name, node(one, at)])),
      ),
      served('cilium.io/v2alpha1', 'CiliumPodIPPool', 'ciliumpodippools', pools),
    ],
    ...over,
  });
}

const addresses = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`10.0.1.${at}`, {}]));

/** The ENI mode as Cilium 1.19 writes it. */
export const eniMode = (capacity: number, used: number, over: Partial<CiliumSituation> = {}) =>
  cilium({
    config: { ipam: 'eni' },
    node: () => ({ spec: { ipam: { pool: addresses(capacity) } }, status: { ipam: { used: addresses(used) } } }),
    ...over,
  });

/** cluster-pool, in which each node has a /24 of a range for so many of them. */
export const clusterPool = (maskOfRange: number, over: Partial<CiliumSituation> = {}) =>
  cilium({
    config: { ipam: 'cluster-pool', 'cluster-pool-ipv4-cidr': `10.244.0.0/${maskOfRange}`, 'cluster-pool-ipv4-mask-size': '24' },
    node: (_, at) => ({ spec: { ipam: { podCIDRs: [`10.244.${at}.0/24`] } } }),
    ...over,
  });
