import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/ipamd.ts';
import { type History, NO_HISTORY } from '#lib/model/history.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aNode,
  aNodeEni,
  anInstance,
  anInstanceType,
  aPod,
  aSnapshot,
  aSubnet,
  awsNode,
} from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

const NAME = aNode().name;
const addresses = (from: number, count: number) => Array.from({ length: count }, (_, at) => `10.0.0.${from + at}`);
const pods = (running: number, waiting = 0) => [
  ...Array.from({ length: running }, (_, at) => aPod({ name: `web-${at}` })),
  ...Array.from({ length: waiting }, (_, at) => aPod({ name: `stuck-${at}`, phase: 'Pending', podIps: [] })),
];
const reading = (
  total: number,
  assigned: number,
  { noAvailable = 0, errors = {} }: { noAvailable?: number; errors?: Record<string, number> } = {},
): IpamdReading => ({
  nodeName: NAME,
  podName: 'aws-node-1',
  metrics: {
    awscni_total_ip_addresses: total,
    awscni_assigned_ip_addresses: assigned,
    awscni_no_available_ip_addresses: noAvailable,
    awscni_eni_allocated: 1,
    awscni_eni_max: 3,
  },
  ec2Errors: errors,
});
/** One m5.large on whose interface EC2 shows nine addresses for pods. */
const world = (readings: IpamdReading[], over: World = {}): World => ({
  subnets: [aSubnet()],
  networkInterfaces: [aNodeEni('i-1', 0, { privateIpAddresses: addresses(10, 10) })],
  instances: [anInstance()],
  instanceTypes: [anInstanceType()],
  nodes: [aNode()],
  pods: pods(5),
  daemonSets: [awsNode()],
  ipamd: readings,
  ...over,
});
const run = (given: World, options = {}, history = NO_HISTORY) => runCheck(check, aSnapshot(given), options, history);
const cluster = (given: World, history = NO_HISTORY) => run(given, {}, history).findings[0];
const node = (given: World, options = {}) => run(given, options).findings[1];

const { awscni_total_ip_addresses: _total, ...without } = reading(9, 5).metrics ?? {};
test.each<[string, World, string, string]>([
  ['agrees with EC2', world([reading(9, 5)]), 'ok', 'ok'],
  ['is full, with nobody waiting', world([reading(9, 9)]), 'ok', 'ok'],
  ['is full, with a pod waiting', world([reading(9, 9)], { pods: pods(9, 1) }), 'critical', 'exhausted'],
  ['has some left, with a pod waiting', world([reading(9, 8)], { pods: pods(8, 1) }), 'ok', 'ok'],
  ['has some left and refused one', world([reading(9, 8, { noAvailable: 1 })], { pods: pods(8, 1) }), 'warning', 'cooldown'],
  ['differs by what is tolerated', world([reading(25, 5)]), 'ok', 'ok'],
  ['has more than EC2', world([reading(26, 5)]), 'warning', 'differs'],
  ['does not state its pool', world([{ ...reading(9, 5), metrics: without }]), 'unknown', 'uncounted'],
])('a pool that %s is %3$s', (_, given, verdict, state) =>
  expect(node(given)).toMatchObject({ verdict, resource: { kind: 'node', id: NAME }, evidence: { state } }),
);

test('what is tolerated is an option', () => {
  expect(node(world([reading(10, 5)]), { toleratedDifference: 0 })).toMatchObject({
    verdict: 'warning',
    remediation: 'restart-cni',
  });
  expect(node(world([reading(9, 5)]), { toleratedDifference: 0 })?.verdict).toBe('ok');
});

test('the evidence sets ipamd beside EC2', () =>
  expect(node(world([reading(9, 5)]))?.evidence).toEqual({
    poolTotal: 9,
    poolAssigned: 5,
    poolPrefixes: null,
    ec2Assigned: 9,
    noAvailable: 0,
    eniAllocated: 1,
    eniMax: 3,
    podsWaiting: 0,
    state: 'ok',
  }));

test.each<[string, World, string]>([
  [
    'did not answer',
    world([{ nodeName: NAME, podName: 'aws-node-1', unread: 'the pod answered 503.' }]),
    'did not answer: the pod answered 503.',
  ],
  ['was not asked', world([{ nodeName: NAME, podName: 'aws-node-1' }]), 'it was not asked'],
  ['runs on a node that was not read', world([{ ...reading(9, 5), nodeName: 'gone' }]), 'none of the nodes read'],
  ['runs on a node that is not judged', world([reading(9, 5)], { instanceTypes: [] }), 'm5.large'],
])('an ipamd that %s leaves its node unknown', (_, given, text) =>
  expect(node(given)).toMatchObject({ verdict: 'unknown', summary: expect.stringContaining(text) }),
);

test('an IPv6 node has no pool to count', () => {
  const v6 = {
    cluster: aCluster({ ipFamily: 'ipv6' }),
    networkInterfaces: [aNodeEni('i-1', 0, { ipv6Prefixes: ['2001:db8::/80'] })],
  };
  expect(node(world([reading(0, 0)], { ...v6, pods: pods(3, 1) }))?.verdict).toBe('ok');
});

const past = (noAvailable: number, errors: number): History => ({
  points: (series) => [{ at: '2026-11-24T02:55:00Z', value: series === 'IpamdNoAvailable' ? noAvailable : errors }],
});
const blocks = (count: number) => ({ errors: { 'AssignPrivateIpAddresses InsufficientCidrBlocks': count } });
const error = (key: string) => ({ errors: { [key]: 4 } });
test.each<[string, IpamdReading, History, string, string | undefined]>([
  ['nothing', reading(9, 5), NO_HISTORY, 'ok', undefined],
  ['refused pods, without an earlier reading', reading(9, 5, { noAvailable: 2 }), NO_HISTORY, 'warning', undefined],
  ['no more refused pods than before', reading(9, 5, { noAvailable: 2 }), past(2, 0), 'ok', undefined],
  ['more refused pods than before', reading(9, 5, { noAvailable: 3 }), past(2, 0), 'warning', undefined],
  ['fewer, since agents started anew', reading(9, 5, { noAvailable: 1 }), past(2, 0), 'warning', undefined],
  ['none, since agents started anew', reading(9, 5), past(2, 0), 'ok', undefined],
  ['subnets without a block', reading(9, 5, blocks(4)), past(0, 3), 'warning', 'reserve-prefix-space'],
  ['no more of these', reading(9, 5, blocks(4)), past(0, 4), 'ok', undefined],
  [
    'empty subnets',
    reading(9, 5, error('CreateNetworkInterface InsufficientFreeAddressesInSubnet')),
    NO_HISTORY,
    'warning',
    'add-pod-subnet',
  ],
  [
    'throttling',
    reading(9, 5, error('AssignPrivateIpAddresses RequestLimitExceeded')),
    NO_HISTORY,
    'warning',
    'tune-warm-targets',
  ],
  ['a missing permission', reading(9, 5, error('CreateTags UnauthorizedOperation')), NO_HISTORY, 'warning', undefined],
  ['an error that is not known', reading(9, 5, error('CreateTags constructor')), NO_HISTORY, 'warning', undefined],
  [
    'full interfaces, which do no harm',
    reading(9, 5, error('AssignPrivateIpAddresses PrivateIpAddressLimitExceeded')),
    NO_HISTORY,
    'ok',
    undefined,
  ],
])('all ipamds together count %s: %4$s', (_, one, history, verdict, remediation) => {
  const finding = cluster(world([one]), history);
  expect(finding).toMatchObject({ verdict, resource: { kind: 'cluster' } });
  expect(finding?.remediation).toBe(remediation);
});

test('errors are summed over nodes by API and code, the most frequent first', () => {
  const errors = { 'CreateTags Throttling': 1, 'AssignPrivateIpAddresses InsufficientCidrBlocks': 2 };
  const readings = [
    reading(9, 5, { errors, noAvailable: 1 }),
    { ...reading(9, 5, { errors, noAvailable: 2 }), nodeName: 'other' },
  ];
  expect(cluster(world(readings))?.evidence).toEqual({
    nodes: 1,
    asked: 2,
    answered: 2,
    noAvailable: 3,
    ec2Errors: [
      { api: 'AssignPrivateIpAddresses', code: 'InsufficientCidrBlocks', kind: 'no-prefix', count: 4 },
      { api: 'CreateTags', code: 'Throttling', kind: 'throttled', count: 2 },
    ],
    rising: true,
  });
});

test('a sample is said to be one, and the sums are kept', () => {
  const nodes = ['n0', 'n1', 'n2'].map((name, at) => aNode({ name, instanceId: `i-${at}` }));
  const networkInterfaces = nodes.map(({ instanceId = '' }) => aNodeEni(instanceId));
  const instances = nodes.map(({ instanceId = '' }) => anInstance({ instanceId }));
  const result = run(
    world([{ ...reading(0, 0, { noAvailable: 2, ...blocks(3) }), nodeName: 'n1' }], {
      nodes,
      networkInterfaces,
      instances,
      pods: [],
    }),
  );
  expect(result.findings[0]?.summary).toContain('1 of the 1 ipamds asked answered, of 3 nodes');
  expect(result.readings).toEqual([
    { series: 'IpamdNoAvailable', id: 'cluster', value: 2 },
    { series: 'IpamdEc2Errors', id: 'cluster', value: 3 },
  ]);
});

test('where none answers the cluster is unknown, and nothing is kept', () => {
  const result = run(world([{ nodeName: NAME, podName: 'aws-node-1', unread: 'timeout' }]));
  expect(result.findings.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown']);
  expect(result.readings).toEqual([]);
});

test.each<[string, World, readonly string[]]>([
  ['no nodes', world([], { nodes: [], instances: [], networkInterfaces: [] }), []],
  ['nodes and no ipamd that could be asked', world([]), ['unknown']],
  ['Auto Mode', world([], { daemonSets: [], cluster: aCluster({ autoMode: true }) }), ['not-applicable']],
  ['no CNI', world([], { daemonSets: [] }), ['unknown']],
])('with %s the findings are %j', (_, given, verdicts) =>
  expect(run(given).findings.map(({ verdict }) => verdict)).toEqual(verdicts),
);
