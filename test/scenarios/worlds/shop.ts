import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { ClusterSpec, NodegroupSpec, SubnetSpec, VpcSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import type { World } from '#lib/sandbox/world.ts';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '999988887777';
export const REGION = 'eu-west-1';

/** What a situation has that the quiet shop has not. */
export interface Situation {
  readonly world?: Partial<WorldSpec>;
  readonly vpc?: Partial<VpcSpec>;
  readonly subnets?: readonly SubnetSpec[];
  readonly cluster?: Partial<ClusterSpec>;
  readonly groups?: readonly NodegroupSpec[];
  /** Over the quiet shop's one group. */
  readonly group?: Partial<NodegroupSpec>;
}

/** Four nodes over two zones with room for many more, and an update's room for the control plane. */
export const ZONES: readonly SubnetSpec[] = [
  { name: 'nodes-a', cidr: '10.0.0.0/22', zone: 'a' },
  { name: 'nodes-b', cidr: '10.0.4.0/22', zone: 'b' },
];
export const GENERAL: NodegroupSpec = {
  name: 'general',
  instanceType: 'm5.large',
  count: 4,
  subnets: ['nodes-a', 'nodes-b'],
  podsPerNode: 8,
  maxPods: 29,
};

/** A world of one cluster, shop-prod: quiet but for the situation. */
export function shop({ world, vpc, subnets = ZONES, cluster, groups, group }: Situation = {}): World {
  return buildWorld({
    account: ACCOUNT,
    region: REGION,
    now: new Date(),
    ...world,
    vpcs: [
      {
        name: 'shop',
        cidrs: ['10.0.0.0/16', '100.64.0.0/16'],
        subnets,
        // Of pods with custom networking and of branches, CoreDNS among them.
        securityGroups: [{ name: 'pods', ingress: ['pods', 'cluster:shop-prod'].map((group) => ({ protocol: '-1', group })) }],
        ...vpc,
        clusters: [
          {
            name: 'shop-prod',
            controlPlaneSubnets: subnets.slice(0, 2).map(({ name }) => name),
            cniVersion: 'v1.22.4-eksbuild.1',
            nodegroups: groups ?? [{ ...GENERAL, ...group }],
            ...cluster,
          },
        ],
      },
    ],
  });
}

/** Zone a's subnet has so many addresses left once all is made. */
export const zoneAWith = (free: number): readonly SubnetSpec[] =>
  ZONES.map((subnet) => (subnet.zone === 'a' ? { ...subnet, free } : subnet));
