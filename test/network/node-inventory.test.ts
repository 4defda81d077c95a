import { expect, test } from 'vitest';
import { nodeInventory } from '#lib/network/node-inventory.ts';
import { countPods } from '#lib/network/pod-counts.ts';
import { remember } from '#lib/network/remember.ts';
import { aNode, aNodeEni, anEni, anInstance, aPod } from '#test/scenarios/slices.ts';

test('a node is joined with its instance, its interfaces and its pods', () => {
  const [node, instance, eni, pod] = [aNode(), anInstance(), aNodeEni('i-1'), aPod()];
  const { hosts, identity } = nodeInventory('shop-prod', [node], [instance], [eni, anEni()], [pod, aPod({ nodeName: 'other' })]);
  expect(hosts).toEqual([
    {
      name: node.name,
      kind: 'linux',
      node,
      instance,
      instanceId: 'i-1',
      instanceType: 'm5.large',
      subnetId: 'subnet-a',
      availabilityZone: 'eu-west-1a',
      interfaces: [eni],
      pods: [pod],
    },
  ]);
  expect(identity).toEqual({
    name: 'shop-prod',
    instanceIds: new Set(['i-1']),
    otherInstances: new Map(),
    nodeIps: new Set(['10.0.0.10']),
  });
});

test.each([
  [{ 'kubernetes.io/cluster/shop-prod': 'owned' }, 'running', 1, 0],
  [{ 'eks:cluster-name': 'shop-prod' }, 'pending', 1, 0],
  [{ 'aws:eks:cluster-name': 'shop-prod' }, 'stopped', 1, 0],
  [{ 'eks:cluster-name': 'shop-prod' }, 'shutting-down', 0, 0],
  [{ 'kubernetes.io/cluster/blog': 'owned' }, 'running', 0, 1],
  [{}, 'running', 0, 0],
])('an instance tagged %j that is %s: %i of this cluster, %i of another', (tags, state, ours, others) => {
  const { hosts, identity } = nodeInventory('shop-prod', undefined, [anInstance({ tags, state })], undefined, undefined);
  expect(hosts).toHaveLength(ours);
  expect(identity.otherInstances.size).toBe(others);
});

test('what was not read is found elsewhere: type and zone on the node, the subnet on its primary interface', () => {
  const { hosts } = nodeInventory('shop-prod', [aNode()], undefined, [aNodeEni('i-1', 0, { subnetId: 'subnet-x' })], undefined);
  expect(hosts).toMatchObject([{ instanceType: 'm5.large', subnetId: 'subnet-x', availabilityZone: 'eu-west-1a' }]);
});

test.each([
  [{ labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }, 'fargate'],
  [{ labels: { 'eks.amazonaws.com/compute-type': 'hybrid' } }, 'hybrid'],
  [{ labels: { 'eks.amazonaws.com/compute-type': 'auto' } }, 'auto'],
  [{ operatingSystem: 'windows' }, 'windows'],
  [{}, 'linux'],
] as const)('a node with %j is of kind %s', (node, kind) =>
  expect(nodeInventory('shop-prod', [aNode(node)], [], [], []).hosts).toMatchObject([{ kind }]),
);

test('only live pods of the pool hold its addresses', () => {
  const waiting = { phase: 'Pending', podIps: [] };
  expect(
    countPods([
      aPod(),
      aPod({ deletedAt: '2026-11-24T00:00:00Z' }),
      aPod(waiting),
      aPod({ ...waiting, deletedAt: '2026-11-24T00:00:00Z' }),
      aPod({ hostNetwork: true }),
      aPod({ phase: 'Succeeded' }),
      aPod({ phase: 'Failed' }),
      aPod({ podEni: '[{"eniId":"eni-b1"},{"eniId":"eni-b2"}]' }),
      aPod({ podEni: 'not JSON' }),
    ]),
  ).toEqual({ inUse: 2, waiting: 1, hostNetwork: 1, branches: 3 });
});

test('an answer is remembered for the same arguments only', () => {
  let computed = 0;
  const sizes = remember((name: string, list: readonly number[]) => `${name} ${list.length} ${++computed}`);
  const list = [1, 2];
  expect(sizes('a', list)).toBe('a 2 1');
  expect(sizes('a', list)).toBe('a 2 1');
  expect(sizes('b', list)).toBe('b 2 2');
  expect(sizes('a', [1, 2])).toBe('a 2 3');
  expect(sizes('a', list)).toBe('a 2 1');
});

test('arguments without an object are computed each time', () => {
  let computed = 0;
  const next = remember((step: number) => (computed += step));
  expect([next(1), next(1)]).toEqual([1, 2]);
});
