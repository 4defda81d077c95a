import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/warm-pool.ts';
import { type History, NO_HISTORY } from '#lib/model/history.ts';
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
  NOW,
} from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

const addresses = (from: number, count: number) => Array.from({ length: count }, (_, at) => `10.0.0.${from + at}`);
const long = { createdAt: '2026-11-02T00:00:00Z' };
const web = (count: number, node = 'n0', from = 11) =>
  Array.from({ length: count }, (_, at) =>
    aPod({
      name: `${node}-${at}`,
      nodeName: node,
      podIps: [`10.0.0.${from + at}`],
      createdAt: `2026-11-0${3 + (at % 6)}T0${at % 10}:00:00Z`,
    }),
  );
const nodesOf = (count: number) =>
  Array.from({ length: count }, (_, at) => aNode({ name: `n${at}`, instanceId: `i-${at}`, ...long }));

/** One m5.large with two interfaces full of addresses (18 for pods) and so many pods, in a subnet that is 90 % used. */
const pool = (pods: number, env: Record<string, string> = {}, over: World = {}): World => ({
  subnets: [aSubnet({ availableIpAddressCount: 25 })],
  networkInterfaces: [0, 1].map((device) => aNodeEni('i-0', device, { privateIpAddresses: addresses(10 + 10 * device, 10) })),
  instances: [anInstance({ instanceId: 'i-0' })],
  instanceTypes: [anInstanceType()],
  nodes: nodesOf(1),
  pods: web(pods),
  daemonSets: [awsNode(env)],
  ...over,
});
/** A reading every five minutes of the last so many hours. */
const past = (hours: number, { starts = 0, average = 3 } = {}): History => ({
  points: (series) =>
    Array.from({ length: hours * 12 }, (_, at) => ({
      at: new Date(Date.parse(NOW) - (hours * 12 - at) * 300_000).toISOString(),
      value: series === 'NodePodsAverage' ? average : starts,
    })),
});
const run = (world: World, options = {}, history = NO_HISTORY) => runCheck(check, aSnapshot(world), options, history);
const first = (world: World, options = {}, history = NO_HISTORY) => run(world, options, history).findings[0];
const SMALL = { leastReclaimed: 8 };

test.each<[string, World, object, History, string, number]>([
  ['a day of history and a short subnet', pool(3), SMALL, past(24), 'warning', 13],
  ['a little less history', pool(3), SMALL, past(23), 'ok', 13],
  ['no history', pool(3), SMALL, NO_HISTORY, 'ok', 13],
  ['fewer addresses than are worth it', pool(3), { leastReclaimed: 14 }, past(24), 'ok', 13],
  ['as many as are', pool(3), { leastReclaimed: 13 }, past(24), 'warning', 13],
  ['a subnet with room', pool(3, {}, { subnets: [aSubnet({ availableIpAddressCount: 100 })] }), SMALL, past(24), 'ok', 13],
  ['bursts that need them all', pool(3), SMALL, past(24, { starts: 20 }), 'ok', 0],
  ['nodes that are full', pool(17), SMALL, past(24, { average: 17 }), 'ok', 0],
  [
    'a cordoned node',
    pool(3, {}, { nodes: nodesOf(1).map((node) => ({ ...node, unschedulable: true })) }),
    SMALL,
    past(24),
    'ok',
    0,
  ],
  ['no nodes', pool(0, {}, { nodes: [], networkInterfaces: [], instances: [] }), SMALL, NO_HISTORY, 'ok', 0],
])('with %s it is %5$s', (_, world, options, history, verdict, ipsReclaimed) =>
  expect(first(world, options, history)).toMatchObject({
    verdict,
    resource: { kind: 'daemonset', id: 'kube-system/aws-node' },
    evidence: { ipsReclaimed },
  }),
);

test('the advice is in the terms of aws-node, with what it rests on and what it costs', () => {
  const { findings, metrics } = run(pool(3), SMALL, past(48, { starts: 4 }));
  expect(findings).toMatchObject([
    {
      verdict: 'warning',
      remediation: 'tune-warm-targets',
      evidence: {
        warmIps: 15,
        recommended: { WARM_IP_TARGET: 4, MINIMUM_IP_TARGET: 3, WARM_PREFIX_TARGET: null },
        ipsReclaimed: 11,
        current: { WARM_ENI_TARGET: 1, WARM_IP_TARGET: null, MINIMUM_IP_TARGET: null, WARM_PREFIX_TARGET: null },
        basis: 'history',
        hoursObserved: 48,
        podsPerNode: 3,
        podStartBurst: 4,
        podStartsPerHour: 48,
        ec2CallsPerHour: { now: 11, advised: 96 },
        reclaimedBySubnet: { 'subnet-a': 11 },
        shortSubnets: ['subnet-a'],
        lints: [],
      },
    },
  ]);
  expect(metrics).toEqual([{ name: 'WarmIps', value: 15 }]);
});

test('without history it says that it is a first guess', () => {
  const finding = first(pool(3));
  expect(finding?.summary).toContain('first guess');
  expect(finding?.evidence).toMatchObject({ basis: 'present-pods', podStartsPerHour: null, ec2CallsPerHour: null });
});

test('under prefix delegation whole prefixes come back, and WARM_PREFIX_TARGET stays', () => {
  const prefixes = ['10.0.0.16/28', '10.0.0.32/28', '10.0.0.48/28'];
  const world = pool(
    0,
    { ENABLE_PREFIX_DELEGATION: 'true' },
    {
      networkInterfaces: [aNodeEni('i-0', 0, { ipv4Prefixes: prefixes })],
      pods: web(3, 'n0', 16),
    },
  );
  expect(first(world, SMALL, past(24))).toMatchObject({
    verdict: 'warning',
    evidence: {
      warmIps: 45,
      ipsReclaimed: 32,
      recommended: { WARM_IP_TARGET: 2, MINIMUM_IP_TARGET: 3, WARM_PREFIX_TARGET: 1 },
    },
  });
});

const PD = { ENABLE_PREFIX_DELEGATION: 'true' };
const many: World = {
  nodes: nodesOf(100),
  networkInterfaces: Array.from({ length: 100 }, (_, at) => aNodeEni(`i-${at}`)),
  instances: [],
};
test.each<[string, Record<string, string>, World, string, readonly string[]]>([
  ["the manifest's own", {}, {}, 'ok', []],
  ['both address targets', { WARM_IP_TARGET: '2', MINIMUM_IP_TARGET: '10' }, {}, 'ok', []],
  ['a minimum alone', { MINIMUM_IP_TARGET: '10' }, {}, 'warning', ['minimum-alone']],
  [
    'a minimum beside a warm target that is off',
    { MINIMUM_IP_TARGET: '10', WARM_IP_TARGET: '0' },
    {},
    'warning',
    ['minimum-alone'],
  ],
  ['no warm prefix', { ...PD, WARM_PREFIX_TARGET: '0' }, {}, 'warning', ['no-warm-prefix']],
  ['no warm prefix and an address target', { ...PD, WARM_PREFIX_TARGET: '0', WARM_IP_TARGET: '2' }, {}, 'ok', []],
  ['no warm interface', { WARM_ENI_TARGET: '0' }, {}, 'warning', ['no-warm-interface']],
  ['no warm interface, where it has no effect', { WARM_ENI_TARGET: '0', WARM_IP_TARGET: '2' }, {}, 'ok', ['eni-target-ignored']],
  ['more warm interfaces, under prefixes', { ...PD, WARM_ENI_TARGET: '2' }, {}, 'ok', ['eni-target-ignored']],
  ['more warm prefixes, without prefixes', { WARM_PREFIX_TARGET: '2' }, {}, 'ok', ['prefix-target-ignored']],
  [
    'more warm prefixes, beside an address target',
    { ...PD, WARM_PREFIX_TARGET: '2', WARM_IP_TARGET: '2' },
    {},
    'ok',
    ['prefix-target-ignored'],
  ],
  ['one warm address on one node', { WARM_IP_TARGET: '1' }, {}, 'ok', []],
  ['one warm address on a hundred', { WARM_IP_TARGET: '1' }, many, 'warning', ['small-target-on-many-nodes']],
  ['two warm addresses on a hundred', { WARM_IP_TARGET: '2' }, many, 'ok', []],
  ['one warm address on a hundred, by prefixes', { ...PD, WARM_IP_TARGET: '1' }, many, 'ok', []],
  ['a minimum above max-pods', { MINIMUM_IP_TARGET: '30', WARM_IP_TARGET: '2' }, {}, 'ok', ['minimum-above-max-pods']],
  ['a minimum of max-pods', { MINIMUM_IP_TARGET: '29', WARM_IP_TARGET: '2' }, {}, 'ok', []],
])('the targets are %s', (_, env, over, verdict, lints) => {
  const finding = first(pool(3, env, over));
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.evidence['lints']).toMatchObject(lints.map((lint) => ({ lint })));
});

test('a minimum alone is answered with targets that serve the pods', () => {
  const finding = first(pool(17, { MINIMUM_IP_TARGET: '18' }));
  expect(finding?.evidence).toMatchObject({ ipsReclaimed: 0, recommended: { WARM_IP_TARGET: 2, MINIMUM_IP_TARGET: 17 } });
  expect(finding?.summary).toContain('would serve the pods');
});

const stuck = aPod({ name: 'stuck', nodeName: 'n0', phase: 'Pending', podIps: [] });
test.each<[string, Record<string, string>, number, string]>([
  ['a minimum alone, no address left and a pod waiting', { MINIMUM_IP_TARGET: '18' }, 18, 'critical'],
  ['a minimum alone, one address left and a pod waiting', { MINIMUM_IP_TARGET: '18' }, 17, 'warning'],
  ['other targets, no address left and a pod waiting', { WARM_IP_TARGET: '2' }, 18, 'ok'],
])('with %s it is %4$s', (_, env, running, verdict) =>
  expect(first(pool(0, env, { pods: [...web(running), stuck] }))).toMatchObject({
    verdict,
    evidence: { starvedNodes: verdict === 'critical' ? ['n0'] : [] },
  }),
);

test('what it keeps is declared, one reading a series and type', () => {
  const { readings = [] } = run(pool(3));
  expect(readings.map(({ series, id }) => `${series} ${id}`)).toEqual(
    Object.keys(check.history ?? {}).map((series) => `${series} m5.large`),
  );
});

const labelled = (type: string) => pool(1, {}, { nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': type } })] });
const agent = aDaemonSet({
  name: 'calico-node',
  labels: { 'k8s-app': 'calico-node' },
  containers: [{ name: 'calico-node', image: 'agent:v1.0.0', init: false, env: {}, args: [] }],
});
test.each<[string, World, string, string]>([
  ['IPv6', pool(1, {}, { cluster: aCluster({ ipFamily: 'ipv6' }) }), 'not-applicable', '/80'],
  [
    'an ipamd that makes no calls',
    pool(1, { DISABLE_NETWORK_RESOURCE_PROVISIONING: 'true' }),
    'not-applicable',
    'assigns no addresses',
  ],
  ['an ipamd on metadata alone', pool(1, { ENABLE_IMDS_ONLY_MODE: 'true' }), 'not-applicable', 'assigns no addresses'],
  ['Fargate nodes alone', labelled('fargate'), 'not-applicable', 'Fargate'],
  ['Auto Mode as a whole', pool(1, {}, { daemonSets: [], cluster: aCluster({ autoMode: true }) }), 'not-applicable', 'Auto Mode'],
  ['Calico', pool(1, {}, { daemonSets: [agent] }), 'not-applicable', 'Calico'],
  ['Windows nodes alone', pool(1, {}, { nodes: [aNode({ operatingSystem: 'windows' })] }), 'unknown', 'Windows'],
  ['no CNI at all', pool(1, {}, { daemonSets: [] }), 'unknown', 'no DaemonSet'],
])('%s: the cluster is %3$s', (_, world, verdict, text) =>
  expect(run(world)).toMatchObject({
    findings: [{ verdict, resource: { kind: 'cluster' }, summary: expect.stringContaining(text) }],
    metrics: [],
  }),
);

test('nodes that cannot be judged are left out, and said to be', () => {
  const windows = aNode({ name: 'win', instanceId: 'i-w', operatingSystem: 'windows' });
  expect(first(pool(3, {}, { nodes: [...nodesOf(1), windows] }))?.summary).toContain('1 node cannot be judged');
});
