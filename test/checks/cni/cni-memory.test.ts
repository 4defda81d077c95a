import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cni/cni-memory.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aPod, aSnapshot, awsNode, NOW } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const linux = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
const agent = (nodeName: string, terminatedReason?: string): Pod =>
  aPod({
    namespace: 'kube-system',
    name: `aws-node-${nodeName}`,
    owner: { kind: 'DaemonSet', name: 'aws-node' },
    nodeName,
    hostNetwork: true,
    containers: [
      {
        name: 'aws-node',
        image: 'cni:1',
        init: false,
        ready: true,
        restartCount: 0,
        ports: [],
        ...(terminatedReason !== undefined && { terminatedReason, exitCode: 137 }),
      },
    ],
  });

/** So many agents, the first of them killed for want of memory, under this limit. */
function agents(count: number, killed = 0, memoryLimit?: string): Given {
  const names = Array.from({ length: count }, (_, at) => `n${at + 1}`);
  const daemonSet = awsNode();
  const containers = daemonSet.containers.map((one) => ({ ...one, ...(memoryLimit !== undefined && { memoryLimit }) }));
  return {
    nodes: names.map((name) => aNode({ name, labels: linux })),
    pods: names.map((name, at) => agent(name, at < killed ? 'OOMKilled' : undefined)),
    daemonSets: [{ ...daemonSet, containers }],
  };
}

test.each<[string, Given, Verdict, Record<string, unknown>?]>([
  ['none killed, no limit', agents(20), 'ok'],
  ['none killed, no limit where one is required', agents(20), 'warning', { requireLimit: true }],
  ['none killed, a limit that fits', agents(20, 0, '512Mi'), 'ok', { requireLimit: true }],
  ['a limit above what an agent ever needs', agents(20, 0, '4Gi'), 'warning', { requireLimit: true }],
  ['a limit below what it needs', agents(20, 0, '64Mi'), 'warning'],
  ['a limit that is no quantity', agents(20, 0, 'lots'), 'unknown'],
  ['one of twenty killed', agents(20, 1), 'warning'],
  ['two of twenty killed', agents(20, 2), 'critical'],
  ['two of forty killed', agents(40, 2), 'warning'],
  ['the only one killed', agents(1, 1), 'critical'],
  ['no known CNI', { nodes: [aNode()] }, 'unknown'],
  ['Auto Mode', { nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'auto' } })] }, 'not-applicable'],
])('%s: %s', (_situation, given, verdict, options) => {
  expect(runCheck(check, aSnapshot(given), options).findings.map((finding) => finding.verdict)).toEqual([verdict]);
});

test('an agent that ended otherwise was not killed for want of memory', () => {
  const given = { ...agents(1), pods: [agent('n1', 'Error')] };
  expect(runCheck(check, aSnapshot(given)).findings[0]).toMatchObject({ verdict: 'ok', evidence: { outOfMemory: 0 } });
});

test('it names the nodes, the limit and what has none', () => {
  const { evidence } = runCheck(check, aSnapshot(agents(3, 1, '1Gi'))).findings[0] ?? {};
  expect(evidence).toMatchObject({ nodes: ['n1'], limit: '1Gi', limitMebibytes: 1024, withoutLimit: [] });
  expect(runCheck(check, aSnapshot(agents(3))).findings[0]?.evidence['withoutLimit']).toEqual(['aws-node']);
});

describe('what the agents use', () => {
  const containers = (memory: string | undefined, limit?: string) => (pod: Pod) => ({
    pod: { ...pod, containers: pod.containers.map((one) => ({ ...one, ...(limit !== undefined && { memoryLimit: limit }) })) },
    metrics: { namespace: pod.namespace, name: pod.name, containers: [{ name: 'aws-node', ...(memory && { memory }) }] },
  });
  /** Twenty agents; the first so many use `memory`, the others 60 MiB. */
  function using(memory: string | undefined, count: number, limit?: string): Given {
    const { pods, ...given } = agents(20);
    const all = (pods as Pod[]).map((pod, at) => containers(at < count ? memory : '61440Ki', limit)(pod));
    return { ...given, pods: all.map(({ pod }) => pod), podMetrics: all.map(({ metrics }) => metrics) };
  }
  const down = { ok: false, code: 'ServiceError', reason: 'GET answered 503.', remedy: 'look' } as const;

  test.each<[string, Given, Verdict, Record<string, unknown>]>([
    ['little', using('61440Ki', 0), 'ok', { memoryUse: 'measured', measured: 20, highestMebibytes: 60 }],
    ['one of them 2 GiB', using('2Gi', 1), 'ok', { highestMebibytes: 2048, highestNode: 'n1', aboveMost: [] }],
    ['one of them more', using('2049Mi', 1), 'warning', { aboveMost: [{ node: 'n1', mebibytes: 2049 }] }],
    ['two of them more', using('2049Mi', 2), 'critical', { measured: 20 }],
    [
      'one of them 95 % of its limit',
      using('95Mi', 1, '100Mi'),
      'warning',
      {
        nearLimit: [{ node: 'n1', container: 'aws-node', percentOfLimit: 95 }],
      },
    ],
    ['no more than 61 % of the limit', using('61Mi', 1, '100Mi'), 'ok', { nearLimit: [] }],
    ['of one it says no memory', using(undefined, 1), 'unknown', { memoryUse: 'measured-in-part', unmeasuredNodes: ['n1'] }],
    ['of one it says no quantity', using('much', 1), 'unknown', { measured: 19, unmeasuredNodes: ['n1'] }],
    ['no metrics server', agents(20), 'ok', { memoryUse: 'no-metrics-server', highestMebibytes: null }],
    ['one that does not answer', { ...agents(20), podMetrics: down }, 'unknown', { memoryUse: 'failed' }],
    ['one that does not answer, and an agent was killed', { ...agents(20, 1), podMetrics: down }, 'warning', {}],
  ])('%s', (_situation, given, verdict, evidence) => {
    expect(runCheck(check, aSnapshot(given)).findings).toMatchObject([{ verdict, evidence }]);
  });

  test('an agent that started a minute ago need not be measured yet', () => {
    const { pods, ...given } = agents(2);
    const [old, young] = pods as Pod[];
    const createdAt = new Date(Date.parse(NOW) - 60_000).toISOString();
    const measured = [{ namespace: 'kube-system', name: 'aws-node-n1', containers: [{ name: 'aws-node', memory: '60Mi' }] }];
    const snapshot = aSnapshot({ ...given, pods: [old as Pod, { ...(young as Pod), createdAt }], podMetrics: measured });
    expect(runCheck(check, snapshot).findings).toMatchObject([{ verdict: 'ok', evidence: { measured: 1, unmeasuredNodes: [] } }]);
  });
});
