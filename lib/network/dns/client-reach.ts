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

/** Where it is not known who enforces policies, or the node may answer itself, a denial is not known to happen. */
export function isUncertain({ nodeAnswers }: Pick<DnsClient, 'nodeAnswers'>, enforcement: PolicyEnforcement): boolean {
  return nodeAnswers || enforcement.kind === 'unknown';
}

export function clientReach(client: DnsClient, servers: DnsServers, enforcement: PolicyEnforcement): ClientReach {
  const uncertain = isUncertain(client, enforcement);
  const over = (protocol: TransportProtocol): Reach => {
    const problems = client.problems.filter((way) => way.protocol === protocol);
    const ways = client.route === 'node-cache' ? 1 : servers.ready.filter(({ ports }) => ports[protocol] !== undefined).length;
    // A protocol that the Service does not offer is no matter of policies.
    if (ways === 0) return 'whole';
    const passing = Array.from({ length: ways - problems.length }, () => ({ verdict: 'allow' as const }));
    return reachOf([...passing, ...problems.map((way) => ({ verdict: verdictOf(way, uncertain) }))]);
  };
  const tcp = over('tcp');
  return { needed: client.route === 'node-cache-itself' ? tcp : over('udp'), tcp };
}

function verdictOf({ verdict }: DnsPolicyWay, uncertain: boolean): PathVerdict {
  return uncertain ? 'unknown' : verdict;
}
