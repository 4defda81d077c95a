import { expect, test } from 'vitest';
import { check } from '#lib/checks/cni/cni-memory.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aPod, aSnapshot, awsNode } from '#test/scenarios/slices.ts';

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
