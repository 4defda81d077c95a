import type { ConfigMap, DaemonSet, Node, Pod, Service } from '#lib/model/kubernetes.ts';
import { type Agent, agentsOf } from '#lib/network/agents.ts';
import { commandFlag } from '#lib/network/command-flag.ts';
import { schedulesOn, takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';
import { corefileText } from '#lib/network/dns/coredns-corefile.ts';
import { readCorefile, type ServerBlock } from '#lib/network/dns/corefile.ts';
import { pluginsOf, upstreamsOf } from '#lib/network/dns/corefile-servers.ts';

/** The cache's Corefile, as far as it is known. */
export type CacheCorefile =
  | {
      readonly state: 'read';
      /** Whether every forward to the cluster's DNS insists on TCP; undefined where there is none. */
      readonly forcesTcp: boolean | undefined;
      /** Whether it names the upstream Service, whose address the cache puts in. */
      readonly namesUpstream: boolean;
      /** An upstream that is an address of the cache itself. */
      readonly ownUpstream?: string;
    }
  | { readonly state: 'broken' | 'missing' | 'unread'; readonly reason: string };

export interface NodeLocalDns {
  readonly daemonSet: DaemonSet;
  readonly agents: readonly Agent[];
  /** Nodes that take pods and no agent, by its node selector, affinity and tolerations. */
  readonly uncovered: readonly Node[];
  /** Addresses that it listens on; empty where its arguments do not say. */
  readonly listensOn: readonly string[];
  /** Whether it listens on the address of kube-dns, so that pods ask it without knowing; undefined where Services were not read. */
  readonly answersServiceIp: boolean | undefined;
  readonly upstreamService: string;
  /** Undefined where Services were not read. */
  readonly upstreamExists: boolean | undefined;
  readonly corefile: CacheCorefile;
}

export interface NodeLocalDnsWorld {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly daemonSets: readonly DaemonSet[];
  readonly services: readonly Service[] | undefined;
  readonly configMap: ConfigMap | undefined;
  readonly startedBefore: string;
}

/**
 * Words that installers, and the cache itself at its start, replace: the addresses that it listens on, and the upstream Service's.
 * Source: Kubernetes documentation, "Using NodeLocal DNSCache in Kubernetes Clusters".
 */
const OWN_ADDRESSES = ['__PILLAR__LOCAL__DNS__', '__PILLAR__DNS__SERVER__'];
const UPSTREAM = '__PILLAR__CLUSTER__DNS__';
/** Source: kubernetes/dns cmd/node-cache/main.go, the flag upstreamsvc. */
const UPSTREAM_SERVICE = 'kube-dns';

/** Undefined where NodeLocal DNSCache is not installed. */
export function nodeLocalDns(world: NodeLocalDnsWorld): NodeLocalDns | undefined {
  const { nodes, pods, daemonSets, services, configMap, startedBefore } = world;
  const daemonSet = daemonSets.find(({ labels, selector }) =>
    [labels, selector.matchLabels].some((found) => found?.['k8s-app'] === 'node-local-dns'),
  );
  if (daemonSet === undefined) return undefined;
  const args = daemonSet.containers.filter(({ init }) => !init).flatMap((container) => container.args);
  const listensOn =
    commandFlag(args, 'localip')
      ?.split(',')
      .map((address) => address.trim())
      .filter(Boolean) ?? [];
  const upstreamService = commandFlag(args, 'upstreamsvc') ?? UPSTREAM_SERVICE;
  const addressesOf = (name: string) => services?.find((service) => service.name === name)?.clusterIps;
  const serviceIps = addressesOf('kube-dns') ?? [];
  return {
    daemonSet,
    agents: agentsOf(daemonSet, { nodes, pods, startedBefore, waitingNodes: new Set() }),
    uncovered: nodes.filter((node) => takesCniAgent(node) && !schedulesOn(daemonSet, node)),
    listensOn,
    answersServiceIp: services && listensOn.some((address) => serviceIps.includes(address)),
    upstreamService,
    upstreamExists: services && addressesOf(upstreamService) !== undefined,
    corefile: cacheCorefile(configMap, { listensOn, upstreamIps: addressesOf(upstreamService) ?? [] }),
  };
}

interface CacheAddresses {
  readonly listensOn: readonly string[];
  readonly upstreamIps: readonly string[];
}

function cacheCorefile(configMap: ConfigMap | undefined, addresses: CacheAddresses): CacheCorefile {
  const text = corefileText(configMap);
  if (typeof text !== 'string') return { state: text.state === 'broken' ? 'broken' : text.state, reason: text.reason };
  const reading = readCorefile(text);
  if (reading.kind === 'broken') return { state: 'broken', reason: `line ${reading.line}: ${reading.reason}` };
  return { state: 'read', ...upstreams(reading.blocks, addresses) };
}

function upstreams(blocks: readonly ServerBlock[], { listensOn, upstreamIps }: CacheAddresses) {
  const forwards = pluginsOf(blocks, 'forward').map((plugin) => ({
    addresses: upstreamsOf(plugin).map(({ address }) => address),
    forcesTcp: plugin.block.some(([word]) => word === 'force_tcp'),
  }));
  const toCluster = forwards.filter(({ addresses }) => addresses.some((to) => to === UPSTREAM || upstreamIps.includes(to)));
  const ownUpstream = forwards
    .flatMap(({ addresses }) => addresses)
    .find((to) =>
      to === UPSTREAM ? upstreamIps.some((ip) => listensOn.includes(ip)) : OWN_ADDRESSES.includes(to) || listensOn.includes(to),
    );
  return {
    forcesTcp: toCluster.length === 0 ? undefined : toCluster.every((forward) => forward.forcesTcp),
    namesUpstream: forwards.some(({ addresses }) => addresses.includes(UPSTREAM)),
    ...(ownUpstream === undefined ? {} : { ownUpstream }),
  };
}
