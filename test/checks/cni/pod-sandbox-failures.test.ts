import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cni/pod-sandbox-failures.ts';
import type { Event, Node, Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
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
  DENIED,
  NOW,
} from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const NO_ADDRESS = 'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container';
const NO_AGENT = 'plugin type="aws-cni" failed (add): add cmd: failed to connect to backend server';
const ago = (minutes: number) => new Date(Date.parse(NOW) - 60_000 * minutes).toISOString();

/** `n1`, `n2`, ... on instances `i-1`, `i-2`, ... */
const nodes = (count: number): Node[] =>
  Array.from({ length: count }, (_, at) => aNode({ name: `n${at + 1}`, instanceId: `i-${at + 1}` }));
const stuck = (name: string, nodeName = 'n1', over: Partial<Pod> = {}): Pod =>
  aPod({ name, nodeName, phase: 'Pending', podIps: [], ...over });
const failed = (pod: string, message = NO_AGENT, over: Partial<Event> = {}): Event => ({
  namespace: 'default',
  reason: 'FailedCreatePodSandBox',
  message,
  involved: { kind: 'Pod', namespace: 'default', name: pod },
  sourceHost: 'n1',
  count: 4,
  firstSeen: ago(10),
  lastSeen: ago(1),
  ...over,
});

const judge = (given: Given, options = {}) =>
  runCheck(check, aSnapshot({ nodes: nodes(4), daemonSets: [awsNode()], ...given }), options);
const only = (given: Given) => {
  const { findings } = judge(given);
  expect(findings).toHaveLength(1);
  return findings[0];
};

describe('the verdict', () => {
  test.each<[string, Given, Verdict]>([
    ['nothing failed', {}, 'ok'],
    ['a pod fails for ten minutes', { pods: [stuck('a')], events: [failed('a')] }, 'critical'],
    ['a pod fails since a minute', { pods: [stuck('a')], events: [failed('a', NO_AGENT, { firstSeen: ago(1) })] }, 'warning'],
    [
      'a pod on each node fails since a minute',
      {
        pods: ['n1', 'n2', 'n3', 'n4'].map((node) => stuck(`on-${node}`, node)),
        events: ['n1', 'n2', 'n3', 'n4'].map((node) => failed(`on-${node}`, NO_AGENT, { firstSeen: ago(1) })),
      },
      'critical',
    ],
    ['the pod has its network by now', { pods: [aPod({ name: 'a', nodeName: 'n1' })], events: [failed('a')] }, 'warning'],
    ['the pod is gone', { events: [failed('a')] }, 'warning'],
    ['the pod is on its way out', { pods: [stuck('a', 'n1', { deletedAt: NOW })], events: [failed('a')] }, 'warning'],
    ['it was long ago', { pods: [stuck('a')], events: [failed('a', NO_AGENT, { lastSeen: ago(45) })] }, 'ok'],
    ['an event of something else', { pods: [stuck('a')], events: [failed('a', 'x', { reason: 'FailedMount' })] }, 'ok'],
    ['a message that nobody knows', { pods: [stuck('a')], events: [failed('a', 'the moon is in the wrong phase')] }, 'critical'],
  ])('%s: %s', (_situation, given, verdict) => {
    expect(only(given)?.verdict).toBe(verdict);
  });
});

test('all events of one pod and cause are one failure, with the first and the last time and the latest message', () => {
  const events = [
    failed('a', `${NO_AGENT} 1`, { firstSeen: ago(20), lastSeen: ago(15), count: 3 }),
    failed('a', `${NO_AGENT} 2`, { firstSeen: ago(9), lastSeen: ago(2), count: 5 }),
    failed('b', `${NO_AGENT} 3`, { firstSeen: ago(8), lastSeen: ago(3), count: 1 }),
  ];
  expect(only({ pods: [stuck('a'), stuck('b')], events })?.evidence).toMatchObject({
    cause: 'agent-down',
    count: 9,
    pods: 2,
    podsStanding: 2,
    nodes: ['n1'],
    scope: 'node',
    firstSeen: ago(20),
    lastSeen: ago(2),
    sampleMessage: `${NO_AGENT} 2`,
  });
});

test('each cause is a finding of its own, whose identity does not move with its reach', () => {
  const events = [failed('a'), failed('b', NO_ADDRESS), failed('c', 'nobody knows')];
  const { findings } = judge({ pods: ['a', 'b', 'c'].map((name) => stuck(name)), events });
  expect(findings.map(({ evidence }) => evidence['cause'])).toEqual(['no-free-address', 'agent-down', 'unrecognised']);
  expect(findings[2]?.evidence['sampleMessage']).toBe('nobody knows');
  expect(findings[0]?.resource.id).toBe(`${aSnapshot().target.arn}/no-free-address`);
});

test('a plugin of a CNI that does not run here is what is left of it', () => {
  const message = 'plugin type="cilium-cni" name="cilium" failed (add): unable to connect to Cilium agent';
  expect(only({ pods: [stuck('a')], events: [failed('a', message)] })?.evidence['cause']).toBe('conflicting-config');
  expect(only({ pods: [stuck('a')], events: [failed('a', message)], daemonSets: DENIED })?.evidence['cause']).toBe('agent-down');
});

test('an event on a node stands, and an agent’s own event names its node', () => {
  const events = [
    failed('n2', 'Error Code: NetworkInterfaceLimitExceeded', {
      reason: 'TrunkENICreationFailed',
      involved: { kind: 'Node', name: 'n2' },
    }),
  ];
  const finding = only({ events });
  expect(finding?.verdict).toBe('critical');
  expect(finding?.evidence).toMatchObject({ cause: 'branch-eni', nodes: ['n2'], pods: 0 });
});

describe('why there was no address, by EC2’s state', () => {
  const singles = (subnet: string, from: number, count: number) =>
    Array.from({ length: count }, (_, at) => `10.0.${subnet}.${from + at}`);
  /** One m5.large: three interfaces of nine addresses for pods each. */
  const node = (enis: number[], pods: number, over: Given = {}): Given => ({
    cluster: aCluster(),
    nodes: nodes(1),
    pods: [
      ...Array.from({ length: pods }, (_, at) => aPod({ name: `up-${at}`, nodeName: 'n1', podIps: [`10.0.0.${100 + at}`] })),
      stuck('a'),
    ],
    events: [failed('a', NO_ADDRESS)],
    subnets: [aSubnet({ availableIpAddressCount: 100 })],
    instances: [anInstance()],
    instanceTypes: [anInstanceType()],
    networkInterfaces: enis.map((count, at) =>
      aNodeEni('i-1', at, { privateIpAddresses: singles('0', 10 + 20 * at, count + 1) }),
    ),
    ...over,
  });
  const PREFIXES = { daemonSets: [awsNode({ ENABLE_PREFIX_DELEGATION: 'true' })] };

  test.each<[string, Given, string | null]>([
    ['pods hold all that the node can have', node([9, 9, 9], 27), 'node-limit'],
    ['addresses rest on a node that can have no more', node([9, 9, 9], 25), 'cooldown'],
    ['the subnet has none left', node([9], 9, { subnets: [aSubnet({ availableIpAddressCount: 0 })] }), 'subnet-empty'],
    ['the subnet has some, and the interface is full', node([9], 9), 'eni-full'],
    ['addresses rest, and the subnet has some', node([9], 7), 'cooldown'],
    [
      'prefixes, and no whole block',
      node([0], 0, { ...PREFIXES, subnets: [aSubnet({ cidrBlock: '10.0.0.0/27', availableIpAddressCount: 20 })] }),
      'no-prefix',
    ],
    ['prefixes, and whole blocks', node([0], 0, PREFIXES), 'eni-full'],
    ['interfaces were not read', node([9], 9, { networkInterfaces: DENIED }), null],
    ['DaemonSets were not read', node([9], 9, { daemonSets: DENIED }), null],
    ['the type is not known', node([9], 9, { instanceTypes: [] }), null],
  ])('%s: %s', (_situation, given, detail) => {
    const { evidence, verdict } = only(given) ?? {};
    expect(verdict).toBe('critical');
    expect(evidence?.['detail']).toBe(detail);
    expect(evidence?.['detailUnknown']).toHaveLength(detail === null ? 1 : 0);
  });
});

test.each([
  ['false', 'enable-prefix-delegation'],
  ['true', 'advise-instance-types'],
])('a node at its limit with ENABLE_PREFIX_DELEGATION=%s: %s', (on, remediation) => {
  // One interface is all that the node may have, and a pod holds its one address.
  const finding = only({
    nodes: nodes(1),
    daemonSets: [awsNode({ ENABLE_PREFIX_DELEGATION: on })],
    pods: [aPod({ name: 'up', nodeName: 'n1' }), stuck('a')],
    events: [failed('a', NO_ADDRESS)],
    subnets: [aSubnet()],
    instanceTypes: [anInstanceType({ maximumNetworkInterfaces: 1, ipv4AddressesPerInterface: 2 })],
    networkInterfaces: [aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11'] })],
  });
  expect(finding).toMatchObject({ remediation, evidence: { detail: 'node-limit' } });
});

test('it counts the pods that stand, not those that have passed', () => {
  const given = { pods: [stuck('a'), stuck('b'), aPod({ name: 'c' })], events: ['a', 'b', 'c'].map((pod) => failed(pod)) };
  expect(judge(given).metrics).toEqual([{ name: 'PodSandboxFailures', value: 2 }]);
});

test.each([
  [['a'], /; 1 of them has none yet\.$/],
  [['a', 'b'], /; 2 of them have none yet\.$/],
  [[], /; all have passed\.$/],
])('the summary says how many pods still have no network: %j', (without, words) => {
  const pods = ['a', 'b'].map((name) => (without.includes(name) ? stuck(name) : aPod({ name, nodeName: 'n1' })));
  expect(only({ pods, events: [failed('a'), failed('b')] })?.summary).toMatch(words);
});
