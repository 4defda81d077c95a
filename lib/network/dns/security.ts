import type { PrefixList, SecurityGroup, SecurityGroupRule, Subnet } from '#lib/model/ec2.ts';
import type { CniKind } from '#lib/network/cni.ts';
import type { DnsEndpoints } from '#lib/network/dns/endpoints.ts';
import { type DnsPath, dnsPaths } from '#lib/network/dns/reachability.ts';
import { type DnsSceneWorld, dnsScene } from '#lib/network/dns/scene.ts';
import type { SourceClass } from '#lib/network/dns/source-classes.ts';
import { type DnsSources, dnsSources } from '#lib/network/dns/sources.ts';
import { type MissingRule, missingRules } from '#lib/network/missing-rules.ts';
import { compileGroups, ingressCidrs } from '#lib/network/security-groups.ts';

export interface DnsWorld extends DnsSceneWorld {
  readonly securityGroups: readonly SecurityGroup[];
  readonly securityGroupRules: readonly SecurityGroupRule[];
  /** Undefined where they were not read; the same for subnets. */
  readonly prefixLists: readonly PrefixList[] | undefined;
  readonly subnets: readonly Subnet[] | undefined;
}

export interface DnsAssumptions {
  /** Whether a rule that names a group matches addresses of delegated prefixes. */
  readonly groupsCoverPrefixes: boolean;
  /** ISO 8601: a pod created later may have an interface that the list of interfaces does not show yet. */
  readonly settledBefore: string;
}

/** One class of pods and its ways to CoreDNS. */
export interface ClassReach {
  readonly source: SourceClass;
  readonly paths: readonly DnsPath[];
  /** The rules whose absence blocks some of these paths. */
  readonly missing: readonly MissingRule[];
}

export interface DnsSecurity extends Omit<DnsSources, 'classes'> {
  /** A CNI that hides pods from security groups: there are no classes then. */
  readonly overlay: CniKind | undefined;
  readonly endpoints: DnsEndpoints;
  readonly classes: readonly ClassReach[];
}

/** What security groups let through between every class of pod and every CoreDNS endpoint. */
export function dnsSecurity(world: DnsWorld, { groupsCoverPrefixes, settledBefore }: DnsAssumptions): DnsSecurity {
  const { overlay, endpoints, ...scene } = dnsScene(world);
  if (overlay !== undefined) return { overlay, endpoints, classes: [], unseen: new Map(), cached: 0, young: 0 };
  const groups = compileGroups(world.securityGroups, world.securityGroupRules, world.prefixLists);
  const subnetCidrs = cidrsBySubnet(world.subnets);
  const { classes, ...rest } = dnsSources(world.pods, {
    ...scene,
    subnetCidrs,
    ruleCidrs: ingressCidrs(endpointGroups(endpoints), endpointPorts(endpoints), groups),
    splitPrefixes: !groupsCoverPrefixes,
    settledBefore,
  });
  const reach = (source: SourceClass): ClassReach => {
    const paths = dnsPaths(source, endpoints.ready, { groups, groupsCoverPrefixes });
    return { source, paths, missing: missingRules(source, paths, { index: scene.index, groupsCoverPrefixes, subnetCidrs }) };
  };
  return { overlay, endpoints, classes: classes.map(reach), ...rest };
}

function endpointGroups({ ready }: DnsEndpoints): readonly string[] {
  return ready.flatMap(({ groupSets }) => groupSets.flatMap((groups) => groups ?? []));
}

function endpointPorts({ ready }: DnsEndpoints): ReadonlySet<number> {
  return new Set(ready.flatMap(({ ports }) => Object.values(ports)));
}

export function cidrsBySubnet(subnets: readonly Subnet[] | undefined): (subnetId: string) => readonly string[] | undefined {
  const cidrs = new Map(subnets?.map(({ subnetId, cidrBlock, ipv6CidrBlocks }) => [subnetId, [cidrBlock, ...ipv6CidrBlocks]]));
  return (subnetId) => cidrs.get(subnetId);
}
