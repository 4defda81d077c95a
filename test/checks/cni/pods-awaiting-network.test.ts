import { expect, test } from 'vitest';
import { check } from '#lib/checks/cni/pods-awaiting-network.ts';
import type { Event, Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aPod, aSnapshot, DENIED, NOW } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const ago = (seconds: number) => new Date(Date.parse(NOW) - 1000 * seconds).toISOString();
const up = (count: number): Pod[] => Array.from({ length: count }, (_, at) => aPod({ name: `up-${at}` }));

/** Scheduled so many seconds ago, created long before. */
const waiting = (seconds: number, network = 'False', over: Partial<Pod> = {}): Pod =>
  aPod({
    name: `since-${seconds}`,
    phase: 'Pending',
    podIps: [],
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(seconds) },
      { type: 'PodReadyToStartContainers', status: network },
    ],
    ...over,
  });
/** As of a kubelet before Kubernetes 1.29. */
const silent = (seconds: number): Pod => {
  const pod = waiting(seconds);
  return { ...pod, conditions: pod.conditions.filter(({ type }) => type === 'PodScheduled') };
};
const sandboxFailed = (name: string): Event => ({
  namespace: 'default',
  reason: 'FailedCreatePodSandBox',
  message: 'x',
  involved: { kind: 'Pod', namespace: 'default', name },
  count: 1,
});

test.each<[string, Given, Verdict]>([
  ['all have theirs', { pods: up(3) }, 'ok'],
  ['no pod at all', {}, 'ok'],
  ['one waits for a minute', { pods: [...up(99), waiting(60)] }, 'ok'],
  ['one of a hundred waits for two minutes', { pods: [...up(99), waiting(120)] }, 'warning'],
  ['one of a hundred waits for just under five minutes', { pods: [...up(99), waiting(299)] }, 'warning'],
  ['one of a hundred waits for five minutes', { pods: [...up(99), waiting(300)] }, 'critical'],
  ['5 % wait for two minutes', { pods: [...up(19), waiting(130)] }, 'warning'],
  ['more than 5 % wait for two minutes', { pods: [...up(18), waiting(130)] }, 'critical'],
  ['a slow image is no missing network', { pods: [...up(9), waiting(900, 'True')] }, 'ok'],
  ['a pod on the host network needs none', { pods: [...up(9), waiting(900, 'False', { hostNetwork: true })] }, 'ok'],
  ['a pod on its way out', { pods: [...up(9), waiting(900, 'False', { deletedAt: NOW })] }, 'ok'],
  ['an old kubelet, and its sandbox failed', { pods: [...up(9), silent(900)], events: [sandboxFailed('since-900')] }, 'critical'],
  ['an old kubelet, and nothing says that it failed', { pods: [...up(9), silent(900)] }, 'ok'],
  ['an old kubelet, and events were not read', { pods: [...up(9), silent(900)], events: DENIED }, 'unknown'],
  ['events were not read, and conditions tell', { pods: [...up(9), waiting(900, 'True')], events: DENIED }, 'ok'],
  ['events were not read, and one waits for long anyway', { pods: [waiting(900), silent(800)], events: DENIED }, 'critical'],
])('%s: %s', (_situation, given, verdict) => {
  const { findings } = runCheck(check, aSnapshot(given));
  expect(findings.map((finding) => finding.verdict)).toEqual([verdict]);
});

test('it says who waits, where and for how long, and counts them', () => {
  const pods = [...up(4), waiting(400, 'False', { nodeName: 'n2' }), waiting(200, 'False', { nodeName: 'n2' }), waiting(130)];
  const { findings, metrics } = runCheck(check, aSnapshot({ pods }));
  expect(findings[0]?.evidence).toMatchObject({
    awaiting: 3,
    awaitingCritical: 1,
    pods: 7,
    percent: 42.9,
    longestSeconds: 400,
    nodeCount: 2,
    samplePods: ['default/since-400', 'default/since-200', 'default/since-130'],
  });
  expect(findings[0]?.evidence['nodes']).toEqual(['n2', aPod().nodeName]);
  expect(metrics).toEqual([{ name: 'PodsAwaitingNetwork', value: 3 }]);
});

test.each<[Record<string, number>, Verdict]>([
  [{ criticalMinutes: 60, criticalPercent: 100 }, 'warning'],
  [{ warningMinutes: 20 }, 'ok'],
])('thresholds are options: %o is %s', (options, verdict) => {
  expect(runCheck(check, aSnapshot({ pods: [waiting(900)] }), options).findings[0]?.verdict).toBe(verdict);
});
