/** What a world's specification can say of nodes, pods and interfaces: each world could be real, and has what it says. */
import { DescribeNetworkInterfacesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { ClusterSpec, NodegroupSpec, SubnetSpec, VpcSpec } from '#lib/sandbox/builder/spec.ts';
import type { KubernetesObject, World } from '#lib/sandbox/world.ts';
import { enter, NOW } from './start.ts';
import { contradictions } from './world-consistency.ts';

const ACCOUNT = '111122223333';
const OTHER = '999988887777';
const NODES: SubnetSpec = { name: 'nodes', cidr: '10.0.0.0/22', zone: 'a' };
const GROUP: NodegroupSpec = {
  name: 'general',
  instanceType: 'm5.large',
  count: 2,
  subnets: ['nodes'],
  podsPerNode: 5,
  maxPods: 29,
};

interface Given {
  readonly cluster?: Partial<ClusterSpec>;
  readonly group?: Partial<NodegroupSpec>;
  readonly subnet?: Partial<SubnetSpec>;
  readonly vpc?: Partial<VpcSpec>;
}

function aWorld({ cluster, group, subnet, vpc }: Given): World {
  const world = buildWorld({
    account: ACCOUNT,
    region: 'eu-west-1',
    now: NOW,
    vpcs: [
      {
        name: 'shop',
        cidrs: ['10.0.0.0/16'],
        subnets: [{ ...NODES, ...subnet }],
        securityGroups: [{ name: 'ledger', ingress: [] }],
        clusters: [{ name: 'shop-prod', controlPlaneSubnets: ['nodes'], nodegroups: [{ ...GROUP, ...group }], ...cluster }],
        ...vpc,
      },
    ],
  });
  expect(contradictions(world)).toEqual([]);
  return world;
}

const itemsOf = (world: World, plural: string): readonly KubernetesObject[] =>
  world.clusters[0]?.kubernetes.find((kind) => kind.plural === plural)?.items ?? [];
const node = (world: World) => itemsOf(world, 'nodes')[0] as KubernetesObject;
const podsOf = (world: World, app: string) => itemsOf(world, 'pods').filter(({ metadata }) => metadata.name.startsWith(app));
const enisOf = (world: World, type: string) => world.networkInterfaces.filter(({ interfaceType }) => interfaceType === type);

describe('pods with security groups of their own', () => {
  const world = aWorld({
    cluster: { cniEnv: { ENABLE_POD_ENI: 'true' }, securityGroupPolicies: { ledger: ['ledger'] } },
    group: { securityGroupPods: 3 },
  });

  it('have branches of a trunk on each node, which offers as many as its type takes', () => {
    expect(enisOf(world, 'trunk')).toHaveLength(2);
    expect(enisOf(world, 'branch')).toHaveLength(6);
    expect(node(world).status).toMatchObject({ allocatable: { 'vpc.amazonaws.com/pod-eni': '9' } });
    expect(itemsOf(world, 'cninodes')).toHaveLength(2);
  });

  it('bear their interface and its address', () => {
    for (const pod of podsOf(world, 'ledger')) {
      const [{ eniId, privateIp }] = JSON.parse(pod.metadata.annotations?.['vpc.amazonaws.com/pod-eni'] ?? '[{}]');
      const branch = world.networkInterfaces.find(({ networkInterfaceId }) => networkInterfaceId === eniId);
      expect(branch?.privateIpAddresses).toEqual([privateIp]);
      expect(pod['status']).toMatchObject({ podIP: privateIp });
    }
    expect(podsOf(world, 'ledger')).toHaveLength(6);
  });

  it('are not to be had on a type without trunk, or beyond what its type takes', () => {
    const policies = { cniEnv: { ENABLE_POD_ENI: 'true' }, securityGroupPolicies: { ledger: ['ledger'] } };
    const xen = aWorld({ cluster: policies, group: { instanceType: 't3.large', securityGroupPods: 1 } });
    expect(enisOf(xen, 'trunk')).toEqual([]);
    expect(() => aWorld({ cluster: policies, group: { securityGroupPods: 10 } })).toThrow('a trunk of m5.large has 9 branches');
  });
});

describe('a cluster of IPv6', () => {
  const world = aWorld({ cluster: { ipFamily: 'ipv6' }, subnet: { ipv6Cidr: '2001:db8:0:1::/64' } });

  it('gives each node one /80, and its pods addresses of it', () => {
    const nodes = world.networkInterfaces.filter(({ attachment }) => attachment?.instanceId !== undefined);
    expect(nodes.map(({ ipv6Prefixes, privateIpAddresses }) => [ipv6Prefixes.length, privateIpAddresses.length])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(podsOf(world, 'storefront')[0]?.['status']).toMatchObject({ podIP: expect.stringMatching(/^2001:db8:0:1:\d::\d$/) });
    expect(world.clusters[0]?.eks).toMatchObject({ kubernetesNetworkConfig: { ipFamily: 'ipv6' } });
    expect(itemsOf(world, 'endpointslices')[0]).toMatchObject({ addressType: 'IPv6' });
  });

  it('needs subnets of IPv6', () => {
    expect(() => aWorld({ cluster: { ipFamily: 'ipv6' } })).toThrow('has no IPv6 addresses');
  });
});

describe('nodes', () => {
  it.each<[string, Given, object]>([
    ['of a node group', {}, { 'eks.amazonaws.com/nodegroup': 'general' }],
    ['of Karpenter', { group: { startedBy: 'karpenter' } }, { 'karpenter.sh/nodepool': 'general' }],
    ['of Auto Mode', { group: { startedBy: 'auto-mode' } }, { 'eks.amazonaws.com/compute-type': 'auto' }],
    ['of Windows', { group: { ami: 'windows' } }, { 'kubernetes.io/os': 'windows' }],
  ])('%s are labelled so', (_, given, labels) => {
    expect(node(aWorld(given)).metadata.labels).toMatchObject(labels);
  });

  it.each<[string, Given, number, number]>([
    ['a node group', {}, 1, 2],
    ['Karpenter', { group: { startedBy: 'karpenter' } }, 0, 2],
    ['an Auto Scaling group of one’s own', { group: { startedBy: 'own-auto-scaling-group' } }, 0, 2],
    ['Auto Mode, which brings its own', { group: { startedBy: 'auto-mode' } }, 0, 0],
    ['a node group of Windows', { group: { ami: 'windows' } }, 1, 0],
  ])('of %s: EKS’s node groups, and agents', (_, given, nodegroups, agents) => {
    const world = aWorld(given);
    expect(Object.keys(world.clusters[0]?.nodegroups ?? {})).toHaveLength(nodegroups);
    expect(podsOf(world, 'aws-node')).toHaveLength(agents);
  });

  it('that Karpenter started have claims; so have those that it could not', () => {
    const failedClaims = [{ nodePool: 'general', reason: 'LaunchFailed', message: 'no address' }];
    const world = aWorld({
      cluster: { failedClaims, nodePools: { general: { cpu: '100' } } },
      group: { startedBy: 'karpenter' },
    });
    expect(itemsOf(world, 'nodeclaims').map(({ status }) => (status as { nodeName?: string }).nodeName !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    expect(itemsOf(world, 'nodepools')).toMatchObject([{ spec: { limits: { cpu: '100' } } }]);
  });

  it('without interfaces for pods are not ready: custom networking, and no ENIConfig of their zone', () => {
    const world = aWorld({ cluster: { cniEnv: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' } } });
    expect(node(world).status).toMatchObject({ conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }] });
    expect(itemsOf(world, 'pods').filter(({ status }) => (status as { phase: string }).phase === 'Pending')).toHaveLength(10);
  });

  it('report what troubles them, by conditions and events', () => {
    const condition = { type: 'NetworkingReady', status: 'False', reason: 'IPAMDNotReady', message: 'ipamd failed' } as const;
    const event = { reason: 'ConntrackExceededKernel', message: 'too many' };
    const world = aWorld({ cluster: { nodeTroubles: [{ node: 0, condition, event }] } });
    expect(node(world).status).toMatchObject({ conditions: [{ type: 'Ready' }, condition] });
    expect(itemsOf(world, 'events')).toMatchObject([
      { reason: event.reason, involvedObject: { kind: 'Node', name: node(world).metadata.name } },
    ]);
  });

  it('kept single addresses when prefixes came: both are on one interface', () => {
    const world = aWorld({ cluster: { cniEnv: { ENABLE_PREFIX_DELEGATION: 'true' } }, group: { addressesFromBefore: 4 } });
    const mixed = world.networkInterfaces.filter(
      ({ ipv4Prefixes, privateIpAddresses }) => ipv4Prefixes.length > 0 && privateIpAddresses.length > 1,
    );
    expect(mixed).toHaveLength(2);
  });
});

it('Fargate pods are alone on nodes without instance, at their own interface', () => {
  const world = aWorld({ cluster: { fargate: { subnets: ['nodes'], count: 3 } } });
  expect(podsOf(world, 'invoice-run')).toHaveLength(3);
  expect(itemsOf(world, 'nodes').filter(({ metadata }) => metadata.name.startsWith('fargate-'))).toHaveLength(3);
  expect(world.instances).toHaveLength(2);
});

it('leaked interfaces name their cluster, or nobody', () => {
  const leakedEnis = [
    { subnet: 'nodes', count: 2, ageHours: 5 },
    { subnet: 'nodes', count: 1, ageHours: 5, namesCluster: false },
  ];
  const leaked = aWorld({ cluster: { leakedEnis } }).networkInterfaces.filter(({ status }) => status === 'available');
  expect(leaked.map(({ tags }) => tags['cluster.k8s.amazonaws.com/name'])).toEqual(['shop-prod', 'shop-prod', undefined]);
  expect(new Set(leaked.map(({ tags }) => tags['node.k8s.amazonaws.com/createdAt']))).toEqual(new Set(['2026-11-23T22:00:00Z']));
});

it('launches that failed are activities of the group that tried', () => {
  const failedLaunches = [{ why: 'no-free-address', hoursAgo: 1 }] as const;
  const [activity] = aWorld({ group: { failedLaunches } }).scalingActivities;
  expect(activity?.autoScalingGroupName).toMatch(/^eks-general-/);
  expect(activity?.statusMessage).toMatch(/^There are not enough free addresses in subnet 'subnet-\w+'/);
});

it('the add-on’s configuration may differ from what aws-node runs with', () => {
  const world = aWorld({ cluster: { cniEnv: { WARM_IP_TARGET: '2' }, addonEnv: { WARM_IP_TARGET: '5' } } });
  expect(world.clusters[0]?.addons['vpc-cni']).toMatchObject({ configurationValues: '{"env":{"WARM_IP_TARGET":"5"}}' });
  expect(JSON.stringify(itemsOf(world, 'daemonsets')[0])).toContain('{"name":"WARM_IP_TARGET","value":"2"}');
});

it('agents answer with the pool that their node has, and what they counted', () => {
  const world = aWorld({ cluster: { ipamdCounters: { awscni_no_available_ip_addresses: 7 } } });
  const answers = Object.entries(world.clusters[0]?.proxied ?? {});
  expect(answers.map(([path]) => path.replace(/^kube-system\/(.*):61678\/metrics$/, '$1')).sort()).toEqual(
    podsOf(world, 'aws-node')
      .map(({ metadata }) => metadata.name)
      .sort(),
  );
  // Three interfaces of nine addresses: m5.large keeps one warm beside five pods and CoreDNS.
  expect(answers[0]?.[1]).toContain('awscni_total_ip_addresses 18\nawscni_assigned_ip_addresses 5\n');
  expect(answers[0]?.[1]).toContain('awscni_no_available_ip_addresses 7\n');
});

it('what others hold in a shared subnet takes addresses and cannot be seen; its owner sees it', async () => {
  const subnet: Partial<SubnetSpec> = { tenants: [{ kind: 'instance', count: 40, account: OTHER }] };
  for (const [sharedBy, seen] of [
    [OTHER, 0],
    [undefined, 40],
  ] as const) {
    const world = aWorld({ subnet, vpc: { ...(sharedBy && { sharedBy }) } });
    await using entered = await enter(world);
    const { NetworkInterfaces = [] } = await entered.ec2.send(new DescribeNetworkInterfacesCommand({}));
    expect(NetworkInterfaces.filter(({ OwnerId }) => OwnerId === OTHER)).toHaveLength(seen);
    const { Subnets: [only] = [] } = await entered.ec2.send(new DescribeSubnetsCommand({}));
    expect(only?.OwnerId).toBe(sharedBy ?? ACCOUNT);
    const ours = NetworkInterfaces.flatMap(({ PrivateIpAddresses = [] }) => PrivateIpAddresses).length;
    expect(1024 - 5 - (only?.AvailableIpAddressCount ?? 0) - ours).toBe(40 - seen);
  }
});
