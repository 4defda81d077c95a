import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measureAgents } from '#lib/network/agent-memory.ts';
import type { Agent } from '#lib/network/agents.ts';
import { aNode, aPod } from '#test/scenarios/slices.ts';

const sizes = fc.array(fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }), { maxLength: 12 });

test('every ready agent is either measured or named, and the largest come first', () => {
  fc.assert(
    fc.property(sizes, (mebibytes) => {
      const agents = mebibytes.map(
        (_, at): Agent => ({
          node: aNode({ name: `n${at}` }),
          pod: aPod({ namespace: 'kube-system', name: `aws-node-${at}` }),
          state: 'ready',
        }),
      );
      const metrics = mebibytes.flatMap((size, at) =>
        size === undefined
          ? []
          : [{ namespace: 'kube-system', name: `aws-node-${at}`, containers: [{ name: 'aws-node', memory: `${size}Mi` }] }],
      );
      const { measured, unmeasured } = measureAgents(agents, metrics, '2026-11-24T00:00:00Z');
      const expected = mebibytes.flatMap((size) => (size === undefined ? [] : [size * 2 ** 20]));
      expect(measured.map(({ bytes }) => bytes)).toEqual(expected.sort((a, b) => b - a));
      expect([...measured.map(({ node }) => node), ...unmeasured].sort()).toEqual(agents.map(({ node }) => node.name).sort());
    }),
  );
});

test('the memory of a pod is that of all its containers, and each is held against its own limit', () => {
  const container = { image: 'x:1', init: false, ready: true, restartCount: 0, ports: [] };
  const containers = [
    { ...container, name: 'aws-node', memoryLimit: '200Mi' },
    { ...container, name: 'aws-eks-nodeagent', memoryLimit: '100Mi' },
  ];
  const pod = aPod({ namespace: 'kube-system', name: 'a', containers });
  const used = [
    { name: 'aws-node', memory: '100Mi' },
    { name: 'aws-eks-nodeagent', memory: '80Mi' },
    { name: 'a-sidecar', memory: '10Mi' },
  ];
  const { measured } = measureAgents(
    [{ node: aNode({ name: 'n' }), pod, state: 'ready' }],
    [{ namespace: 'kube-system', name: 'a', containers: used }],
    '2026-11-24T00:00:00Z',
  );
  expect(measured).toEqual([
    { node: 'n', bytes: 190 * 2 ** 20, closest: { container: 'aws-eks-nodeagent', percentOfLimit: 80 } },
  ]);
});
