import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/node-readiness.ts';
import type { Condition, Event, Node } from '#lib/model/kubernetes.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aPod, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

const NAME = aNode().name;
const READY: Condition = { type: 'Ready', status: 'True', reason: 'KubeletReady' };
const NO_CNI: Condition = {
  type: 'Ready',
  status: 'False',
  reason: 'KubeletNotReady',
  message:
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
};
const DISK: Condition = { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'PLEG is not healthy.' };
const SILENT: Condition = {
  type: 'Ready',
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
};
const networking = (status: string, reason: string): Condition => ({
  type: 'NetworkingReady',
  status,
  reason,
  message: 'as the agent says',
});
const unavailable = (status: string): Condition => ({
  type: 'NetworkUnavailable',
  status,
  reason: 'CalicoIsDown',
  message: 'Calico is shutting down.',
});
const event = (reason: string, over: Partial<Event> = {}): Event => ({
  namespace: 'default',
  reason,
  message: 'seen',
  involved: { kind: 'Node', name: NAME },
  count: 1,
  lastSeen: '2026-11-24T02:30:00Z',
  ...over,
});
const waiting = aPod({
  name: 'stuck',
  phase: 'Pending',
  podIps: [],
  createdAt: '2026-11-24T02:50:00Z',
  conditions: [
    { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-24T02:50:00Z' },
    { type: 'PodReadyToStartContainers', status: 'False' },
  ],
});
const node = (conditions: Condition[], over: Partial<Node> = {}): World => ({ nodes: [aNode({ conditions, ...over })] });
const run = (world: World, options = {}) => runCheck(check, aSnapshot(world), options);
const first = (world: World, options = {}) => run(world, options).findings[0];
const DOWN = networking('False', 'IPAMDNotReady');

test.each<[string, World, string, readonly string[]]>([
  ['Ready', node([READY]), 'ok', []],
  ['Ready, as the monitoring agent agrees', node([READY, networking('True', 'NetworkingIsReady')]), 'ok', []],
  ['without a CNI', node([NO_CNI]), 'critical', ['cni-not-initialised']],
  ['NotReady for another reason', node([DISK]), 'warning', []],
  ['silent', node([SILENT]), 'unknown', []],
  ['without a condition Ready', node([]), 'unknown', []],
  ['Ready with its network unavailable', node([READY, unavailable('True')]), 'critical', ['agent']],
  ['Ready with its network available', node([READY, unavailable('False')]), 'ok', []],
  ['of a fault that nothing confirms', node([READY, DOWN]), 'warning', ['agent']],
  [
    'of a fault that an event confirms',
    { ...node([READY, DOWN]), events: [event('IPAMDNoIPs')] },
    'critical',
    ['agent', 'addresses'],
  ],
  ['of a fault that a waiting pod confirms', { ...node([READY, DOWN]), pods: [waiting] }, 'critical', ['agent']],
  ['of a fault while pods were not read', { ...node([READY, DOWN]), pods: DENIED }, 'unknown', ['agent']],
  ['of a fault that is not known', node([READY, networking('False', 'SomethingNew')]), 'warning', ['unrecognised']],
  ['of a fault named as a property of objects', node([READY, networking('False', 'constructor')]), 'warning', ['unrecognised']],
  ['silent with a fault', node([SILENT, DOWN]), 'unknown', ['agent']],
])('a node %s is %3$s', (_, world, verdict, causes) =>
  expect(first(world)).toMatchObject({ verdict, resource: { kind: 'node', id: NAME }, evidence: { causes } }),
);

test.each([
  ['IPAMDNotRunning', 'agent', 'restart-cni'],
  ['IPAMDRepeatedlyRestart', 'agent', 'restart-cni'],
  ['IPAMDInconsistentState', 'agent', 'restart-cni'],
  ['IPAMDNoIPs', 'addresses', undefined],
  ['InterfaceNotUp', 'interface', 'recycle-nodes'],
  ['MissingIPRules', 'routes', 'recycle-nodes'],
  ['MissingIPRoutes', 'routes', 'recycle-nodes'],
  ['MissingDefaultRoutes', 'routes', 'recycle-nodes'],
  ['UnexpectedRejectRule', 'packet-filter', undefined],
  ['PortConflict', 'packet-filter', undefined],
  ['KubeProxyNotReady', 'kube-proxy', undefined],
  ['NPARepeatedlyRestart', 'policy-agent', undefined],
  ['NetworkSysctl', 'host-settings', 'recycle-nodes'],
  ['ConntrackExceeded', 'connection-limit', 'advise-instance-types'],
  ['ConntrackExceededKernel', 'connection-limit', 'advise-instance-types'],
  ['LinkLocalExceeded', 'link-local-limit', 'advise-instance-types'],
  ['PPSExceeded', 'packet-limit', 'advise-instance-types'],
  ['BandwidthInExceeded', 'bandwidth-limit', 'advise-instance-types'],
  ['BandwidthOutExceeded', 'bandwidth-limit', 'advise-instance-types'],
  ['CoreDNSCorefileValidationFailed', 'dns', undefined],
])('an event %s is a warning of %s', (reason, cause, remediation) => {
  const finding = first({ ...node([READY]), events: [event(reason)] });
  expect(finding).toMatchObject({
    verdict: 'warning',
    evidence: { causes: [cause] },
    summary: expect.stringContaining(`event ${reason}`),
  });
  expect(finding?.remediation).toBe(remediation);
});

test.each<[string, Partial<Event>, string]>([
  ['as old as counts', { lastSeen: '2026-11-24T02:00:00Z' }, 'warning'],
  ['older', { lastSeen: '2026-11-24T01:59:59Z' }, 'ok'],
  ['of which only the first time is stated', { firstSeen: '2026-11-24T01:00:00Z' }, 'ok'],
  ['of another node', { involved: { kind: 'Node', name: 'other' } }, 'ok'],
  ['of a pod of that name', { involved: { kind: 'Pod', name: NAME } }, 'ok'],
])('an event %s is %3$s', (_, over, verdict) => {
  const { lastSeen: _seen, ...bare } = event('PPSExceeded');
  expect(
    first({
      ...node([READY]),
      events: [{ ...bare, ...over, ...(over.firstSeen ? {} : { lastSeen: over.lastSeen ?? '2026-11-24T02:30:00Z' }) }],
    })?.verdict,
  ).toBe(verdict);
});

test('events that do not speak of the network say nothing here', () =>
  expect(first({ ...node([READY]), events: [event('SoftLockup'), event('Rebooted')] })?.verdict).toBe('ok'));

test('one reason is one signal, of when it was seen last', () => {
  const events = ['02:10', '02:40', '02:20'].map((time) => event('PPSExceeded', { lastSeen: `2026-11-24T${time}:00Z` }));
  expect(first({ ...node([READY]), events })?.evidence['signals']).toMatchObject([
    { source: 'event', since: '2026-11-24T02:40:00Z' },
  ]);
});

test.each<[string, Condition, string, string]>([
  ['has no CNI yet', NO_CNI, '2026-11-24T02:55:00Z', 'ok'],
  ['has none a second later', NO_CNI, '2026-11-24T02:54:59Z', 'critical'],
  ['is NotReady otherwise', DISK, '2026-11-24T02:59:00Z', 'warning'],
])('a node that joined just now and %s is %4$s', (_, condition, createdAt, verdict) =>
  expect(first(node([condition], { createdAt }))?.verdict).toBe(verdict),
);

test('without events the cluster is unknown, and the nodes are judged by what they say', () => {
  const { findings } = run({ ...node([READY]), events: DENIED });
  expect(findings).toMatchObject([
    { verdict: 'unknown', resource: { kind: 'cluster' }, summary: expect.stringContaining('the call was denied') },
    { verdict: 'ok', resource: { kind: 'node' } },
  ]);
});

test('the metric counts the nodes that their network keeps from work', () => {
  const nodes = [READY, NO_CNI, DISK, NO_CNI].map((condition, at) => aNode({ name: `n${at}`, conditions: [condition] }));
  expect(run({ nodes }).metrics).toEqual([{ name: 'NodesNetworkNotReady', value: 2 }]);
  expect(run({ nodes: [], events: DENIED })).toEqual({ findings: [], metrics: [] });
});
