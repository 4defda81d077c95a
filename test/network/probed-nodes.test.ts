import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '#lib/model/kubernetes.ts';
import { nodesToProbe, type ProbedNodesContext } from '#lib/network/probed-nodes.ts';
import { aNode, aPod, awsNode, NOW } from '#test/scenarios/slices.ts';

const LABELS = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
const node = (name: string, over: Partial<Node> = {}) => aNode({ name, labels: LABELS, ...over });
const nodes = (count: number) => Array.from({ length: count }, (_, at) => node(`n${String(at).padStart(3, '0')}`));
const ready = (status: string) => ({ conditions: [{ type: 'Ready', status }] });
const agent = (nodeName: string, isReady = true): Pod =>
  aPod({
    namespace: 'kube-system',
    name: `aws-node-${nodeName}`,
    nodeName,
    hostNetwork: true,
    owner: { kind: 'DaemonSet', name: 'aws-node' },
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    containers: [
      {
        name: 'aws-node',
        image: 'a',
        init: false,
        ready: isReady,
        restartCount: isReady ? 0 : 9,
        waitingReason: 'CrashLoopBackOff',
        ports: [],
      },
    ],
  });
const waiting = (nodeName: string): Pod =>
  aPod({
    name: `web-${nodeName}`,
    nodeName,
    phase: 'Pending',
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-11-24T02:50:00Z' },
      { type: 'PodReadyToStartContainers', status: 'False' },
    ],
  });

const choose = (given: Partial<ProbedNodesContext> & Pick<ProbedNodesContext, 'nodes'>, most: number) =>
  nodesToProbe(
    { pods: given.nodes.map(({ name }) => agent(name)), events: [], daemonSets: [awsNode()], now: new Date(NOW), ...given },
    most,
  );

describe('nodes in trouble come first', () => {
  const quiet = nodes(20);
  test.each<[string, Partial<ProbedNodesContext>]>([
    ['a node that is not ready', { nodes: quiet.map((one) => (one.name === 'n013' ? { ...one, ...ready('False') } : one)) }],
    ['a node whose agent crashes', { pods: quiet.map(({ name }) => agent(name, name !== 'n013')) }],
    ['a node whose agent is missing', { pods: quiet.filter(({ name }) => name !== 'n013').map(({ name }) => agent(name)) }],
    ['a node on which pods wait for a network', { pods: [...quiet.map(({ name }) => agent(name)), waiting('n013')] }],
  ])('%s', (_, given) => {
    for (const most of [1, 3]) {
      const chosen = choose({ nodes: quiet, ...given }, most);
      expect([chosen[0], chosen.length]).toEqual(['n013', most]);
    }
  });

  test('those that were not read tell of none', () => {
    expect(choose({ nodes: quiet, pods: undefined, events: undefined, daemonSets: undefined }, 3)).toHaveLength(3);
  });
});

test.each<[string, Partial<Node>]>([
  ['a node of Fargate', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }],
  ['a node of Auto Mode', { labels: { 'eks.amazonaws.com/compute-type': 'auto' } }],
  ['a node of Windows', { operatingSystem: 'windows' }],
  ['a node whose kubelet is silent', ready('Unknown')],
])('%s is left out', (_, over) => {
  expect(choose({ nodes: [node('n1', over), node('n2')] }, 5)).toEqual(['n2']);
});

test('all nodes are seen after some runs, whatever their interval, and each run is within its bounds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(1, 5, 15, 60),
      (count, most, minutes) => {
        const all = nodes(count);
        const seen = new Set<string>();
        for (let run = 0; run < 12 * count; run += 1) {
          const now = new Date(Date.parse(NOW) + run * minutes * 60_000);
          const chosen = choose({ nodes: all, pods: undefined, now }, most);
          expect(new Set(chosen).size).toBe(Math.min(most, count));
          for (const name of chosen) seen.add(name);
        }
        expect(seen.size).toBe(count);
      },
    ),
    { numRuns: 40 },
  );
});
