import { describe, expect, test } from 'vitest';
import type { DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';
import { policyEnforcement } from '#lib/network/policy/enforcement.ts';
import { aDaemonSet, aNode, aPod, awsNode } from '#test/scenarios/slices.ts';

const container = (name: string, ...args: string[]) => ({ name, image: `${name}:1`, init: false, env: {}, args });
const vpcCni = (env: Record<string, string> = {}, ...args: string[]): DaemonSet => {
  const plain = awsNode(env);
  return { ...plain, containers: [...plain.containers, container('aws-eks-nodeagent', ...args)] };
};
const ON = '--enable-network-policy=true';
const CALICO = aDaemonSet({ name: 'calico-node', labels: { 'k8s-app': 'calico-node' }, containers: [container('calico-node')] });
const CILIUM = aDaemonSet({ name: 'cilium', labels: { 'k8s-app': 'cilium' }, containers: [container('cilium-agent')] });
const FLANNEL = aDaemonSet({ name: 'kube-flannel-ds', labels: { app: 'flannel' }, containers: [container('kube-flannel')] });

const NODES: Readonly<Record<string, Node>> = {
  linux: aNode({ name: 'linux' }),
  windows: aNode({ name: 'windows', operatingSystem: 'windows' }),
  fargate: aNode({ name: 'fargate', labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }),
};
const owned = (nodeName: string): Pod => aPod({ nodeName, owner: { kind: 'ReplicaSet', name: 'web' } });

const of = (daemonSets: readonly DaemonSet[], autoMode = false) =>
  policyEnforcement(daemonSets, new Map(Object.entries(NODES)), { autoMode });

describe('policies are enforced', () => {
  test.each<[string, readonly DaemonSet[], object]>([
    ['by the VPC CNI, where it is switched on', [vpcCni({}, ON)], { kind: 'enforced', by: 'vpc-cni' }],
    ['by Calico beside the VPC CNI', [vpcCni({}, '--enable-network-policy=false'), CALICO], { kind: 'enforced', by: 'calico' }],
    ['by Cilium, chained on the VPC CNI', [vpcCni(), CILIUM], { kind: 'enforced', by: 'cilium' }],
    ['by nobody, where the VPC CNI’s agent is off', [vpcCni({}, '--enable-network-policy=false')], { kind: 'not-enforced' }],
    ['by nobody, where the VPC CNI has no such agent', [awsNode()], { kind: 'not-enforced' }],
    ['by nobody, with flannel', [FLANNEL], { kind: 'not-enforced' }],
    [
      'by two, which nobody has described',
      [vpcCni({}, ON), CALICO],
      { kind: 'unknown', reason: 'vpc-cni and calico both enforce network policies' },
    ],
  ])('%s', (_, daemonSets, expected) => {
    expect(of(daemonSets)).toMatchObject(expected);
  });

  test('as nobody can tell, in Auto Mode', () => {
    expect(of([], true)).toMatchObject({ kind: 'unknown' });
  });
});

describe('on a pod', () => {
  test.each<[string, DaemonSet, Pod, string]>([
    ['of a Linux node', vpcCni({}, ON), owned('linux'), 'policies'],
    ['of a Windows node', vpcCni({}, ON), owned('windows'), 'none'],
    ['of Fargate', vpcCni({}, ON), owned('fargate'), 'none'],
    ['without an owner', vpcCni({}, ON), aPod({ nodeName: 'linux' }), 'uncertain'],
    ['in strict mode', vpcCni({ NETWORK_POLICY_ENFORCING_MODE: 'strict' }, ON), owned('linux'), 'denied-until-selected'],
    [
      'in strict mode, without an owner',
      vpcCni({ NETWORK_POLICY_ENFORCING_MODE: 'strict' }, ON),
      aPod({ nodeName: 'linux' }),
      'denied-until-selected',
    ],
    ['of a Linux node, by Calico', CALICO, aPod({ nodeName: 'linux' }), 'policies'],
    ['of Fargate, by Calico', CALICO, owned('fargate'), 'none'],
    ['that has no node yet', CALICO, owned(''), 'policies'],
  ])('%s', (_, daemonSet, pod, expected) => {
    const enforced = of([daemonSet]);
    expect(enforced.kind === 'enforced' && enforced.enforcement(pod)).toBe(expected);
  });
});
