import { expect, test } from 'vitest';
import type { Pod } from '#lib/model/kubernetes.ts';
import type { Cni, CniKind } from '#lib/network/cni.ts';
import { interfaceIndex } from '#lib/network/interface-index.ts';
import { overlayCni } from '#lib/network/overlay.ts';
import { aDaemonSet, aNode, aNodeEni, aPod } from '#test/scenarios/slices.ts';

const index = interfaceIndex([
  aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.1.10', '10.0.1.11'] }),
  aNodeEni('i-2', 0, { privateIpAddresses: ['10.0.1.20', '10.0.1.21'] }),
]);
const nodes = new Map(
  [aNode({ name: 'n1', instanceId: 'i-1' }), aNode({ name: 'n2', instanceId: 'i-2' })].map((node) => [node.name, node]),
);
const cni = (kind: CniKind, desired = 1): Cni => ({ kind, daemonSet: aDaemonSet({ desired }) });
const onNode = (nodeName: string, ...addresses: string[]) => addresses.map((ip) => aPod({ nodeName, podIps: [ip] }));

test.each<[string, readonly Cni[], readonly Pod[], CniKind | undefined]>([
  ['the VPC CNI', [cni('vpc-cni')], onNode('n1', '10.0.1.11'), undefined],
  ['Calico for policies on the VPC CNI', [cni('vpc-cni'), cni('calico')], onNode('n1', '192.168.0.1'), undefined],
  ['Cilium in ENI mode', [cni('cilium')], onNode('n1', '10.0.1.11'), undefined],
  ['Cilium with a range of its own', [cni('cilium')], onNode('n1', '10.244.0.1'), 'cilium'],
  ['Cilium, aws-node selecting no node', [cni('vpc-cni', 0), cni('cilium')], onNode('n1', '10.244.0.1'), 'cilium'],
  [
    "a range that overlaps the VPC's: addresses of other nodes",
    [cni('flannel')],
    onNode('n1', '10.0.1.20', '10.0.1.21'),
    'flannel',
  ],
  [
    "a range that overlaps the VPC's: few coincide",
    [cni('flannel')],
    onNode('n1', '10.0.1.11', '10.0.1.12', '10.0.1.13'),
    'flannel',
  ],
  [
    'host-network pods tell nothing',
    [cni('calico')],
    [aPod({ nodeName: 'n1', hostNetwork: true, podIps: ['10.0.1.10'] }), ...onNode('n1', '192.168.0.1')],
    'calico',
  ],
  ['no pods', [cni('calico')], [], undefined],
  ['no CNI that is known', [], onNode('n1', '10.244.0.1'), undefined],
])('%s', (_name, cnis, pods, overlay) => {
  expect(overlayCni(cnis, pods, { nodes, index })).toBe(overlay);
});
