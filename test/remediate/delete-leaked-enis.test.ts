import { describe, expect, test } from 'vitest';
import type { NetworkInterface } from '#lib/model/ec2.ts';
import { remediation } from '#lib/remediate/delete-leaked-enis.ts';
import { aProblem, planned, thePlan, type World } from '#test/remediate/a-plan.ts';
import { anEni, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

const findings = [aProblem({ check: 'leaked-enis' })];
const leak = (networkInterfaceId: string, tags: object = {}, over: Partial<NetworkInterface> = {}): NetworkInterface =>
  anEni({
    networkInterfaceId,
    status: 'available',
    description: 'aws-K8S-i-gone',
    privateIpAddresses: ['10.0.0.20', '10.0.0.21'],
    tags: {
      'node.k8s.amazonaws.com/instance_id': 'i-gone',
      'node.k8s.amazonaws.com/createdAt': '2026-11-23T00:00:00Z',
      'cluster.k8s.amazonaws.com/name': 'shop-prod',
      ...tags,
    },
    ...over,
  });
const older = leak('eni-old', { 'node.k8s.amazonaws.com/createdAt': '2026-11-01T00:00:00Z' });
const world = (...networkInterfaces: NetworkInterface[]) => aSnapshot({ networkInterfaces });

describe('the plan', () => {
  test('deletes them one by one, the oldest first', () =>
    expect(thePlan(remediation, world(leak('eni-new'), older), { findings })).toMatchObject({
      steps: [
        { operation: 'DeleteNetworkInterface', parameters: { NetworkInterfaceId: 'eni-old' } },
        { operation: 'DeleteNetworkInterface', parameters: { NetworkInterfaceId: 'eni-new' } },
      ],
      rollback: [],
      gain: { before: 4, after: 0 },
      irreversible: [expect.stringContaining('does not come back')],
    }));

  test('of many takes no more than it may, and says so', () =>
    expect(thePlan(remediation, world(leak('eni-new'), older), { findings, options: { most: 1 } })).toMatchObject({
      summary: 'Deletes 1 detached interface of this cluster, of 2.',
      steps: [{ parameters: { NetworkInterfaceId: 'eni-old' } }],
      gain: { before: 4, after: 2 },
    }));
});

const { 'cluster.k8s.amazonaws.com/name': _name, ...untold } = older.tags;
test.each<[string, NetworkInterface]>([
  ['in use', leak('eni-1', {}, { status: 'in-use' })],
  ['young', leak('eni-1', { 'node.k8s.amazonaws.com/createdAt': '2026-11-24T02:30:00Z' })],
  ['of an age that is not known', leak('eni-1', { 'node.k8s.amazonaws.com/createdAt': 'soon' })],
  ['of another cluster', leak('eni-1', { 'cluster.k8s.amazonaws.com/name': 'shop-test' })],
  ['of a cluster that nothing tells', leak('eni-1', {}, { tags: untold })],
  ["not the CNI's", leak('eni-1', {}, { description: 'a database' })],
])('an interface that is %s is left alone', (_, eni) =>
  expect(planned(remediation, world(eni), { findings })).toMatchObject({ kind: 'refused' }),
);

test.each<[string, World, string]>([
  ['still there', { networkInterfaces: [older] }, 'yes'],
  ['gone', {}, 'no'],
  ['attached meanwhile', { networkInterfaces: [{ ...older, status: 'in-use' }] }, 'no'],
  ['not read', { networkInterfaces: DENIED }, 'unknown'],
])('at a second look it is %s: %3$s', (_, now, holds) =>
  expect(
    remediation.preflight(aSnapshot(now), thePlan(remediation, world(older), { findings }), remediation.options.parse({})),
  ).toMatchObject([{ holds }]),
);
