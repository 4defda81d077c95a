import { expect, test } from 'vitest';
import { podIpam } from '#lib/network/pod-ipam.ts';
import { aDaemonSet, awsNode, DENIED } from '#test/scenarios/slices.ts';

const cilium = aDaemonSet({
  name: 'cilium',
  labels: { 'k8s-app': 'cilium' },
  containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.20.2', init: false, env: {}, args: [] }],
});
const read = (...data: Parameters<typeof aDaemonSet>[0][]) => ({ ok: true as const, data: data.map((one) => aDaemonSet(one)) });

test.each([
  ['the VPC CNI alone', read(awsNode()), false, { kind: 'vpc-cni' }],
  ['the VPC CNI without nodes', read(awsNode({}, { desired: 0 })), false, { kind: 'vpc-cni' }],
  ['Cilium chained on the VPC CNI', read(awsNode(), cilium), false, { kind: 'vpc-cni' }],
  [
    'Cilium with the VPC CNI kept off every node',
    read(awsNode({}, { desired: 0 }), cilium),
    false,
    { kind: 'other-cni', cni: 'cilium' },
  ],
  ['Cilium alone', read(cilium), false, { kind: 'other-cni', cni: 'cilium' }],
  ['Auto Mode', read(), true, { kind: 'auto-mode' }],
  ['Auto Mode beside nodes of its own', read(awsNode()), true, { kind: 'vpc-cni' }],
  ['nothing that is understood', read({}), false, { kind: 'unknown' }],
  ['DaemonSets that were not read', DENIED, false, { kind: 'unknown' }],
  ['the same under Auto Mode', DENIED, true, { kind: 'auto-mode' }],
])('%s', (_, daemonSets, autoMode, expected) => expect(podIpam(daemonSets, autoMode)).toMatchObject(expected));

test('a reason that is a sentence becomes a clause', () => {
  const denied = { ok: false, code: 'AccessDenied', reason: 'The call was denied.', remedy: '' } as const;
  expect(podIpam(denied, false)).toEqual({ kind: 'unknown', reason: 'the DaemonSets were not read: The call was denied' });
});
