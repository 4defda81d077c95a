import type { Pod } from '#lib/model/kubernetes.ts';
import type { Address } from '#lib/network/address.ts';
import type { DnsServer, DnsServers } from '#lib/network/dns/servers.ts';
import type { PolicyBlock, PolicyDoubt } from '#lib/network/policy/decision.ts';
import { groupedVerdicts, type PodGroup, podGroups } from '#lib/network/policy/groups.ts';
import type { PolicyJudge } from '#lib/network/policy/judge.ts';
import { type PolicyVerdict, policyVerdict } from '#lib/network/policy/network-policies.ts';
import type { PolicyTraffic } from '#lib/network/policy/ports.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

/**
 * A way to an answer that policies do not plainly let pass. Disputed: an ipBlock covers the addresses of CoreDNS's pods or that of
 * the Service and not both (`service-address`), or the policies allow none of the addresses of the cache on the pod's own node
 * (`cache-address`); plugins differ in both.
 * Source: Kubernetes documentation, "Network Policies", on Services, `ipBlock` and the pod's own node.
 */
export type DnsPolicyWay = { readonly protocol: TransportProtocol } & (
  | { readonly verdict: 'deny'; readonly blockedBy: readonly PolicyBlock[] }
  | { readonly verdict: 'disputed'; readonly over: 'service-address' | 'cache-address' }
  | { readonly verdict: 'unknown'; readonly because: readonly PolicyDoubt[] | 'services-unread' }
);
type Judged = DnsPolicyWay extends infer W ? (W extends DnsPolicyWay ? Omit<W, 'protocol'> : never) : never;

/** Pods with the same problem on one way. */
export interface WayOfPods {
  readonly pods: readonly Pod[];
  readonly way: DnsPolicyWay;
}

const traffic = (protocol: TransportProtocol, port: number): PolicyTraffic => ({
  port,
  protocol: protocol === 'udp' ? 'UDP' : 'TCP',
});
/** The Service's own port. */
const DNS_PORT = 53;

/** Ways of pods that ask CoreDNS through its Service. Those that pass are left out. */
export function waysToServers(
  judge: PolicyJudge,
  servers: DnsServers,
  pods: readonly Pod[],
  protocols: readonly TransportProtocol[],
): readonly WayOfPods[] {
  if (pods.length === 0) return [];
  const groups = podGroups(judge.compiled, pods);
  return servers.ready.flatMap((server) =>
    protocols.flatMap((protocol) => toServer(judge, servers, { server, groups, protocol })),
  );
}

interface Question {
  readonly server: DnsServer;
  readonly groups: readonly PodGroup[];
  readonly protocol: TransportProtocol;
}

function toServer(judge: PolicyJudge, servers: DnsServers, { server, groups, protocol }: Question): readonly WayOfPods[] {
  const port = server.ports[protocol];
  if (port === undefined) return [];
  return groupedVerdicts(judge.compiled, groups, server.end, traffic(protocol, port)).flatMap(({ verdict, pods }) => {
    const [one] = pods;
    const judged = one && judgeWay(judge, servers, { verdict, pod: one, server, traffic: traffic(protocol, port) });
    return judged === undefined ? [] : [{ pods, way: { protocol, ...judged } }];
  });
}

interface Way {
  readonly verdict: PolicyVerdict;
  readonly pod: Pod;
  readonly server: DnsServer;
  readonly traffic: PolicyTraffic;
}

/** @returns undefined where it passes */
function judgeWay(judge: PolicyJudge, servers: DnsServers, { verdict, pod, server, traffic: to }: Way): Judged | undefined {
  if (verdict.verdict === 'unknown') return { verdict: 'unknown', because: verdict.because };
  const sides = verdict.verdict === 'denied' ? new Set(verdict.blockedBy.map(({ side }) => side)) : undefined;
  const denied = verdict.verdict === 'denied' ? ({ verdict: 'deny', blockedBy: verdict.blockedBy } as const) : undefined;
  if (sides?.has('ingress') || judge.withoutBlocks === judge.compiled) return denied;
  if (denied === undefined) {
    if (verdict.verdict !== 'allowed' || verdict.egress.by !== 'rule') return undefined;
    if (leaves(policyVerdict(judge.withoutBlocks, { kind: 'pod', pod }, server.end, to))) return undefined;
  }
  // An ipBlock decides, and whether it is asked before or after the Service's address is translated differs from plugin to plugin.
  if (servers.serviceAddresses === undefined) return denied ?? { verdict: 'unknown', because: 'services-unread' };
  const addressed = servers.serviceAddresses.map((address) => toAddress(judge, pod, address, to.protocol));
  if (addressed.length === 0) return denied;
  const passes = addressed.some(({ verdict: of }) => of === 'allowed');
  if (passes === (denied === undefined)) return denied;
  return { verdict: 'disputed', over: 'service-address' };
}

/** Whether the source's own policies let it out. */
function leaves(verdict: PolicyVerdict): boolean {
  return (
    verdict.verdict === 'allowed' || (verdict.verdict === 'denied' && verdict.blockedBy.every(({ side }) => side === 'ingress'))
  );
}

function toAddress({ compiled }: PolicyJudge, pod: Pod, address: Address, protocol: PolicyTraffic['protocol']): PolicyVerdict {
  return policyVerdict(compiled, { kind: 'pod', pod }, { kind: 'address', address }, { port: DNS_PORT, protocol });
}

/**
 * Ways of pods to the cache on their own node. By the API a pod always reaches its node; plugins that look at the cache's address ask
 * for a rule that allows it, the Service's address, or, as the VPC CNI resolves it, the pods behind the Service.
 */
export function waysToCache(judge: PolicyJudge, servers: DnsServers, pods: readonly Pod[]): readonly WayOfPods[] {
  return podGroups(judge.compiled, pods).flatMap((group) => {
    const [pod] = group.pods;
    if (pod === undefined) return [];
    return (['udp', 'tcp'] as const).flatMap((protocol) => {
      const judged = judgeCache(judge, servers, pod, protocol);
      return judged === undefined ? [] : [{ pods: group.pods, way: { protocol, ...judged } }];
    });
  });
}

function judgeCache(judge: PolicyJudge, servers: DnsServers, pod: Pod, protocol: TransportProtocol): Judged | undefined {
  const to = traffic(protocol, DNS_PORT);
  const addresses = [...servers.cacheAddresses, ...(servers.serviceAddresses ?? [])];
  const verdicts = [
    ...addresses.map((address) => toAddress(judge, pod, address, to.protocol)),
    ...servers.ready.map(({ end, ports }) =>
      policyVerdict(judge.withoutBlocks, { kind: 'pod', pod }, end, traffic(protocol, ports[protocol] ?? DNS_PORT)),
    ),
  ];
  if (verdicts.some(leaves)) return undefined;
  const because = verdicts.flatMap((verdict) => (verdict.verdict === 'unknown' ? verdict.because : []));
  if (because.length > 0) return { verdict: 'unknown', because };
  return { verdict: 'disputed', over: 'cache-address' };
}
