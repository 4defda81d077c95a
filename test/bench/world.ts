import { buildWorld } from '#lib/sandbox/builder/build-world.ts';

const ZONES = ['a', 'b', 'c'];
const SUBNETS = Array.from({ length: 16 }, (_, at) => ({
  name: `private-${at}`,
  cidr: `10.60.${at * 16}.0/20`,
  zone: ZONES[at % ZONES.length] ?? 'a',
}));

/** One cluster of 1,000 nodes, 30,000 pods and 4,000 interfaces. */
export const BENCH_WORLD = buildWorld({
  account: '111122223333',
  region: 'eu-west-1',
  now: new Date(),
  vpcs: [
    {
      name: 'bench',
      cidrs: ['10.60.0.0/16'],
      subnets: SUBNETS,
      clusters: [
        {
          name: 'bench',
          // Four interfaces a node.
          cniEnv: { WARM_ENI_TARGET: '2' },
          controlPlaneSubnets: ['private-0', 'private-1'],
          nodegroups: [
            {
              name: 'general',
              instanceType: 'm5.xlarge',
              count: 1000,
              subnets: SUBNETS.map(({ name }) => name),
              // With aws-node and kube-proxy these are 30 pods a node.
              podsPerNode: 28,
              maxPods: 58,
            },
          ],
        },
      ],
    },
  ],
});
