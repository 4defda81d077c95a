import { expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/subnet-prefix-fragmentation.ts';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { NodeClass } from '#lib/model/karpenter.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aDaemonSet,
  aNode,
  aNodeEni,
  anInstance,
  anInstanceType,
  aPod,
  aSnapshot,
  aSubnet,
  awsNode,
  DENIED,
} from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

const PD = [awsNode({ ENABLE_PREFIX_DELEGATION: 'true' })];

/** A secondary interface that leaves only so many of the 14 blocks of subnet-a free: an address in each of the others. */
const leaving = (free: number): NetworkInterface =>
  aNodeEni('i-1', 1, { privateIpAddresses: Array.from({ length: 14 - free }, (_, block) => `10.0.0.${16 * (block + 1) + 5}`) });

/** One m5.large node with a pod, under prefix delegation, and so many free blocks. */
const withPrefixes = (free: number, over: World = {}): World => ({
  subnets: [aSubnet({ availableIpAddressCount: 251 - 1 - (14 - free) })],
  networkInterfaces: [aNodeEni('i-1'), leaving(free)],
  instances: [anInstance()],
  instanceTypes: [anInstanceType()],
  nodes: [aNode()],
  pods: [aPod()],
  daemonSets: PD,
  ...over,
});
const run = (world: World, options: Parameters<typeof runCheck>[2] = {}) => runCheck(check, aSnapshot(world), options);
const judged = (world: World, options = {}) => {
  const finding = run(world, options).findings.at(-1);
  return finding && { verdict: finding.verdict, ...finding.evidence, summary: finding.summary };
};
const pods = (count: number) => Array.from({ length: count }, (_, at) => aPod({ name: `web-${at}` }));

test.each([
  ['none', 0, 1, 'critical'],
  ['fewer than two nodes with one pod take', 3, 1, 'warning'],
  ['as many as two nodes with one pod take', 4, 1, 'ok'],
  ['fewer than two nodes with 33 pods take', 7, 33, 'warning'],
  ['as many as two nodes with 33 pods take', 8, 33, 'ok'],
])('with prefix delegation on, %s (%i free for %i pods a node) is %4$s', (_, free, count, verdict) =>
  expect(judged(withPrefixes(free, { pods: pods(count) }))?.verdict).toBe(verdict),
);

test('many free addresses and no block: the evidence shows it, and what is cheapest to free', () => {
  const result = run(withPrefixes(0), { blockersListed: 2 });
  expect(result.findings).toMatchObject([
    {
      verdict: 'critical',
      resource: { kind: 'subnet', id: 'subnet-a' },
      remediation: 'reserve-prefix-space',
      evidence: {
        freeIps: 236,
        freePrefixes: 0,
        maxPrefixes: 14,
        reservedPrefixes: 0,
        fragmentationIndex: 1,
        cidr: '10.0.0.0/24',
        map: 'aooooooooooooooa',
        prefixDelegation: 'on',
        demandPerNode: { prefixes: 2, singles: 1, podsPerNode: 1 },
        unaccounted: 0,
      },
    },
  ]);
  expect(result.findings[0]?.evidence['blockers']).toEqual([
    { block: '10.0.0.32/28', eniId: 'eni-i-1-1', ips: ['10.0.0.37'], release: 'unassign' },
    { block: '10.0.0.48/28', eniId: 'eni-i-1-1', ips: ['10.0.0.53'], release: 'unassign' },
  ]);
  expect(result.metrics).toEqual([{ name: 'SubnetFreePrefixes', value: 0, dimensions: { SubnetId: 'subnet-a' } }]);
});

const chained = aDaemonSet({
  name: 'cilium',
  labels: { 'k8s-app': 'cilium' },
  containers: [{ name: 'cilium-agent', image: 'cilium:v1.20.2', init: false, env: {}, args: [] }],
});
const autoMode = (nodeClass: Partial<NodeClass>): World => ({
  daemonSets: [],
  cluster: aCluster({ autoMode: true }),
  nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'auto', 'eks.amazonaws.com/nodeclass': 'own' } })],
  nodeClasses: [{ name: 'own', ...nodeClass }],
});
const held = aNodeEni('i-1', 0, { ipv4Prefixes: ['10.0.0.240/28'] });

test.each<[string, World, string, string]>([
  ['where it is off, blocks are headroom', { daemonSets: [awsNode()] }, 'ok', 'off'],
  ['where no node here can have prefixes, too', { instanceTypes: [anInstanceType({ hypervisor: 'xen' })] }, 'ok', 'off'],
  [
    'where the CNI is too old for it, too',
    {
      daemonSets: [
        {
          ...awsNode({ ENABLE_PREFIX_DELEGATION: 'true' }),
          containers: awsNode({ ENABLE_PREFIX_DELEGATION: 'true' }).containers.map((one) => ({
            ...one,
            image: 'amazon-k8s-cni:v1.8.0',
          })),
        },
      ],
    },
    'ok',
    'off',
  ],
  ['Auto Mode falls back to single addresses', { daemonSets: [], cluster: aCluster({ autoMode: true }) }, 'ok', 'falls-back'],
  ['unless its NodeClasses ask for them', autoMode({ ipv4PrefixSize: '32' }), 'ok', 'off'],
  ['and some do not', autoMode({ ipv4PrefixSize: 'Auto' }), 'ok', 'falls-back'],
  ['DaemonSets that were not read leave it open', { daemonSets: DENIED }, 'unknown', 'unknown'],
  ['unless nodes hold prefixes', { daemonSets: DENIED, networkInterfaces: [held, leaving(0)] }, 'critical', 'on'],
  [
    'Cilium whose nodes hold prefixes needs them, too',
    { daemonSets: [chained], networkInterfaces: [held, leaving(0)] },
    'critical',
    'on',
  ],
  ['an unknown type counts as one that has prefixes', { instanceTypes: [] }, 'critical', 'on'],
])('%s', (_, over, verdict, prefixDelegation) =>
  expect(judged(withPrefixes(0, over))).toMatchObject({ verdict, prefixDelegation }),
);

test.each<[string, World, string]>([
  ['an IPv6 cluster', { cluster: aCluster({ ipFamily: 'ipv6' }) }, '/80'],
  ['Cilium whose nodes hold no prefixes', { daemonSets: [chained] }, 'Cilium'],
])('%s needs no /28', (_, over, text) =>
  expect(judged(withPrefixes(0, over))).toMatchObject({ verdict: 'not-applicable', summary: expect.stringContaining(text) }),
);

const reserved = (cidr: string, reservationType: 'explicit' | 'prefix') => ({
  subnetCidrReservations: [{ subnetCidrReservationId: 'scr-1', subnetId: 'subnet-a', cidr, reservationType }],
});
test.each<[string, number, ReturnType<typeof reserved>, 'yes' | 'no' | 'unknown', string]>([
  ['enough inside of a reservation', 14, reserved('10.0.0.64/26', 'prefix'), 'unknown', 'ok'],
  ['enough only with what lies outside', 14, reserved('10.0.0.64/28', 'prefix'), 'unknown', 'unknown'],
  ['the same where AWS goes outside', 14, reserved('10.0.0.64/28', 'prefix'), 'yes', 'ok'],
  ['the same where AWS stays inside', 14, reserved('10.0.0.64/28', 'prefix'), 'no', 'warning'],
  ['nothing left inside, and AWS stays there', 12, reserved('10.0.0.16/28', 'prefix'), 'no', 'critical'],
  ['an explicit reservation over nearly everything', 14, reserved('10.0.0.0/25', 'explicit'), 'unknown', 'ok'],
  ['an explicit reservation over everything', 14, reserved('10.0.0.0/24', 'explicit'), 'unknown', 'critical'],
])('%s', (_, free, reservation, outsideReservation, verdict) =>
  expect(judged(withPrefixes(free, reservation), { outsideReservation })?.verdict).toBe(verdict),
);

test.each([
  ['leave the verdict open where they may break the last blocks', 200, 'unknown'],
  ['do not matter where enough is left in any case', 241, 'ok'],
  ['do not help where fewer addresses are free than a block has', 12, 'critical'],
])('interfaces that cannot be seen %s', (_, availableIpAddressCount, verdict) => {
  const world = withPrefixes(14, { networkInterfaces: [aNodeEni('i-1')] });
  expect(judged({ ...world, subnets: [aSubnet({ availableIpAddressCount })] })?.verdict).toBe(verdict);
});

test('pods that were not read leave the verdict open only where it hangs on them', () => {
  expect(judged(withPrefixes(8, { pods: DENIED }))).toMatchObject({
    verdict: 'unknown',
    summary: expect.stringContaining('two nodes of 110 pods take 16 blocks'),
  });
  expect(judged(withPrefixes(0, { pods: DENIED }))?.verdict).toBe('critical');
  const wide = {
    subnets: [aSubnet({ cidrBlock: '10.0.0.0/20', availableIpAddressCount: 4090 })],
    networkInterfaces: [aNodeEni('i-1')],
  };
  expect(judged(withPrefixes(14, { ...wide, pods: DENIED }))?.verdict).toBe('ok');
});

test('a /28 subnet has no block to give', () => {
  const subnets = [aSubnet({ cidrBlock: '10.0.0.0/28', availableIpAddressCount: 10 })];
  expect(judged(withPrefixes(14, { subnets, networkInterfaces: [aNodeEni('i-1')] }))).toMatchObject({
    verdict: 'critical',
    maxPrefixes: 0,
  });
});

test('a subnet of nodes alone needs no prefixes; that of the ENIConfig does', () => {
  const world = withPrefixes(0, {
    subnets: [aSubnet({ availableIpAddressCount: 236 }), aSubnet({ subnetId: 'subnet-pods', cidrBlock: '10.0.8.0/24' })],
    networkInterfaces: [aNodeEni('i-1')],
    daemonSets: [awsNode({ ENABLE_PREFIX_DELEGATION: 'true', AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })],
    eniConfigs: [{ name: 'default', subnet: 'subnet-pods', securityGroups: [] }],
  });
  expect(run(world).findings).toMatchObject([{ verdict: 'ok', resource: { id: 'subnet-pods' } }]);
});

test('a subnet that was not read is unknown, and one without IPv4 not applicable', () => {
  expect(judged(withPrefixes(14, { subnets: [] }))?.verdict).toBe('unknown');
  expect(judged(withPrefixes(14, { subnets: [aSubnet({ cidrBlock: '' })] }))?.verdict).toBe('not-applicable');
});

test('an empty cluster is judged on its own subnets, for one pod-less node', () => {
  const world = withPrefixes(14, { nodes: [], instances: [], networkInterfaces: [], pods: [], subnets: [aSubnet()] });
  expect(judged(world)).toMatchObject({ verdict: 'ok', demandPerNode: { prefixes: 1, singles: 1, podsPerNode: 0 } });
});
