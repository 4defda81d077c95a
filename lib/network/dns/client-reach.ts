import type { DnsClient } from '#lib/network/dns/policies.ts';
import type { DnsPolicyWay } from '#lib/network/dns/policy-ways.ts';
import { type PathVerdict, type Reach, reachOf } from '#lib/network/dns/reachability.ts';
import type { DnsServers } from '#lib/network/dns/servers.ts';
import type { PolicyEnforcement } from '#lib/network/policy/enforcement.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

/** What is left of DNS for one pod. */
export interface ClientReach {
  /** Over the protocol without which names do not resolve at all. */
  readonly needed: Reach;
  /** Over TCP, which long answers take. */
  readonly tcp: Reach;
}

/** Whether it is not known if this happens, since it is not known who enforces policies. */
export function hangsOnEnforcement(way: DnsPolicyWay, enforcement: PolicyEnforcement): boolean {
  if (enforcement.kind !== 'unknown') return false;
  return way.verdict !== 'deny' || way.blockedBy.every(({ nodeClass }) => nodeClass === undefined);
}

export function clientReach(client: DnsClient, servers: DnsServers, enforcement: PolicyEnforcement): ClientReach {
  // A node that may answer itself leaves open what a gap on the way to CoreDNS does.
  const verdictOf = (way: DnsPolicyWay): PathVerdict =>
    client.nodeAnswers || hangsOnEnforcement(way, enforcement) ? 'unknown' : way.verdict;
  const over = (protocol: TransportProtocol): Reach => {
    const problems = client.problems.filter((way) => way.protocol === protocol);
    const ways = client.route === 'node-cache' ? 1 : servers.ready.filter(({ ports }) => ports[protocol] !== undefined).length;
    // A protocol that the Service does not offer is no matter of policies.
    if (ways === 0) return 'whole';
    const passing = Array.from({ length: ways - problems.length }, () => ({ verdict: 'allow' as const }));
    return reachOf([...passing, ...problems.map((way) => ({ verdict: verdictOf(way) }))]);
  };
  const tcp = over('tcp');
  return { needed: client.route === 'node-cache-itself' ? tcp : over('udp'), tcp };
}
