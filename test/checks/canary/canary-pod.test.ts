import { expect, test } from 'vitest';
import { check } from '#lib/checks/canary/canary-pod.ts';
import type { CanaryPod } from '#lib/model/canary.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';
import { aCanary, aCanaryPod, aServerPod, aStuckPod, secondsIn } from './a-canary.ts';

const run = (pods: readonly CanaryPod[], options = {}) =>
  runCheck(check, aSnapshot({ canary: aCanary({ pods: [...pods] }) }), options);
const NO_ADDRESS = 'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container';
const NOT_READY = '0/2 nodes are available: 2 node(s) had untolerated taint {node.kubernetes.io/not-ready: }. preemption: none.';
const FULL = '0/2 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.';
const FARGATE = '0/1 nodes are available: 1 node(s) had untolerated taint {eks.amazonaws.com/compute-type: fargate}.';
const noNode = (unschedulable: string) => {
  const { nodeName: _, scheduledAt: __, ...pod } = aStuckPod({ unschedulable });
  return pod;
};
const waiting = (reason: string, message?: string) => ({ reason, ...(message ? { message } : {}) });
const inSeconds = (seconds: number) => aCanaryPod({ networkAt: secondsIn(seconds), runningAt: secondsIn(seconds + 1) });
const { networkAt: _, ...OLD } = aCanaryPod();

test.each<[string, readonly CanaryPod[], string, string]>([
  ['both pods ran', [aServerPod(), aCanaryPod()], 'ok', '2 of 2 canary pods ran; the slowest had its network 2 s after'],
  ['the cluster states no network time', [OLD], 'ok', 'an unstated time'],
  ['the network took what is allowed', [inSeconds(15)], 'ok', '15 s after the scheduler'],
  ['it took longer', [inSeconds(16)], 'warning', '16 s after the scheduler chose its node (node-b)'],
  ['it took far longer', [inSeconds(61)], 'critical', '61 s'],
  ['one got none', [aServerPod(), aStuckPod()], 'critical', 'On 1 other node pods ran: it is not the whole cluster'],
  [
    'none got one',
    [aStuckPod({ role: 'server', nodeName: 'node-a' }), aStuckPod()],
    'critical',
    'None ran, on 2 nodes: take it for the whole cluster',
  ],
  [
    'the only one got none',
    [aStuckPod({ sandboxFailure: NO_ADDRESS })],
    'critical',
    'the CNI has no free address for the pod. No other node was tried',
  ],
  ['the wait was too short to tell', [aStuckPod({ waitedSeconds: 3 })], 'unknown', 'got no network within 3 s'],
  [
    'the wait was short, and the kubelet told',
    [aStuckPod({ waitedSeconds: 3, sandboxFailure: NO_ADDRESS })],
    'critical',
    'within 3 s',
  ],
  ['no node is ready', [noNode(NOT_READY)], 'critical', 'found no node within 40 s'],
  ['there is only Fargate', [noNode(FARGATE)], 'unknown', 'found no node'],
  ['nodes are full', [noNode(FULL)], 'warning', 'Too many pods'],
  [
    'the image cannot be pulled',
    [aStuckPod({ networkAt: secondsIn(2), waiting: waiting('ImagePullBackOff', 'no such host') })],
    'unknown',
    'set canary.image',
  ],
  [
    'the container fails',
    [aStuckPod({ phase: 'Failed', podIps: ['10.0.4.9'], failure: 'exit code 127' })],
    'unknown',
    'its container did not start on node-b (exit code 127)',
  ],
  ['somebody deleted it', [aStuckPod({ gone: true })], 'unknown', 'somebody deleted it'],
  ['no pod was made', [], 'unknown', 'No canary pod was made'],
])('%s', (_, pods, verdict, summary) => {
  const [finding] = run(pods).findings;
  expect(finding).toMatchObject({ verdict, resource: { kind: 'cluster' }, summary: expect.stringContaining(summary) });
});

test('an older cluster tells by the address that there is a network', () => {
  const [finding] = run([aStuckPod({ podIps: ['10.0.4.9'], waiting: waiting('ContainerCreating') })]).findings;
  expect(finding).toMatchObject({ verdict: 'unknown', evidence: { pods: [{ stage: 'not-started' }], withoutNetwork: 0 } });
});

test('the evidence has each pod, its times and how far the failure goes', () => {
  const [finding] = run([aServerPod(), aStuckPod({ sandboxFailure: NO_ADDRESS })]).findings;
  expect(finding).toMatchObject({
    timeToImpact: 'minutes',
    evidence: {
      running: 1,
      withoutNetwork: 1,
      scope: 'some',
      cause: 'no-free-address',
      pods: [
        { role: 'server', node: 'node-a', stage: 'running', secondsToScheduled: 0, secondsToNetwork: 2, secondsToRunning: 4 },
        { role: 'client', node: 'node-b', stage: 'no-network', why: NO_ADDRESS, secondsToNetwork: null },
      ],
    },
  });
});

test.each<[string, string | undefined, string | undefined]>([
  ['the kubelet told nothing', undefined, 'restart-cni'],
  [
    'the agent is down',
    'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"',
    'restart-cni',
  ],
  ['there is no free address', NO_ADDRESS, undefined],
  ['the message is of none that is known', 'something that nobody has seen yet', undefined],
])('the remedy goes by the cause: %s', (_what, sandboxFailure, remediation) => {
  const [finding] = run([aStuckPod(sandboxFailure === undefined ? {} : { sandboxFailure })]).findings;
  expect(finding?.verdict).toBe('critical');
  expect(finding?.remediation).toBe(remediation);
});

test('limits are options', () => {
  expect(run([inSeconds(5)], { networkWarningSeconds: 4 }).findings[0]?.verdict).toBe('warning');
  expect(run([inSeconds(5)], { networkCriticalSeconds: 4, networkWarningSeconds: 1 }).findings[0]?.verdict).toBe('critical');
});

test('the metric is the slowest that got a network, and nothing where none did', () => {
  expect(run([aServerPod(), inSeconds(7)]).metrics).toEqual([{ name: 'CanarySecondsToNetwork', value: 7 }]);
  expect(run([aStuckPod()]).metrics).toEqual([]);
});
