import { describe, expect, test } from 'vitest';
import type { NodeClass } from '#lib/model/karpenter.ts';
import type { DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';
import { type AutoMode, policyEnforcement } from '#lib/network/policy/enforcement.ts';
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

const autoNode = (name: string, nodeClass?: string): Node =>
  aNode({
    name,
    labels: {
      'eks.amazonaws.com/compute-type': 'auto',
      ...(nodeClass === undefined ? {} : { 'eks.amazonaws.com/nodeclass': nodeClass }),
    },
  });

const NODES: Readonly<Record<string, Node>> = {
  linux: aNode({ name: 'linux' }),
  windows: aNode({ name: 'windows', operatingSystem: 'windows' }),
  fargate: aNode({ name: 'fargate', labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }),
  open: autoNode('open', 'default'),
  'open-as-written': autoNode('open-as-written', 'allowing'),
  shut: autoNode('shut', 'strict'),
  odd: autoNode('odd', 'odd'),
  orphan: autoNode('orphan', 'gone'),
  bare: autoNode('bare'),
};
const owned = (nodeName: string): Pod => aPod({ nodeName, owner: { kind: 'ReplicaSet', name: 'web' } });

const of = (daemonSets: readonly DaemonSet[], autoMode?: AutoMode) =>
  policyEnforcement(daemonSets, new Map(Object.entries(NODES)), autoMode);

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
    expect(of([], { nodeClasses: [], policiesReach: true })).toMatchObject({ kind: 'unknown' });
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

describe('on a pod of a cluster with Auto Mode', () => {
  const CLASSES: readonly NodeClass[] = [
    { name: 'default' },
    { name: 'allowing', networkPolicy: 'DefaultAllow' },
    { name: 'strict', networkPolicy: 'DefaultDeny' },
    { name: 'odd', networkPolicy: 'DefaultMaybe' },
  ];
  const ALLOWING = CLASSES.slice(0, 2);
  const unknown = (reason: string) => ({ kind: 'default-unknown', reason: expect.stringContaining(reason) });
  test.each<[string, string, readonly NodeClass[] | undefined, unknown]>([
    ['whose NodeClass sets nothing', 'open', CLASSES, 'policies'],
    ['whose NodeClass allows by default', 'open-as-written', CLASSES, 'policies'],
    ['whose NodeClass denies by default', 'shut', CLASSES, { kind: 'default-deny', nodeClass: 'strict', policiesReach: true }],
    ['whose NodeClass says something else', 'odd', CLASSES, unknown('NodeClass odd has networkPolicy: DefaultMaybe')],
    ['whose NodeClass is not there', 'orphan', CLASSES, unknown('NodeClass gone')],
    ['whose node does not tell it', 'bare', CLASSES, unknown('no label eks.amazonaws.com/nodeclass')],
    ['where NodeClasses were not read', 'open', undefined, unknown('were not read')],
    ['that has no node yet', '', CLASSES, unknown('its node is not known')],
    ['that has no node yet, where every NodeClass allows by default', '', ALLOWING, 'policies'],
    ['that has no node yet, where there is no NodeClass', '', [], unknown('its node is not known')],
    ['of a node that is not of Auto Mode', 'linux', CLASSES, 'denied-until-selected'],
    ['of such a node, where NodeClasses were not read', 'linux', undefined, 'denied-until-selected'],
    ['of Fargate', 'fargate', CLASSES, 'none'],
  ])('%s', (_, nodeName, nodeClasses, expected) => {
    const strict = vpcCni({ NETWORK_POLICY_ENFORCING_MODE: 'strict' }, ON);
    const found = of([strict], { nodeClasses, policiesReach: true });
    const judged = found.kind === 'unknown' ? found.enforcement?.(owned(nodeName)) : undefined;
    if (typeof expected === 'string') expect(judged).toBe(expected);
    else expect(judged).toMatchObject(expected as object);
  });
  test('of a node that nobody enforces on', () => {
    const found = of([], { nodeClasses: CLASSES, policiesReach: true });
    expect(found.kind === 'unknown' && found.enforcement?.(owned('linux'))).toBe('policies');
  });
});
