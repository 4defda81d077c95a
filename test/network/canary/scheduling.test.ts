import { expect, test } from 'vitest';
import { allNotReady } from '#lib/network/canary/scheduling.ts';

const taint = (count: number, name: string) => `${count} node(s) had untolerated taint {${name}: }`;
const NOT_READY = 'node.kubernetes.io/not-ready';

test.each<[string, string, boolean]>([
  ['all are not ready', `0/3 nodes are available: ${taint(3, NOT_READY)}. preemption: 0/3 nodes are available: none.`, true],
  ['all have no network', `0/2 nodes are available: ${taint(2, 'node.kubernetes.io/network-unavailable')}.`, true],
  ["all wait for Cilium's agent", `0/1 nodes are available: ${taint(1, 'node.cilium.io/agent-not-ready')}`, true],
  [
    'some cannot be reached, the others are not ready',
    `0/3 nodes are available: ${taint(1, 'node.kubernetes.io/unreachable')}, ${taint(2, NOT_READY)}. preemption: none.`,
    true,
  ],
  ['one is full', `0/3 nodes are available: 1 Too many pods, ${taint(2, NOT_READY)}. preemption: none.`, false],
  ['all are full', '0/3 nodes are available: 3 Insufficient memory. preemption: none.', false],
  ['all have a taint of their own', `0/3 nodes are available: ${taint(3, 'dedicated')}.`, false],
  ['there are none', 'no nodes available to schedule pods', false],
  ['it says something new', 'pod has unbound immediate PersistentVolumeClaims', false],
])('where %s', (_, message, expected) => expect(allNotReady(message)).toBe(expected));
