/** Situations of Cilium: one function each. */
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';
import { type OtherCni, served, shopOn } from './other-cni.ts';

export const AGENT = { name: 'cilium', container: 'cilium-agent', label: { 'k8s-app': 'cilium' } };

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

/** Every field by which the modes and versions of Cilium tell a node's addresses, a node each, beside pools of both families. */
export const ciliumWhole = () =>
  cilium({
    config: { ipam: 'multi-pool', 'enable-ipv6': 'true', 'kube-proxy-replacement': 'true' },
    node: (node, at) => ({
      spec: {
        addresses: [{ type: 'CiliumInternalIP', ip: `10.244.${at}.1` }],
        health: { ipv4: `10.244.${at}.2` },
        eni: { 'instance-type': 'm5.large', 'first-interface-index': 1, 'use-primary-address': false },
        ipam: IPAM_SHAPES[at % IPAM_SHAPES.length],
      },
      status: {
        eni: { enis: { [`eni-${at}`]: { id: `eni-${at}`, number: 1, addresses: ['10.0.1.9'], prefixes: ['10.0.1.16/28'] } } },
        ipam: {
          used: at === 0 ? { '10.0.1.0': { owner: `shop/${node.metadata.name}` } } : {},
          'operator-status': { error: 'no free CIDR' },
        },
      },
    }),
    pools: {
      default: { spec: { ipv4: { cidrs: ['10.244.0.0/20'], maskSize: 28 }, ipv6: { cidrs: ['fd00::/112'], maskSize: 120 } } },
    },
  });

const IPAM_SHAPES: readonly JsonObject[] = [
  { pool: { '10.0.1.0': { resource: 'eni-0' }, '10.0.1.1': {} } },
  {
    pools: {
      allocated: [{ pool: 'default', cidrs: ['10.244.1.0/28', 'fd00::100/120'] }],
      requested: [{ pool: 'default', needed: { 'ipv4-addrs': 16, 'ipv6-addrs': 16 } }],
    },
  },
  { podCIDRs: ['10.244.2.0/24'] },
];
