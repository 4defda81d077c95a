import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/branch-eni-capacity.ts';
import type { Event, Node, Pod, SecurityGroupPolicy } from '#lib/model/kubernetes.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aNode,
  aNodeEni,
  anEni,
  anInstance,
  anInstanceType,
  aPod,
  aSnapshot,
  awsNode,
  DENIED,
} from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

const policy: SecurityGroupPolicy = { namespace: 'shop', name: 'database', groupIds: ['sg-db'] };
const trunk = aNodeEni('i-1', 1, { networkInterfaceId: 'eni-trunk', interfaceType: 'trunk' });
const branch = (at: number) =>
  anEni({
    networkInterfaceId: `eni-b${at}`,
    interfaceType: 'branch',
    tags: { 'vpcresources.k8s.aws/trunk-eni-id': 'eni-trunk' },
  });
const branched = (count: number): Pod[] =>
  Array.from({ length: count }, (_, at) => aPod({ name: `db-${at}`, podEni: `[{"eniId":"eni-b${at}"}]` }));
const { nodeName: _nowhere, ...unplaced } = aPod({ name: 'db-next', phase: 'Pending', podIps: [] });
const waiting = (message = '0/1 nodes are available: 1 Insufficient vpc.amazonaws.com/pod-eni.'): Pod => ({
  ...unplaced,
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});
const POD_ENI = [awsNode({ ENABLE_POD_ENI: 'true' })];

/** One m5.large with a trunk for nine branches, so many of them in use. */
const using = (count: number, over: World = {}): World => ({
  nodes: [aNode({ allocatablePodEnis: 9 })],
  instances: [anInstance()],
  instanceTypes: [anInstanceType()],
  networkInterfaces: [aNodeEni('i-1'), trunk, ...Array.from({ length: count }, (_, at) => branch(at))],
  pods: branched(count),
  daemonSets: POD_ENI,
  securityGroupPolicies: [policy],
  ...over,
});
const run = (world: World, options = {}) => runCheck(check, aSnapshot(world), options).findings;
const verdicts = (world: World, options = {}) => run(world, options).map(({ verdict }) => verdict);
const withWaiting = (count: number) => using(count, { pods: [...branched(count), waiting()] });
const type = (instanceType: string) => anInstance({ instanceType });

test.each<[string, World, string, string]>([
  ['no branch in use', using(0), 'ok', 'ok'],
  ['just below 85 %', using(7), 'ok', 'ok'],
  ['above it', using(8), 'ok', 'warning'],
  ['all in use', using(9), 'ok', 'warning'],
  ['all in use and a pod kept back', withWaiting(9), 'critical', 'critical'],
  ['a pod kept back while there is room here', withWaiting(5), 'critical', 'ok'],
  ['a pod kept back for want of CPU', using(5, { pods: [waiting('0/1 nodes are available: 1 Insufficient cpu.')] }), 'ok', 'ok'],
  ['policies that were not read', using(5, { securityGroupPolicies: DENIED }), 'unknown', 'ok'],
  ['no policy', using(0, { securityGroupPolicies: [] }), 'ok', 'ok'],
])('%s: the cluster is %3$s and the node %4$s', (_, world, cluster, node) => expect(verdicts(world)).toEqual([cluster, node]));

test('the threshold is an option', () => expect(verdicts(using(5), { warningPercent: 50 })).toEqual(['ok', 'warning']));

test('the evidence sets pods against what the node offers, its type takes and EC2 shows', () => {
  const world = using(3, { networkInterfaces: [aNodeEni('i-1'), trunk, ...[0, 1, 2, 3].map(branch)] });
  expect(run(world)).toMatchObject([
    {
      resource: { kind: 'cluster' },
      evidence: { enabled: true, policies: 1, nodesWithTrunk: 1, branchUsed: 3, branchMax: 9, podsWaiting: [] },
    },
    {
      resource: { kind: 'node', id: aNode().name },
      evidence: {
        instanceType: 'm5.large',
        branchUsed: 3,
        branchMax: 9,
        branchLimit: 9,
        trunkCompatible: true,
        trunkEniId: 'eni-trunk',
        branchesAttached: 4,
      },
    },
  ]);
  expect(run(using(3, { networkInterfaces: DENIED }))[1]?.evidence).toMatchObject({ trunkEniId: null, branchesAttached: null });
});

const { allocatablePodEnis: _none, ...bare } = aNode();
const trunkless = (over: World = {}): World =>
  using(0, { nodes: [bare], networkInterfaces: [aNodeEni('i-1')], securityGroupPolicies: [], ...over });
const anEvent = (over: Partial<Event>): Event => ({
  namespace: 'default',
  reason: 'TrunkENICreationFailed',
  message: 'Error Code: UnauthorizedOperation',
  involved: { kind: 'Node', name: bare.name },
  count: 1,
  ...over,
});
const feature = { name: bare.name, features: [{ name: 'SecurityGroupsForPods' }] };
test.each<[string, World, string]>([
  ['an event', { events: [anEvent({})] }, 'TrunkENICreationFailed: Error Code: UnauthorizedOperation'],
  ['interfaces that fill the type', { networkInterfaces: [0, 1, 2].map((at) => aNodeEni('i-1', at)) }, 'found no slot'],
  ['a CNINode without the feature', {}, 'SecurityGroupsForPods'],
  ['nothing that is known', { cniNodes: [feature], events: [anEvent({ reason: 'Unsupported' })] }, 'neither events'],
  ['CNINodes that were not read', { cniNodes: DENIED }, 'neither events'],
])('a node without its trunk is a warning, explained by %s', (_, over, text) =>
  expect(run(trunkless(over))[1]).toMatchObject({
    verdict: 'warning',
    remediation: 'recycle-nodes',
    summary: expect.stringContaining(text),
  }),
);

test.each<[string, Partial<Node>, World, string]>([
  ['a node that joined just now', { createdAt: '2026-11-24T02:50:00Z' }, {}, 'ok'],
  ['a node that joined a minute before that', { createdAt: '2026-11-24T02:49:00Z' }, {}, 'warning'],
  ['a type that takes no trunk', {}, { instances: [type('t3.large')] }, 'not-applicable'],
  ['a type that is not listed', {}, { instances: [type('x99.mega')] }, 'warning'],
])('without a trunk, %s is %4$s', (_, node, over, verdict) =>
  expect(run(trunkless({ ...over, nodes: [{ ...bare, ...node }] }))[1]?.verdict).toBe(verdict),
);

const OFF = { daemonSets: [awsNode()] };
const noTrunk = { networkInterfaces: [aNodeEni('i-1')], nodes: [bare], pods: [] };
test.each<[string, World, readonly string[]]>([
  ['policies and the setting off', using(0, { ...OFF, ...noTrunk }), ['warning']],
  ['the setting off while branches are in use', using(2, { ...OFF, securityGroupPolicies: [] }), ['warning', 'ok']],
  ['the setting off and policies not read', using(0, { ...OFF, ...noTrunk, securityGroupPolicies: DENIED }), ['unknown']],
  ['the setting off and no policy', using(0, { ...OFF, ...noTrunk, securityGroupPolicies: [] }), ['not-applicable']],
  ['policies and types without trunk', using(0, { ...noTrunk, instances: [type('t3.large')] }), ['warning', 'not-applicable']],
  ['policies and no node', using(0, { ...noTrunk, nodes: [], instances: [] }), ['ok']],
  ['Windows nodes', using(0, { ...noTrunk, nodes: [{ ...bare, operatingSystem: 'windows' }] }), ['ok']],
  ['Auto Mode', using(0, { daemonSets: [], cluster: aCluster({ autoMode: true }) }), ['not-applicable']],
  ['instances that were not read', using(3, { instances: DENIED, instanceTypes: DENIED, events: DENIED }), ['ok', 'ok']],
  ['no CNI', using(0, { daemonSets: [] }), ['unknown']],
])('with %s the findings are %j', (_, world, expected) => expect(verdicts(world)).toEqual(expected));
