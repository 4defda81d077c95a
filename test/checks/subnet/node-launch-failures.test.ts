import { expect, test } from 'vitest';
import { check } from '#lib/checks/subnet/node-launch-failures.ts';
import type { Nodegroup } from '#lib/model/eks.ts';
import type { NodeClaim } from '#lib/model/karpenter.ts';
import type { Event } from '#lib/model/kubernetes.ts';
import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aNodegroup, anInstance, aPod, aSnapshot, DENIED, NOW } from '#test/scenarios/slices.ts';

type World = NonNullable<Parameters<typeof aSnapshot>[0]>;

const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
const NO_ADDRESSES = "There are not enough free addresses in subnet 'subnet-a' to satisfy the requested number of instances.";
const NO_CAPACITY = 'We currently do not have sufficient m5.large capacity.';

const anActivity = (minutes: number, over: Partial<ScalingActivity> = {}): ScalingActivity => ({
  autoScalingGroupName: 'eks-general-1a2b',
  activityId: `activity-${minutes}`,
  description: 'Launching a new EC2 instance.',
  statusCode: 'Failed',
  statusMessage: NO_ADDRESSES,
  startTime: ago(minutes),
  ...over,
});
const ofOwnGroup = (minutes: number) => anActivity(minutes, { autoScalingGroupName: 'workers' });
/** The node group general, with so many instances of the three that it should have. */
const general = (instances: number, over: Partial<Nodegroup> = {}): World => ({
  nodegroups: [aNodegroup({ scaling: { minSize: 1, maxSize: 6, desiredSize: 3 }, ...over })],
  instances: Array.from({ length: instances }, (_, at) =>
    anInstance({ instanceId: `i-${at}`, tags: { 'aws:autoscaling:groupName': 'eks-general-1a2b' } }),
  ),
});
const issue = (code: string, message = 'so it is') => ({ healthIssues: [{ code, message, resourceIds: ['subnet-a'] }] });
const aClaim = (reason: string, over: Partial<NodeClaim> = {}, status = 'False'): NodeClaim => ({
  name: 'spot-x1',
  nodePool: 'spot',
  conditions: [{ type: 'Launched', status, reason, message: 'creating instance', lastTransitionTime: ago(5) }],
  createdAt: ago(6),
  ...over,
});
const anEvent = (minutes: number, message: string, over: Partial<Event> = {}): Event => ({
  namespace: 'default',
  reason: 'InsufficientCapacityError',
  message,
  involved: { kind: 'NodeClaim', name: 'spot-gone' },
  count: 1,
  lastSeen: ago(minutes),
  ...over,
});
const { nodeName: _, ...unbound } = aPod();
const waitingPod = {
  ...unbound,
  phase: 'Pending',
  podIps: [],
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
};
const waiting: World = { pods: [aPod(), waitingPod] };
const CODE = 'InsufficientFreeAddressesInSubnet';

const run = (world: World, options = {}) => runCheck(check, aSnapshot(world), options);
const judge = (world: World, options = {}) => run(world, options).findings[0];

test.each<[string, World, string, Record<string, unknown>]>([
  ['nothing failed', general(3), 'ok', { failures: 0, groups: [] }],
  ['no group and no NodeClaim at all', {}, 'ok', { failures: 0 }],
  [
    'a group that made up for its failure',
    { ...general(3), scalingActivities: [anActivity(90)] },
    'warning',
    { failures: 1, missing: 0 },
  ],
  [
    'a group that lacks two nodes',
    { ...general(1), scalingActivities: [anActivity(9), anActivity(4)] },
    'critical',
    { failures: 2, missing: 2 },
  ],
  [
    'a group with more nodes than it should have',
    { ...general(4), scalingActivities: [anActivity(9)] },
    'warning',
    { missing: 0 },
  ],
  ['a failure just inside the window', { ...general(3), scalingActivities: [anActivity(360)] }, 'warning', { failures: 1 }],
  ['a failure before the window', { ...general(1), scalingActivities: [anActivity(361)] }, 'ok', { failures: 0 }],
  [
    'a launch cancelled for want of addresses',
    { ...general(3), scalingActivities: [anActivity(9, { statusCode: 'Cancelled' })] },
    'warning',
    { failures: 1 },
  ],
  [
    'want of capacity, and nodes missing',
    { ...general(1), scalingActivities: [anActivity(9, { statusMessage: NO_CAPACITY })] },
    'ok',
    { failures: 0, otherFailures: 1 },
  ],
  [
    'a failed termination',
    { ...general(3), scalingActivities: [anActivity(9, { description: 'Terminating EC2 instance: i-1' })] },
    'ok',
    { failures: 0, otherFailures: 0 },
  ],
  [
    'an issue of the node group that lacks nodes',
    general(1, issue('InsufficientFreeAddresses')),
    'critical',
    { causes: { 'subnet-addresses': 1 } },
  ],
  ['an issue that still stands, though the nodes are there', general(3, issue('InsufficientFreeAddresses')), 'warning', {}],
  [
    'a subnet of the node group that is gone',
    general(1, issue('Ec2SubnetNotFound')),
    'critical',
    { causes: { 'subnet-missing': 1 } },
  ],
  [
    'launch failures of which EKS tells the message',
    general(1, issue('AsgInstanceLaunchFailures', NO_ADDRESSES)),
    'critical',
    { subnets: ['subnet-a'] },
  ],
  ['launch failures of another kind', general(1, issue('AsgInstanceLaunchFailures', NO_CAPACITY)), 'ok', { otherFailures: 1 }],
  ['nodes that do not join', general(1, issue('NodeCreationFailure')), 'ok', { otherFailures: 1 }],
  ['an issue that has nothing to do with launches', general(1, issue('AccessDenied')), 'ok', { otherFailures: 0 }],
  ['a NodeClaim that stands unlaunched', { nodeClaims: [aClaim(CODE)] }, 'critical', { failures: 1, missing: 1 }],
  ['a NodeClaim whose launch is unknown', { nodeClaims: [aClaim(CODE, {}, 'Unknown')] }, 'critical', { missing: 1 }],
  [
    'a NodeClaim that has not been tried',
    { nodeClaims: [aClaim('AwaitingReconciliation', {}, 'Unknown')] },
    'ok',
    { otherFailures: 0 },
  ],
  ['a NodeClaim that was launched', { nodeClaims: [aClaim('Launched', {}, 'True')] }, 'ok', { otherFailures: 0 }],
  ['a NodeClaim that failed otherwise', { nodeClaims: [aClaim('Unauthorized')] }, 'ok', { otherFailures: 1 }],
  ['a failed NodeClaim on its way out, and no pod waiting', { nodeClaims: [aClaim(CODE, { deletedAt: ago(1) })] }, 'warning', {}],
  ['an event of a NodeClaim that is gone', { events: [anEvent(90, NO_ADDRESSES)] }, 'warning', { failures: 1 }],
  ['such an event just now, and no pod waiting', { events: [anEvent(2, NO_ADDRESSES)] }, 'warning', {}],
  ['such an event just now, and pods waiting', { events: [anEvent(2, NO_ADDRESSES)], ...waiting }, 'critical', {}],
  ['such an event some time ago, and pods waiting', { events: [anEvent(61, NO_ADDRESSES)], ...waiting }, 'warning', {}],
  ['such an event before the window', { events: [anEvent(400, NO_ADDRESSES)], ...waiting }, 'ok', {}],
  ['an event for want of capacity', { events: [anEvent(2, NO_CAPACITY)], ...waiting }, 'ok', { otherFailures: 1 }],
  [
    'an event of a NodeClaim that is no launch',
    { events: [anEvent(2, 'blocked', { reason: 'DisruptionBlocked' })] },
    'ok',
    { otherFailures: 0 },
  ],
  [
    'such words on another object',
    { events: [anEvent(2, NO_ADDRESSES, { involved: { kind: 'Pod', name: 'p' } })] },
    'ok',
    { failures: 0 },
  ],
  [
    'an event and the NodeClaim that it is of',
    { nodeClaims: [aClaim(CODE)], events: [anEvent(2, NO_ADDRESSES, { involved: { kind: 'NodeClaim', name: 'spot-x1' } })] },
    'critical',
    { failures: 1 },
  ],
  [
    'a group of your own that failed just now, and pods waiting',
    { scalingActivities: [ofOwnGroup(5)], ...waiting },
    'critical',
    { missing: 0 },
  ],
  ['a group of your own that failed just now, and no pod waiting', { scalingActivities: [ofOwnGroup(5)] }, 'warning', {}],
  ['a group of your own that failed some time ago', { scalingActivities: [ofOwnGroup(61)], ...waiting }, 'warning', {}],
  [
    'a node group whose size EKS does not tell, and pods waiting',
    { nodegroups: [aNodegroup()], scalingActivities: [anActivity(5)], ...waiting },
    'critical',
    {},
  ],
])('%s is %3$s', (_name, world, verdict, evidence) => expect(judge(world)).toMatchObject({ verdict, evidence }));

test('instances that are not read are counted by the label of the nodes', () => {
  const world = { ...general(0), instances: DENIED, scalingActivities: [anActivity(5)] };
  const nodes = [1, 2, 3].map((at) => aNode({ name: `node-${at}` }));
  expect(judge({ ...world, nodes: nodes.slice(1) })?.evidence).toMatchObject({ missing: 1 });
  expect(judge({ ...world, nodes })?.verdict).toBe('warning');
});

test('an instance that ends is not one that the group has', () => {
  const world = general(3);
  const instances = (world.instances as ReturnType<typeof anInstance>[]).map((instance, at) =>
    at === 0 ? { ...instance, state: 'shutting-down' } : instance,
  );
  expect(judge({ ...world, instances, scalingActivities: [anActivity(5)] })).toMatchObject({
    verdict: 'critical',
    evidence: { missing: 1 },
  });
});

test.each<[string, World, string, string]>([
  ['activities', { scalingActivities: DENIED }, 'unknown', 'the activities of Auto Scaling were not read: the call was denied'],
  ['node groups', { nodegroups: DENIED }, 'unknown', 'the node groups were not read'],
  ['NodeClaims', { nodeClaims: DENIED }, 'unknown', 'the NodeClaims were not read'],
  ['events, where there can be NodeClaims', { events: DENIED }, 'unknown', 'the events on NodeClaims were not read'],
  ['activities, though NodeClaims fail', { scalingActivities: DENIED, nodeClaims: [aClaim(CODE)] }, 'critical', 'NodePool spot'],
  [
    'pods, while a NodeClaim just failed',
    { pods: DENIED, events: [anEvent(2, NO_ADDRESSES)] },
    'unknown',
    'whether nodes are missing is not known',
  ],
  ['pods, when nothing just failed', { pods: DENIED, events: [anEvent(90, NO_ADDRESSES)] }, 'warning', 'no pod waits for it'],
  [
    'instances and nodes of a group that failed',
    { ...general(0), instances: DENIED, nodes: DENIED, scalingActivities: [anActivity(5)] },
    'unknown',
    'whether nodes are missing is not known',
  ],
])('without %s it is %3$s', (_name, world, verdict, text) => {
  const finding = judge(world);
  expect(finding?.verdict).toBe(verdict);
  expect(finding?.summary).toContain(text);
});

test('without events it is ok where the API server serves no NodeClaims', () => {
  const snapshot = aSnapshot({ events: DENIED });
  const slices = { ...snapshot.slices, nodeClaims: { ok: true, data: [], absent: true } } as Snapshot['slices'];
  expect(runCheck(check, { ...snapshot, slices }).findings[0]?.verdict).toBe('ok');
});

test('the evidence tells the groups, their causes, and what was said last', () => {
  const result = run({
    ...general(1),
    scalingActivities: [
      anActivity(4),
      anActivity(30, { statusMessage: 'InsufficientCidrBlocks' }),
      anActivity(9, { statusMessage: NO_CAPACITY }),
    ],
    nodeClaims: [aClaim('NetworkInterfaceLimitExceeded')],
  });
  expect(result.findings).toMatchObject([
    {
      verdict: 'critical',
      resource: { kind: 'cluster', name: 'shop-prod' },
      summary: `3 launches of a node failed in the last 6 h for want of addresses or interfaces; node group general met too few free addresses in the subnet and no free /28 in the subnet and lacks 2 nodes of 3 ("${NO_ADDRESSES}"); NodePool spot met the quota of interfaces and lacks 1 node ("NetworkInterfaceLimitExceeded: creating instance"); 1 failed for want of something else.`,
      timeToImpact: 'immediate',
      evidence: {
        failures: 3,
        otherFailures: 1,
        missing: 3,
        causes: { 'subnet-addresses': 1, 'prefix-blocks': 1, 'region-interfaces': 1 },
        groups: [
          {
            kind: 'node-group',
            name: 'general',
            state: 'failing',
            failures: 2,
            causes: { 'subnet-addresses': 1, 'prefix-blocks': 1 },
            lastAt: ago(4),
            desired: 3,
            missing: 2,
            subnets: ['subnet-a'],
            message: NO_ADDRESSES,
          },
          { kind: 'node-pool', name: 'spot', state: 'failing', missing: 1, lastAt: ago(5), desired: null },
        ],
        subnets: ['subnet-a'],
      },
    },
  ]);
  expect(result.metrics).toEqual([{ name: 'NodeLaunchFailures', value: 3 }]);
});

test.each([
  [NO_ADDRESSES, 'add-pod-subnet'],
  ['InsufficientCidrBlocks', 'reserve-prefix-space'],
  ['NetworkInterfaceLimitExceeded', 'request-quota-increase'],
  ['Interface count 5 exceeds the limit for m5.large', 'advise-instance-types'],
])('%s is mended by %s', (statusMessage, remediation) =>
  expect(judge({ ...general(3), scalingActivities: [anActivity(9, { statusMessage })] })?.remediation).toBe(remediation),
);

test('a nought is published only where every source was read', () => {
  expect(run({}).metrics).toEqual([{ name: 'NodeLaunchFailures', value: 0 }]);
  expect(run({ scalingActivities: DENIED }).metrics).toEqual([]);
});

test('the window and what counts as going on are options', () => {
  const world = { scalingActivities: [ofOwnGroup(90)], ...waiting };
  expect(judge(world, { windowHours: 1 })?.verdict).toBe('ok');
  expect(judge(world, { ongoingMinutes: 120 })?.verdict).toBe('critical');
});
