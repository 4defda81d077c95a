import type { NetworkAcl, Subnet } from '#lib/model/ec2.ts';
import { type MissingAclEntry, missingAclEntries } from '#lib/network/acl/missing-acl-entries.ts';
import type { PortRange } from '#lib/network/acl/network-acl.ts';
import { type AclBlock, type AclOf, type AclVerdict, aclVerdict, compileAcls } from '#lib/network/acl/network-acl-path.ts';
import { formatAddressCidr, parseCidr } from '#lib/network/address.ts';
import type { CniKind } from '#lib/network/cni.ts';
import type { DnsEndpoint, DnsEndpoints } from '#lib/network/dns/endpoints.ts';
import { type Judged, type PathVerdict, staysOnNode } from '#lib/network/dns/reachability.ts';
import { type DnsScene, type DnsSceneWorld, dnsScene } from '#lib/network/dns/scene.ts';
import { cidrsBySubnet } from '#lib/network/dns/security.ts';
import type { SourceClass, SourceMember } from '#lib/network/dns/source-classes.ts';
import { type DnsSources, dnsSources } from '#lib/network/dns/sources.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

export interface DnsAclWorld extends DnsSceneWorld {
  readonly networkAcls: readonly NetworkAcl[];
  /** Undefined where they were not read. */
  readonly subnets: readonly Subnet[] | undefined;
}

export interface DnsAclAssumptions {
  /** The ports that pods take for themselves, and replies go to. */
  readonly ephemeral: PortRange;
  /** ISO 8601: a pod created later may have an interface that the list of interfaces does not show yet. */
  readonly settledBefore: string;
}

/** One way from pods of a class to one CoreDNS pod: `disputed` where some replies are dropped and others pass. */
export interface DnsAclPath extends Judged {
  readonly member: SourceMember;
  readonly endpoint: DnsEndpoint;
  readonly blockedBy: readonly AclBlock[];
  /** Entries whose absence blocks it. */
  readonly missing: readonly MissingAclEntry[];
  readonly doubt?: string;
}

export interface DnsAcls extends Omit<DnsSources, 'classes'> {
  /** A CNI that hides pods from network ACLs: there are no subnets then. */
  readonly overlay: CniKind | undefined;
  readonly endpoints: DnsEndpoints;
  /** The classes of pods in each subnet, with their ways to CoreDNS. */
  readonly subnets: ReadonlyMap<string, readonly { readonly source: SourceClass; readonly paths: readonly DnsAclPath[] }[]>;
}

/** What network ACLs let through between the pods of every subnet and every CoreDNS endpoint. */
export function dnsAcls(world: DnsAclWorld, { ephemeral, settledBefore }: DnsAclAssumptions): DnsAcls {
  const { overlay, endpoints, ...scene } = dnsScene(world);
  if (overlay !== undefined) return { overlay, endpoints, subnets: new Map(), unseen: new Map(), cached: 0, young: 0 };
  const subnetCidrs = cidrsBySubnet(world.subnets);
  const { classes, ...rest } = dnsSources(world.pods, sourceContext(world, scene, { subnetCidrs, settledBefore }));
  const context = { aclOf: compileAcls(world.networkAcls), ephemeral, subnetCidrs };
  const reaches = classes.map((source) => ({ source, paths: pathsOf(source, endpoints.ready, context) }));
  return { overlay, endpoints, subnets: Map.groupBy(reaches, ({ source }) => source.eni.subnetId), ...rest };
}

type SubnetCidrs = (subnetId: string) => readonly string[] | undefined;

/** Addresses of one subnet are told apart by the CIDRs of entries. */
function sourceContext(
  { networkAcls }: DnsAclWorld,
  scene: Omit<DnsScene, 'overlay' | 'endpoints'>,
  given: { readonly subnetCidrs: SubnetCidrs; readonly settledBefore: string },
) {
  const cidrs = new Set(
    networkAcls.flatMap(({ entries }) => entries.flatMap((entry) => entry.cidrBlock ?? entry.ipv6CidrBlock ?? [])),
  );
  return { ...scene, ...given, ruleCidrs: [...cidrs].flatMap((cidr) => parseCidr(cidr) ?? []), splitPrefixes: false };
}

interface PathContext {
  readonly aclOf: AclOf;
  readonly ephemeral: PortRange;
  readonly subnetCidrs: SubnetCidrs;
}

/** To the endpoints of its own address family, over the protocols that the Service offers. */
function pathsOf(source: SourceClass, endpoints: readonly DnsEndpoint[], context: PathContext): readonly DnsAclPath[] {
  return source.members.flatMap((member) =>
    endpoints
      .filter(({ address }) => typeof address === typeof member.address)
      .flatMap((endpoint) =>
        (['udp', 'tcp'] as const).flatMap((protocol) => {
          const port = endpoint.ports[protocol];
          return port === undefined ? [] : [pathOf(source, { member, endpoint, protocol, port }, context)];
        }),
      ),
  );
}

interface Way {
  readonly member: SourceMember;
  readonly endpoint: DnsEndpoint;
  readonly protocol: TransportProtocol;
  readonly port: number;
}

const VERDICTS: Readonly<Record<AclVerdict['verdict'], PathVerdict>> = {
  allowed: 'allow',
  denied: 'deny',
  partly: 'disputed',
  unknown: 'unknown',
};

function pathOf(source: SourceClass, { port, ...way }: Way, { aclOf, ephemeral, subnetCidrs }: PathContext): DnsAclPath {
  const { member, endpoint, protocol } = way;
  const open = { ...way, blockedBy: [], missing: [] };
  if (staysOnNode(source, member, endpoint)) return { ...open, verdict: 'allow' };
  if (endpoint.eni === undefined) {
    return { ...open, verdict: 'unknown', doubt: `the interface of the CoreDNS pod ${endpoint.text} cannot be seen` };
  }
  const ends = [
    { address: member.address, subnetId: source.eni.subnetId },
    { address: endpoint.address, subnetId: endpoint.eni.subnetId },
  ] as const;
  const judged = aclVerdict(aclOf, ...ends, { protocol, port, ephemeral });
  if (judged.verdict === 'unknown') return { ...open, verdict: 'unknown', doubt: judged.reason };
  const blockedBy = judged.verdict === 'allowed' ? [] : judged.blockedBy;
  const peerCidrs = ({ subnetId }: AclBlock): readonly string[] => {
    const peer = ends.find((end) => end.subnetId !== subnetId) ?? ends[1];
    const ofFamily =
      subnetCidrs(peer.subnetId)?.filter((cidr) => cidr.includes(':') === (typeof peer.address === 'bigint')) ?? [];
    return ofFamily.length > 0 ? ofFamily : [formatAddressCidr(peer.address)];
  };
  return { ...way, verdict: VERDICTS[judged.verdict], blockedBy, missing: missingAclEntries(blockedBy, { protocol, peerCidrs }) };
}
