import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { VpcSpec } from '#lib/sandbox/builder/spec.ts';
import type { World } from '#lib/sandbox/world.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

/** Five clusters that show what people meet: `npm start` checks them, and the tests hold each to its verdicts. */
export function embeddedFleet(now: Date): World {
  return buildWorld({ account: ACCOUNT, region: REGION, now, vpcs: [healthy, exhausted, fragmented, dnsGap, cniHalfDown] });
}

const DNS_FROM = (group: string) => [
  { protocol: 'udp', from: 53, group },
  { protocol: 'tcp', from: 53, group },
];

/** Room everywhere. */
const healthy: VpcSpec = {
  name: 'identity',
  cidrs: ['10.10.0.0/16'],
  subnets: [
    { name: 'private-a', cidr: '10.10.0.0/22', zone: 'a' },
    { name: 'private-b', cidr: '10.10.4.0/22', zone: 'b' },
    {
      name: 'private-c',
      cidr: '10.10.8.0/22',
      zone: 'c',
      tenants: [
        { kind: 'load-balancer', count: 2 },
        { kind: 'vpc-endpoint', count: 3 },
      ],
    },
  ],
  clusters: [
    {
      name: 'identity-prod',
      agentMebibytes: { each: 58, of: { 3: 71 } },
      controlPlaneSubnets: ['private-a', 'private-b'],
      nodegroups: [
        {
          name: 'general',
          instanceType: 'm5.large',
          count: 6,
          subnets: ['private-a', 'private-b', 'private-c'],
          podsPerNode: 11,
          maxPods: 29,
        },
      ],
    },
  ],
};

/**
 * Zone a's node subnet is full; its sibling, tagged for pods, has room. Zone b's loses addresses and has some hours left. The control
 * plane has subnets of its own.
 */
const exhausted: VpcSpec = {
  name: 'shop',
  cidrs: ['10.20.0.0/16', '100.64.0.0/16'],
  subnets: [
    {
      name: 'nodes-a',
      cidr: '10.20.0.0/25',
      zone: 'a',
      tenants: [
        { kind: 'load-balancer', count: 4 },
        { kind: 'vpc-endpoint', count: 5 },
      ],
      free: 0,
    },
    { name: 'pods-a', cidr: '100.64.0.0/22', zone: 'a', tags: { 'kubernetes.io/role/cni': '1' } },
    { name: 'nodes-b', cidr: '10.20.2.0/23', zone: 'b', tenants: [{ kind: 'nat-gateway', count: 1 }], losesPerHour: 18 },
    { name: 'control-plane-a', cidr: '10.20.1.0/28', zone: 'a' },
    { name: 'control-plane-b', cidr: '10.20.1.16/28', zone: 'b' },
  ],
  clusters: [
    {
      name: 'shop-prod',
      cniVersion: 'v1.22.4-eksbuild.1',
      controlPlaneSubnets: ['control-plane-a', 'control-plane-b'],
      nodegroups: [
        { name: 'general', instanceType: 'm5.large', count: 12, subnets: ['nodes-a', 'nodes-b'], podsPerNode: 17, maxPods: 29 },
      ],
    },
  ],
};

/**
 * Prefix delegation: the nodes hold their prefixes and run their pods, hundreds of addresses of zone a are free, and no block is
 * whole, since functions hold one address in each.
 */
const fragmented: VpcSpec = {
  name: 'analytics',
  cidrs: ['10.30.0.0/16'],
  subnets: [
    { name: 'private-a', cidr: '10.30.0.0/23', zone: 'a', tenants: [{ kind: 'lambda', count: 18, spread: true }] },
    { name: 'private-b', cidr: '10.30.2.0/23', zone: 'b', tenants: [{ kind: 'lambda', count: 6 }] },
  ],
  clusters: [
    {
      name: 'analytics-prod',
      cniVersion: 'v1.20.4-eksbuild.1',
      cniEnv: { ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '1' },
      controlPlaneSubnets: ['private-a', 'private-b'],
      nodegroups: [
        {
          name: 'general',
          instanceType: 'm5.xlarge',
          count: 8,
          subnets: ['private-a', 'private-b'],
          podsPerNode: 26,
          maxPods: 110,
        },
      ],
    },
  ],
};

/** Custom networking, where the pods of zone c got a group of their own that CoreDNS's group does not admit. */
const dnsGap: VpcSpec = {
  name: 'payments',
  cidrs: ['10.40.0.0/16', '100.65.0.0/16'],
  subnets: [
    { name: 'nodes-a', cidr: '10.40.0.0/24', zone: 'a' },
    { name: 'nodes-b', cidr: '10.40.1.0/24', zone: 'b' },
    { name: 'nodes-c', cidr: '10.40.2.0/24', zone: 'c' },
    { name: 'pods-a', cidr: '100.65.0.0/22', zone: 'a' },
    { name: 'pods-b', cidr: '100.65.4.0/22', zone: 'b' },
    { name: 'pods-c', cidr: '100.65.8.0/22', zone: 'c' },
  ],
  securityGroups: [
    {
      name: 'payments-pods',
      ingress: [
        { protocol: '-1', group: 'payments-pods' },
        { protocol: '-1', group: 'cluster:payments-prod' },
      ],
    },
    {
      name: 'payments-pods-pci',
      ingress: [
        { protocol: '-1', group: 'payments-pods-pci' },
        { protocol: '-1', group: 'cluster:payments-prod' },
      ],
      egress: [...DNS_FROM('payments-pods'), { protocol: 'tcp', from: 443, cidr: '0.0.0.0/0' }],
    },
  ],
  clusters: [
    {
      name: 'payments-prod',
      cniVersion: 'v1.20.4-eksbuild.1',
      cniEnv: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' },
      eniConfigs: {
        'eu-west-1a': { subnet: 'pods-a', securityGroups: ['payments-pods'] },
        'eu-west-1b': { subnet: 'pods-b', securityGroups: ['payments-pods'] },
        'eu-west-1c': { subnet: 'pods-c', securityGroups: ['payments-pods-pci'] },
      },
      controlPlaneSubnets: ['nodes-a', 'nodes-b'],
      nodegroups: [
        {
          name: 'general',
          instanceType: 'm5.xlarge',
          count: 9,
          subnets: ['nodes-a', 'nodes-b', 'nodes-c'],
          podsPerNode: 18,
          maxPods: 44,
        },
      ],
    },
  ],
};

/** Half of the agents in a crash loop since a rollout: what runs there goes on running, what is new waits. */
const cniHalfDown: VpcSpec = {
  name: 'media',
  cidrs: ['10.50.0.0/16'],
  subnets: [
    { name: 'private-a', cidr: '10.50.0.0/22', zone: 'a' },
    { name: 'private-b', cidr: '10.50.4.0/22', zone: 'b' },
  ],
  clusters: [
    {
      name: 'media-staging',
      cniVersion: 'v1.21.1-eksbuild.3',
      controlPlaneSubnets: ['private-a', 'private-b'],
      nodegroups: [
        {
          name: 'general',
          instanceType: 'c5.xlarge',
          count: 10,
          subnets: ['private-a', 'private-b'],
          podsPerNode: 16,
          maxPods: 58,
        },
      ],
      crashingAgents: [1, 3, 5, 7, 9],
      waitingPodsPerNode: 4,
    },
  ],
};
