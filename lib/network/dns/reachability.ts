import type { DnsEndpoint } from '#lib/network/dns/endpoints.ts';
import type { SourceClass, SourceMember } from '#lib/network/dns/source-classes.ts';
import { type Block, decideTraffic } from '#lib/network/security-group-decision.ts';
import type { CompiledGroups, TransportProtocol } from '#lib/network/security-groups.ts';

/** `disputed`: AWS's documents disagree about whose security groups decide here, and the answers differ. */
export type PathVerdict = 'allow' | 'deny' | 'unknown' | 'disputed';

/** One way from pods of a class to one CoreDNS pod over one protocol. */
export interface DnsPath {
  readonly member: SourceMember;
  readonly endpoint: DnsEndpoint;
  readonly protocol: TransportProtocol;
  readonly verdict: PathVerdict;
  /** What blocks it, of every reading that denies; empty where the Service does not offer the protocol. */
  readonly blockedBy: readonly Block[];
  /** Why it cannot be told. */
  readonly doubt?: string;
}

export interface ReachContext {
  readonly groups: CompiledGroups;
  /** Whether a rule that names a group matches addresses of delegated prefixes. */
  readonly groupsCoverPrefixes: boolean;
}

/** Every path of a class to the endpoints of its own address family, over both protocols. */
export function dnsPaths(source: SourceClass, endpoints: readonly DnsEndpoint[], context: ReachContext): readonly DnsPath[] {
  return source.members.flatMap((member) =>
    endpoints
      .filter(({ address }) => typeof address === typeof member.address)
      .flatMap((endpoint) =>
        (['udp', 'tcp'] as const).map((protocol) => {
          return { member, endpoint, protocol, ...judgePath(source, member, endpoint, protocol, context) };
        }),
      ),
  );
}

type Judgement = Pick<DnsPath, 'verdict' | 'blockedBy' | 'doubt'>;

function judgePath(
  source: SourceClass,
  member: SourceMember,
  endpoint: DnsEndpoint,
  protocol: TransportProtocol,
  { groups, groupsCoverPrefixes }: ReachContext,
): Judgement {
  const port = endpoint.ports[protocol];
  if (port === undefined) return { verdict: 'deny', blockedBy: [] };
  if (staysOnNode(source, member, endpoint)) return { verdict: 'allow', blockedBy: [] };
  const decisions = source.groupSets.flatMap((sourceGroups) =>
    endpoint.groupSets.map((endpointGroups) =>
      decideTraffic(
        { address: member.address, groups: sourceGroups, matchedByGroup: groupsCoverPrefixes || !source.fromPrefix },
        { address: endpoint.address, groups: endpointGroups, matchedByGroup: groupsCoverPrefixes || !endpoint.fromPrefix },
        { protocol, port },
        groups,
      ),
    ),
  );
  const doubt = decisions.find((decision) => decision.verdict === 'unknown')?.reason;
  if (doubt !== undefined) return { verdict: 'unknown', blockedBy: [], doubt };
  const blockedBy = decisions.flatMap((decision) => (decision.verdict === 'deny' ? decision.blockedBy : []));
  const denials = decisions.filter(({ verdict }) => verdict === 'deny').length;
  return { verdict: denials === 0 ? 'allow' : denials === decisions.length ? 'deny' : 'disputed', blockedBy };
}

/**
 * Traffic between interfaces of one node meets no security group, unless a branch interface in strict mode sends it through the VPC.
 * Source: EKS Best Practices Guide, "Security groups per pod".
 */
export function staysOnNode(source: SourceClass, member: SourceMember, endpoint: DnsEndpoint): boolean {
  const sameNode = member.nodeName !== undefined && member.nodeName === endpoint.nodeName;
  return sameNode && !endpoint.strict && source.mode !== 'pod-security-groups-strict';
}

/** A way of a class, whoever judged it. */
export type Judged = Pick<DnsPath, 'member' | 'protocol' | 'verdict'>;

export type Reach = 'whole' | 'partial' | 'unknown' | 'none';

/** How much of CoreDNS one kind of traffic reaches; kube-proxy picks an endpoint at random, so `partial` fails now and then. */
export function reachOf(paths: readonly Pick<DnsPath, 'verdict'>[]): Reach {
  const seen = new Set(paths.map(({ verdict }) => verdict));
  if (seen.has('allow')) return seen.has('deny') || seen.has('disputed') ? 'partial' : seen.has('unknown') ? 'unknown' : 'whole';
  if (seen.has('unknown') || seen.size === 0) return 'unknown';
  return seen.has('disputed') ? 'partial' : 'none';
}

const WORST_FIRST: readonly Reach[] = ['none', 'unknown', 'partial', 'whole'];

/** The worst reach of any member of a class over one protocol. */
export function worstReach(paths: readonly Judged[], protocol: TransportProtocol): Reach {
  const members = Map.groupBy(
    paths.filter((path) => path.protocol === protocol),
    ({ member }) => member,
  );
  const reaches = new Set([...members.values()].map(reachOf));
  return WORST_FIRST.find((reach) => reaches.has(reach)) ?? 'unknown';
}
