/** Situations of Calico: one function each. */
import type { JsonObject, KubernetesObject, KubernetesResource } from '#lib/sandbox/world.ts';
import { aBlock, pods } from '#test/network/calico/blocks.ts';
import { type OtherCni, served, shopOn } from './other-cni.ts';

const AGENT = { name: 'calico-node', container: 'calico-node', namespace: 'calico-system', label: { 'k8s-app': 'calico-node' } };
const GROUPS = { v1: 'crd.projectcalico.org/v1', v3: 'projectcalico.org/v3' } as const;

const POOL = { cidr: '10.244.0.0/24', blockSize: 26, ipipMode: 'Never', vxlanMode: 'Always', natOutgoing: true };

interface CalicoSituation extends Partial<OtherCni> {
  readonly group?: keyof typeof GROUPS;
  readonly pools?: Readonly<Record<string, JsonObject>>;
  /** Addresses in use of each block, a node each, from the first of the pool on. */
  readonly blocks?: readonly number[];
  readonly config?: JsonObject;
  readonly more?: (apiVersion: string, nodes: readonly KubernetesObject[]) => readonly KubernetesResource[];
}

export function calico({ group = 'v1', pools = { pods: POOL }, blocks = [], config, more, ...over }: CalicoSituation = {}) {
  const apiVersion = GROUPS[group];
  const built = blocks.map((used, at) => aBlock(`10.244.0.${64 * at}/26`, `node-${at + 1}`, pods(used)));
  return shopOn({
    agent: AGENT,
    kinds: (nodes) => [
      served(apiVersion, 'IPPool', 'ippools', Object.fromEntries(Object.entries(pools).map(([name, spec]) => [name, { spec }]))),
      served(apiVersion, 'IPAMBlock', 'ipamblocks', Object.fromEntries(built.map(({ name, spec }) => [name, { spec }]))),
      ...(config
        ? [
            group === 'v1'
              ? served(apiVersion, 'IPAMConfig', 'ipamconfigs', { default: { spec: config } })
              : served(apiVersion, 'IPAMConfiguration', 'ipamconfigurations', { default: { spec: config } }),
          ]
        : []),
      ...(more?.(apiVersion, nodes) ?? []),
    ],
    ...over,
  });
}

export const policyOnly = () => calico({ pools: {}, besideVpcCni: true });

/** IP-in-IP with BGP: every node tells of two peers in these states. */
export const calicoBgp = (...states: readonly string[]) =>
  calico({
    pools: { pods: { cidr: '10.244.0.0/24', ipipMode: 'Always' } },
    blocks: [1],
    more: (apiVersion, nodes) => [
      served(
        apiVersion,
        'CalicoNodeStatus',
        'caliconodestatuses',
        Object.fromEntries(nodes.map((node) => [node.metadata.name, toldOf(node, states)])),
      ),
    ],
  });

function toldOf({ metadata }: KubernetesObject, states: readonly string[]): JsonObject {
  const peersV4 = states.map((state, at) => ({ peerIP: `10.0.0.${at + 1}`, type: 'NodeMesh', state, since: '02:41:00' }));
  return {
    spec: { node: metadata.name, classes: ['Agent', 'BGP'], updatePeriodSeconds: 60 },
    status: { lastUpdated: new Date().toISOString(), agent: { birdV4: { state: 'Ready' } }, bgp: { peersV4 } },
  };
}
