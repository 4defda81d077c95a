import type { EndpointSlice, Pod, Service } from '#lib/model/kubernetes.ts';
import { type DnsRoute, dnsClients, isAutoModeNode } from '#lib/network/dns/clients.ts';
import { type DnsPolicyWay, waysToCache, waysToServers } from '#lib/network/dns/policy-ways.ts';
import { type DnsServers, dnsServers } from '#lib/network/dns/servers.ts';
import type { PolicyEnforcement } from '#lib/network/policy/enforcement.ts';
import { type PolicyJudge, type PolicyJudgeWorld, policyJudge } from '#lib/network/policy/judge.ts';
import type { CompiledPolicies } from '#lib/network/policy/network-policies.ts';

export interface DnsPolicyWorld extends PolicyJudgeWorld {
  readonly pods: readonly Pod[];
  readonly endpointSlices: readonly EndpointSlice[];
  /** Undefined where they were not read. */
  readonly services: readonly Service[] | undefined;
}

/** A pod that asks for names, and its ways to CoreDNS that policies do not plainly let pass. */
export interface DnsClient {
  readonly pod: Pod;
  readonly route: Exclude<DnsRoute, 'none'>;
  /** Its node answers names itself, so that a gap on the way to CoreDNS may hurt nobody. */
  readonly nodeAnswers: boolean;
  readonly problems: readonly DnsPolicyWay[];
}

export interface DnsPolicies {
  readonly enforcement: PolicyEnforcement;
  readonly compiled: CompiledPolicies;
  readonly servers: DnsServers;
  readonly clients: readonly DnsClient[];
}

/**
 * What policies let through between every pod that asks for names and every CoreDNS pod. Where nobody is known to enforce them, this
 * is what they would do.
 */
export function dnsPolicies(world: DnsPolicyWorld): DnsPolicies {
  const { pods, daemonSets, services } = world;
  const judge = policyJudge(world);
  const servers = dnsServers(world.endpointSlices, { pods, services, daemonSets });
  const autoNodes = new Set(world.nodes.filter(isAutoModeNode).map(({ name }) => name));
  const { route } = dnsClients(pods, daemonSets);
  const asking = pods.flatMap((pod) => {
    const way = route(pod);
    return way === 'none' ? [] : [{ pod, route: way, nodeAnswers: autoNodes.has(pod.nodeName ?? '') }];
  });
  const problems = problemsOf(judge, servers, asking);
  return {
    enforcement: judge.enforcement,
    compiled: judge.compiled,
    servers,
    clients: asking.map((client) => ({ ...client, problems: problems.get(client.pod) ?? [] })),
  };
}

function problemsOf(
  judge: PolicyJudge,
  servers: DnsServers,
  asking: readonly Pick<DnsClient, 'pod' | 'route'>[],
): ReadonlyMap<Pod, readonly DnsPolicyWay[]> {
  const of = (wanted: DnsRoute) => asking.flatMap(({ pod, route }) => (route === wanted ? [pod] : []));
  const problems = new Map<Pod, DnsPolicyWay[]>();
  const found = [
    waysToServers(judge, servers, of('cluster-dns'), ['udp', 'tcp']),
    // NodeLocal DNSCache insists on TCP. Source: kubernetes cluster/addons/dns/nodelocaldns, `force_tcp`.
    waysToServers(judge, servers, of('node-cache-itself'), ['tcp']),
    waysToCache(judge, servers, of('node-cache')),
  ];
  for (const { pods, way } of found.flat()) {
    for (const pod of pods) {
      const known = problems.get(pod);
      if (known === undefined) problems.set(pod, [way]);
      else known.push(way);
    }
  }
  return problems;
}
