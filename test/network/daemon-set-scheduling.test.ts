import { describe, expect, test } from 'vitest';
import type { DaemonSet, Node } from '#lib/model/kubernetes.ts';
import { maxUnavailable, schedulesOn } from '#lib/network/daemon-set-scheduling.ts';
import { aDaemonSet, aNode } from '#test/scenarios/slices.ts';

type Expression = DaemonSet['nodeAffinity'][number][number];
const expression = (operator: string, values: string[] = [], key = 'zone'): Expression => ({ key, operator, values });

describe('labels', () => {
  test.each<[string, Partial<DaemonSet>, Node['labels'], boolean]>([
    ['no demands', {}, {}, true],
    ['a node selector that matches', { nodeSelector: { zone: 'a' } }, { zone: 'a' }, true],
    [
      'a node selector of which one label differs',
      { nodeSelector: { zone: 'a', os: 'linux' } },
      { zone: 'a', os: 'windows' },
      false,
    ],
    ['In', { nodeAffinity: [[expression('In', ['a', 'b'])]] }, { zone: 'b' }, true],
    ['In, without the label', { nodeAffinity: [[expression('In', ['a'])]] }, {}, false],
    ['NotIn, without the label', { nodeAffinity: [[expression('NotIn', ['a'])]] }, {}, true],
    ['NotIn', { nodeAffinity: [[expression('NotIn', ['a'])]] }, { zone: 'a' }, false],
    ['Exists', { nodeAffinity: [[expression('Exists')]] }, { zone: '' }, true],
    ['DoesNotExist', { nodeAffinity: [[expression('DoesNotExist')]] }, { zone: '' }, false],
    ['Gt', { nodeAffinity: [[expression('Gt', ['4'])]] }, { zone: '10' }, true],
    ['Lt', { nodeAffinity: [[expression('Lt', ['4'])]] }, { zone: '10' }, false],
    [
      'all expressions of a term',
      { nodeAffinity: [[expression('Exists'), expression('Exists', [], 'os')]] },
      { zone: 'a' },
      false,
    ],
    ['any term', { nodeAffinity: [[expression('In', ['b'])], [expression('In', ['a'])]] }, { zone: 'a' }, true],
    ['an empty term matches nothing', { nodeAffinity: [[]] }, { zone: 'a' }, false],
    ['an operator that is not known matches nothing', { nodeAffinity: [[expression('Near')]] }, { zone: 'a' }, false],
  ])('%s', (_name, daemonSet, labels, runs) => {
    expect(schedulesOn(aDaemonSet(daemonSet), aNode({ labels }))).toBe(runs);
  });
});

describe('taints', () => {
  const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  test.each<[string, Node['taints'][number], DaemonSet['tolerations'], boolean]>([
    ['without a toleration', gpu, [], false],
    ['everything is tolerated', gpu, [{ operator: 'Exists' }], true],
    ['the key is', gpu, [{ key: 'gpu', operator: 'Exists' }], true],
    ['the key is, with another value', gpu, [{ key: 'gpu', value: 'no' }], false],
    ['key and value are', gpu, [{ key: 'gpu', value: 'yes' }], true],
    ['with another effect', gpu, [{ key: 'gpu', value: 'yes', effect: 'NoExecute' }], false],
    ['an empty key needs Exists', gpu, [{ value: 'yes' }], false],
    ['a mere preference', { ...gpu, effect: 'PreferNoSchedule' }, [], true],
    ['of a cordoned node', { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }, [], true],
    ['of a node that is not ready', { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }, [], true],
    [
      'of a node without a network, on the host network',
      { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' },
      [],
      true,
    ],
  ])('%s', (_name, taint, tolerations, runs) => {
    expect(schedulesOn(aDaemonSet({ tolerations }), aNode({ taints: [taint] }))).toBe(runs);
  });

  test('a pod network does not start where there is none', () => {
    const taints = [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }];
    expect(schedulesOn(aDaemonSet({ hostNetwork: false, tolerations: [] }), aNode({ taints }))).toBe(false);
  });
});

test.each<[string | undefined, number, number]>([
  [undefined, 20, 0],
  ['many', 20, 0],
  ['10%', 20, 2],
  ['10%', 21, 3],
  ['3', 20, 3],
  ['100%', 7, 7],
])('maxUnavailable %s of %i is %i', (setting, desired, allowed) => {
  expect(maxUnavailable(aDaemonSet({ desired, ...(setting === undefined ? {} : { maxUnavailable: setting }) }))).toBe(allowed);
});
