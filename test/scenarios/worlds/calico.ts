/** Situations of Calico: one function each. */
import type { JsonObject, KubernetesObject, KubernetesResource, Reaction, World, WorldCluster } from '#lib/sandbox/world.ts';
import { aBlock, pods } from '#test/network/calico/blocks.ts';
import { type OtherCni, served, shopOn } from './other-cni.ts';

const AGENT = { name: 'calico-node', container: 'calico-node', namespace: 'calico-system', label: { 'k8s-app': 'calico-node' } };
const GROUPS = { v1: 'crd.projectcalico.org/v1', v3: 'projectcalico.org/v3' } as const;

const POOL = {
  cidr: '10.244.0.0/24',
  blockSize: 26,
  ipipMode: 'Never',
  vxlanMode: 'Always',
  natOutgoing: true,
  assignmentMode: 'Automatic',
};

interface CalicoSituation extends Partial<OtherCni> {
  readonly group?: keyof typeof GROUPS;
  readonly pools?: Readonly<Record<string, JsonObject>>;
  /** Addresses in use of each block, a node each, from the first of the pool on. */
  readonly blocks?: readonly number[];
  /** Pods that hold them, as `namespace/name`; else ones that are gone. */
  readonly holders?: readonly string[];
  readonly config?: JsonObject;
  readonly more?: (apiVersion: string, nodes: readonly KubernetesObject[]) => readonly KubernetesResource[];
}

export function calico(
  { group = 'v1', pools = { pods: POOL }, blocks = [], holders, config, more, ...over }: CalicoSituation = {},
  world?: World,
) {
  const apiVersion = GROUPS[group];
  const held = holders?.map((name) => {
    const [namespace = '', pod = ''] = name.split('/');
    return { namespace, pod };
  });
  const built = blocks.map((used, at) =>
    aBlock(`10.244.0.${64 * at}/26`, `node-${at + 1}`, held?.slice(at * used, (at + 1) * used) ?? pods(used)),
  );
  const cni: OtherCni = {
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
  };
  return shopOn(cni, world);
}

/** Every kind of Calico's that is read, with what it may hold, in the shape of either API. */
export const calicoWhole = (group: keyof typeof GROUPS, world?: World) =>
  calico(
    {
      group,
      pools: {
        pods: {
          ...POOL,
          vxlanMode: 'Never',
          ipipMode: 'CrossSubnet',
          nodeSelector: 'has(kubernetes.io/os)',
          allowedUses: ['Workload', 'Tunnel'],
        },
        old: { ...POOL, cidr: '10.250.0.0/24', disabled: true },
      },
      blocks: [40, 64, 0],
      config: { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 4 },
      more: (apiVersion, nodes) => [
        served(apiVersion, 'BlockAffinity', 'blockaffinities', {
          'node-1-10-244-0-0-26': {
            spec: { cidr: '10.244.0.0/26', node: 'node-1', state: 'confirmed', deleted: group === 'v1' ? 'false' : false },
          },
        }),
        served(apiVersion, 'IPReservation', 'ipreservations', { kept: { spec: { reservedCIDRs: ['10.244.0.192/28'] } } }),
        served(apiVersion, 'BGPPeer', 'bgppeers', {
          rack: { spec: { nodeSelector: "rack == 'a'", peerIP: '10.0.0.9:179', asNumber: 64_513 } },
          reflectors: { spec: { nodeSelector: 'all()', peerSelector: 'has(route-reflector)' } },
        }),
        served(apiVersion, 'BGPConfiguration', 'bgpconfigurations', {
          default: { spec: { nodeToNodeMeshEnabled: false, asNumber: 64_512, logSeverityScreen: 'Info' } },
        }),
        served(apiVersion, 'FelixConfiguration', 'felixconfigurations', {
          default: { spec: { bpfEnabled: false, vxlanPort: 4790 } },
        }),
        served(
          apiVersion,
          'CalicoNodeStatus',
          'caliconodestatuses',
          Object.fromEntries(nodes.map((node) => [node.metadata.name, toldOf(node, ['Established', 'OpenConfirm'])])),
        ),
      ],
    },
    world,
  );

export const policyOnly = (world?: World) => calico({ pools: {}, besideVpcCni: true }, world);

const IPIP = { pods: { cidr: '10.244.0.0/24', ipipMode: 'Always' } };

/** IP-in-IP with BGP: every node tells of two peers in these states. */
export const calicoBgp = (...states: readonly string[]) =>
  calico({
    pools: IPIP,
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
  return { spec: { node: metadata.name, classes: ['Agent', 'BGP'], updatePeriodSeconds: 60 }, status: bgpStatus(states) };
}

function bgpStatus(states: readonly string[], peers: readonly string[] = []): JsonObject {
  const peersV4 = states.map((state, at) => ({
    peerIP: peers[at] ?? `10.0.0.${at + 1}`,
    type: 'NodeMesh',
    state,
    since: '02:41:00',
  }));
  const numberEstablishedV4 = states.filter((state) => state === 'Established').length;
  const counts = { numberEstablishedV4, numberNotEstablishedV4: states.length - numberEstablishedV4 };
  return {
    lastUpdated: new Date().toISOString(),
    agent: { birdV4: { state: 'Ready', version: 'v0.3.3+birdv1.6.8' } },
    bgp: { ...counts, numberEstablishedV6: 0, numberNotEstablishedV6: 0, peersV4 },
  };
}

export interface CalicoAgents extends Omit<CalicoSituation, 'more'> {
  /** Of each node, the states of its sessions with the nodes behind it; without any, its agent fills nothing. */
  readonly agents: (node: string, at: number) => readonly string[] | undefined;
  /** BGPPeers, by the addresses of the nodes. */
  readonly peers?: (addresses: readonly string[]) => Readonly<Record<string, JsonObject>>;
  /** What stands there of CalicoNodeStatus. */
  readonly statuses?: Readonly<Record<string, JsonObject>>;
}

/** IP-in-IP with BGP, where nobody keeps CalicoNodeStatus objects and the agents fill those that are made. */
export function calicoAgents({ agents, peers = () => ({}), statuses = {}, ...over }: CalicoAgents): World {
  const world = calico({
    pools: IPIP,
    blocks: [1],
    more: (apiVersion, nodes) => [
      served(apiVersion, 'CalicoNodeStatus', 'caliconodestatuses', statuses),
      served(apiVersion, 'BGPPeer', 'bgppeers', peers(nodes.map(internalIp))),
    ],
    ...over,
  });
  return { ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, reactions: reactionsOf(cluster, agents) })) };
}

function reactionsOf({ kubernetes }: WorldCluster, agents: CalicoAgents['agents']): readonly Reaction[] {
  const nodes = kubernetes.find(({ plural }) => plural === 'nodes')?.items ?? [];
  const addresses = nodes.map(internalIp);
  return nodes.flatMap(({ metadata: { name } }, at) => {
    const states = agents(name, at);
    const others = [...addresses.slice(at + 1), ...addresses.slice(0, at)];
    if (states === undefined) return [];
    return { kind: 'CalicoNodeStatus', node: name, steps: [{ afterMs: 0, merge: { status: bgpStatus(states, others) } }] };
  });
}

function internalIp(node: KubernetesObject): string {
  const { addresses } = node['status'] as { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
  return addresses.find(({ type }) => type === 'InternalIP')?.address ?? '';
}
