/** Situations of subnets: one function each. */
import type { FailedLaunchSpec } from '#lib/sandbox/builder/failed-launches.ts';
import type { NodegroupSpec, SubnetSpec } from '#lib/sandbox/builder/spec.ts';
import type { World } from '#lib/sandbox/world.ts';
import { GENERAL, OTHER_ACCOUNT, shop, ZONES, zoneAWith } from './shop.ts';

/** Of 1,019 addresses; `free` are left in zone a. */
export const zoneAHasFree = (free: number) => shop({ subnets: zoneAWith(free) });

/** Small subnets with so many addresses left in each; an m5.large takes ten at its start. */
export const smallSubnetsWith = (free: number) =>
  shop({ subnets: ZONES.map((subnet) => ({ ...subnet, cidr: subnet.cidr.replace('/22', '/25'), free })) });

/** Zone a is full, and its tagged sibling has room. */
export const fullWithSibling = () =>
  shop({
    subnets: [...zoneAWith(0), { name: 'pods-a', cidr: '100.64.0.0/22', zone: 'a', tags: { 'kubernetes.io/role/cni': '1' } }],
  });

/** Zone a is full, and a node group has no other zone. */
export const groupBoundToFullZone = () =>
  shop({ subnets: zoneAWith(0), groups: [GENERAL, { ...GENERAL, name: 'databases', count: 1, subnets: ['nodes-a'] }] });

export const oneZone = () => shop({ subnets: ZONES.slice(0, 1), group: { subnets: ['nodes-a'] } });

/** Nothing but a control plane in /28 subnets: eleven addresses each, of which it holds one. */
export const smallestControlPlane = () =>
  shop({
    subnets: [
      { name: 'control-a', cidr: '10.0.8.0/28', zone: 'a' },
      { name: 'control-b', cidr: '10.0.8.16/28', zone: 'b' },
      ...ZONES,
    ],
  });

/** Of the two /28 subnets of the control plane, one has so many addresses left. */
export const controlPlaneShort = (free: number) =>
  shop({
    subnets: [
      { name: 'control-a', cidr: '10.0.8.0/28', zone: 'a', free },
      { name: 'control-b', cidr: '10.0.8.16/28', zone: 'b' },
      ...ZONES,
    ],
  });

/** The same, as EKS answers for the cluster: being updated, or with an issue of its own. */
export const controlPlaneReports = (eks: Readonly<Record<string, unknown>>): World => {
  const world = controlPlaneShort(4);
  return { ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, eks: { ...cluster.eks, ...eks } })) };
};

/** Its zone's other subnet of the control plane makes up for the short one. */
export const controlPlaneMadeUpFor = () =>
  shop({
    subnets: [
      { name: 'control-a', cidr: '10.0.8.0/28', zone: 'a', free: 3 },
      { name: 'control-b', cidr: '10.0.8.16/28', zone: 'b' },
      { name: 'control-a2', cidr: '10.0.8.32/28', zone: 'a' },
      ...ZONES,
    ],
    cluster: { controlPlaneSubnets: ['control-a', 'control-b', 'control-a2'] },
  });

export const leaks = (ageHours: number, namesCluster = true) =>
  shop({ cluster: { leakedEnis: [{ subnet: 'nodes-a', count: 7, ageHours, namesCluster }] } });

/** Interfaces of another cluster's gone nodes, in the same subnets. */
export const leaksOfAnother = () => {
  const world = leaks(5);
  return {
    ...world,
    networkInterfaces: world.networkInterfaces.map((eni) =>
      eni.status === 'available' ? { ...eni, tags: { ...eni.tags, 'cluster.k8s.amazonaws.com/name': 'other-prod' } } : eni,
    ),
  };
};

/** Launches that failed; `missing` nodes of the group's desired size are not there. */
export function failedLaunches(launch: FailedLaunchSpec, missing: number): World {
  const world = shop({ group: { failedLaunches: [launch] } });
  const desired = 4 + missing;
  return withNodegroups(world, (group) => ({ ...group, scalingConfig: { minSize: 2, maxSize: 12, desiredSize: desired } }));
}

export const unlaunchedClaim = () =>
  shop({
    group: { startedBy: 'karpenter' },
    cluster: {
      nodePools: { general: {} },
      failedClaims: [
        {
          nodePool: 'general',
          reason: 'LaunchFailed',
          message:
            "creating instance, with fleet error(s), InsufficientFreeAddressesInSubnet: There are not enough free addresses in subnet 'subnet-0a' to satisfy the requested number of instances.",
        },
      ],
    },
  });

/** The Region's interfaces are that share of their quota. */
export function interfacesAt(share: number): World {
  const world = shop();
  return { ...world, quotas: { 'L-DF5E4CA3': Math.floor(world.networkInterfaces.length / share) } };
}

/** A /26 in each zone, nearly filled by the nodes that are there: no room for those of an update. */
export const noRoomForSurge = () =>
  shop({
    subnets: [
      { name: 'nodes-a', cidr: '10.0.0.0/25', zone: 'a', free: 12 },
      { name: 'nodes-b', cidr: '10.0.0.128/25', zone: 'b', free: 12 },
    ],
  });

/** Room for an update, and none for the autoscaler's maximum. */
export const maximumBeyondRoom = () => shop({ group: { maxCount: 400 } });

export const noNodes = () => shop({ group: { count: 0 } });

/** In a shared VPC, others hold what cannot be seen. */
export const sharedVpc = (othersHold: number, free?: number) =>
  shop({
    vpc: { sharedBy: OTHER_ACCOUNT },
    subnets: ZONES.map(
      (subnet): SubnetSpec => ({
        ...subnet,
        tenants: [{ kind: 'instance', count: othersHold, account: OTHER_ACCOUNT }],
        ...(free === undefined ? {} : { free }),
      }),
    ),
  });

/** Prefix delegation on one /28, where no whole block can ever be had. */
export const prefixesInASlash28 = () =>
  shop({
    subnets: [
      { name: 'nodes-a', cidr: '10.0.0.0/28', zone: 'a' },
      { name: 'nodes-b', cidr: '10.0.4.0/22', zone: 'b' },
    ],
    cluster: { cniEnv: { ENABLE_PREFIX_DELEGATION: 'true' } },
    group: { count: 2, podsPerNode: 4 },
  });

/** Prefix delegation with functions in each block that is whole, up to `spread` of them in zone a. */
export const fragmentedZoneA = (spread: number) =>
  shop({
    subnets: ZONES.map(
      (subnet): SubnetSpec =>
        subnet.zone === 'a' ? { ...subnet, tenants: [{ kind: 'lambda', count: spread, spread: true }] } : subnet,
    ),
    cluster: { cniEnv: { ENABLE_PREFIX_DELEGATION: 'true' } },
  });

export const ipv6 = (group: Partial<NodegroupSpec> = {}) =>
  shop({
    subnets: ZONES.map((subnet, at): SubnetSpec => ({ ...subnet, ipv6Cidr: `2001:db8:0:${at + 1}::/64` })),
    cluster: { ipFamily: 'ipv6' },
    group,
  });

function withNodegroups(world: World, change: (group: World['clusters'][number]['nodegroups'][string]) => object): World {
  return {
    ...world,
    clusters: world.clusters.map((cluster) => ({
      ...cluster,
      nodegroups: Object.fromEntries(
        Object.entries(cluster.nodegroups).map(([name, group]) => [name, { ...group, ...change(group) }]),
      ),
    })),
  };
}
