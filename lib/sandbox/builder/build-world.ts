import type { NetworkAcl, NetworkInterface, SecurityGroup, SecurityGroupRule, Subnet } from '#lib/model/ec2.ts';
import { ago } from '#lib/sandbox/builder/ago.ts';
import { makeCluster } from '#lib/sandbox/builder/cluster.ts';
import { awsId } from '#lib/sandbox/builder/ids.ts';
import { pastFreeAddresses } from '#lib/sandbox/builder/past.ts';
import type { VpcSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import {
  restInterfaces,
  spreadInterfaces,
  tenantGroups,
  tenantInstances,
  tenantInterfaces,
} from '#lib/sandbox/builder/tenants.ts';
import { draftOf, draftVpc, groupRules, type VpcDraft } from '#lib/sandbox/builder/vpc.ts';
import { availableIpAddressCount } from '#lib/sandbox/occupancy.ts';
import type { MetricSeries, World } from '#lib/sandbox/world.ts';

/** Builds the world that a specification describes, the same one each time, with addresses given out as EC2 and the CNI would. */
export function buildWorld(spec: WorldSpec): World {
  const parts = spec.vpcs.map((vpc) => makeVpc(spec, vpc));
  const all = <K extends keyof (typeof parts)[number]>(key: K) => parts.map((part) => part[key]);
  const networkInterfaces = all('networkInterfaces').flat();
  return {
    account: spec.account,
    region: spec.region,
    vpcs: all('vpc'),
    subnets: all('subnets').flat(),
    networkInterfaces,
    instances: all('instances').flat(),
    instanceTypes: [],
    securityGroups: all('securityGroups').flat(),
    securityGroupRules: all('securityGroupRules').flat(),
    networkAcls: all('networkAcls').flat(),
    subnetCidrReservations: all('subnetCidrReservations').flat(),
    prefixLists: [],
    scalingActivities: all('scalingActivities').flat(),
    quotas: spec.quotas ?? {},
    metricHistory: [...(spec.metricHistory ?? []), ...parts.flatMap(({ fading }) => pastOf(spec, fading, networkInterfaces))],
    clusters: all('clusters').flat(),
  };
}

function pastOf(
  spec: WorldSpec,
  fading: readonly { readonly subnet: Subnet; readonly perHour: number }[],
  interfaces: readonly NetworkInterface[],
): readonly MetricSeries[] {
  return fading.map(({ subnet, perHour }) => {
    const inside = interfaces.filter(({ subnetId }) => subnetId === subnet.subnetId);
    return pastFreeAddresses(spec, subnet, { free: availableIpAddressCount(subnet, inside), perHour });
  });
}

function makeVpc(world: WorldSpec, spec: VpcSpec) {
  const draft = draftVpc(world, spec);
  const before = spec.subnets.flatMap((subnet) => tenantInterfaces(subnet, draftOf(draft, subnet.name), world.account));
  const clusters = spec.clusters.map((cluster) => makeCluster(world, draft, cluster));
  const after = spec.subnets.flatMap((subnet) => {
    const subnetDraft = draftOf(draft, subnet.name);
    return [...spreadInterfaces(subnet, subnetDraft, world.account), ...restInterfaces(subnet, subnetDraft, world.account)];
  });
  const groups = securityGroupsOf(world, spec, draft);
  return {
    vpc: draft.vpc,
    subnets: [...draft.subnets.values()].map(({ subnet }) => subnet),
    fading: spec.subnets.flatMap(({ name, losesPerHour: perHour }) =>
      perHour === undefined ? [] : [{ subnet: draftOf(draft, name).subnet, perHour }],
    ),
    networkInterfaces: [
      ...before,
      ...clusters.flatMap(({ otherInterfaces, nodes }) => [...otherInterfaces, ...nodes.flatMap(({ interfaces }) => interfaces)]),
      ...after,
    ],
    instances: [
      ...clusters.flatMap(({ nodes }) => nodes.map(({ instance }) => instance)),
      ...tenantInstances([...before, ...after], ago(world.now, 300 * 24 * 3600)),
    ],
    ...groups,
    securityGroups: [...groups.securityGroups, ...tenantGroups(spec, draft.vpc.vpcId, world.account)],
    networkAcls: aclsOf(spec, draft),
    subnetCidrReservations: draft.reservations,
    scalingActivities: clusters.flatMap((cluster) => cluster.scalingActivities),
    clusters: clusters.map(({ cluster }) => cluster),
  };
}

function securityGroupsOf(
  { account }: WorldSpec,
  { clusters, securityGroups = [] }: VpcSpec,
  { vpc, groupId }: VpcDraft,
): { securityGroups: SecurityGroup[]; securityGroupRules: SecurityGroupRule[] } {
  const named = [
    // EKS makes the cluster's own group: everything from itself in, everything out.
    ...clusters.map(({ name }) => ({
      name: `cluster:${name}`,
      groupName: `eks-cluster-sg-${name}-1234567890`,
      ingress: [{ protocol: '-1', group: `cluster:${name}` }],
      egress: undefined,
    })),
    ...securityGroups.map((group) => ({ groupName: group.name, egress: undefined, ...group })),
  ];
  return {
    securityGroups: named.map(({ name, groupName }) => ({
      groupId: groupId(name),
      groupName,
      vpcId: vpc.vpcId,
      ownerId: account,
      tags: {},
    })),
    securityGroupRules: named.flatMap(({ name, ingress, egress }) =>
      groupRules(groupId(name), ingress, egress, { groupIdOf: groupId, account, ipv6: vpc.ipv6CidrBlocks.length > 0 }),
    ),
  };
}

/** The ACL of a new VPC lets everything through; a subnet of its own entries has another. */
function aclsOf({ name, networkAcls = {} }: VpcSpec, draft: VpcDraft): NetworkAcl[] {
  const { vpcId, ipv6CidrBlocks } = draft.vpc;
  const own = Object.entries(networkAcls).map(([subnet, entries]) => ({
    networkAclId: awsId('acl', name, subnet),
    vpcId,
    isDefault: false,
    subnetIds: [draftOf(draft, subnet).subnet.subnetId],
    entries: [...entries, ...[false, true].flatMap((egress) => rest(egress, '0.0.0.0/0'))],
  }));
  const apart = new Set(own.flatMap(({ subnetIds }) => subnetIds));
  const ids = [...draft.subnets.values()].map(({ subnet }) => subnet.subnetId).filter((id) => !apart.has(id));
  const everything = [false, true].flatMap((egress) => [
    { ruleNumber: 100, egress, protocol: '-1', ruleAction: 'allow', cidrBlock: '0.0.0.0/0' },
    ...(ipv6CidrBlocks.length > 0
      ? [{ ruleNumber: 101, egress, protocol: '-1', ruleAction: 'allow', ipv6CidrBlock: '::/0' }]
      : []),
    ...rest(egress, '0.0.0.0/0'),
  ]);
  return [{ networkAclId: awsId('acl', name), vpcId, isDefault: true, subnetIds: ids, entries: everything }, ...own];
}

/** The rule `*`, as EC2 shows it. */
function rest(egress: boolean, cidrBlock: string): NetworkAcl['entries'] {
  return [{ ruleNumber: 32767, egress, protocol: '-1', ruleAction: 'deny', cidrBlock }];
}
