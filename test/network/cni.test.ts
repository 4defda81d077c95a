import { expect, test } from 'vitest';
import { findCnis, versionAtLeast } from '#lib/network/cni.ts';
import { vpcCniSettings } from '#lib/network/vpc-cni.ts';
import { aDaemonSet, awsNode } from '#test/scenarios/slices.ts';

const agent = (container: string, image: string, over: Parameters<typeof aDaemonSet>[0]) =>
  aDaemonSet({ containers: [{ name: container, image, init: false, env: {}, args: [] }], ...over });

test.each([
  ['aws-node', awsNode(), 'vpc-cni', 'v1.20.4-eksbuild.1'],
  [
    'Cilium in a namespace of its own',
    agent('cilium-agent', 'quay.io/cilium/cilium:v1.20.2@sha256:ab', {
      namespace: 'cilium',
      name: 'cilium',
      labels: { 'k8s-app': 'cilium' },
    }),
    'cilium',
    'v1.20.2',
  ],
  [
    'Calico by its operator',
    agent('calico-node', 'quay.io/calico/node:v3.31.0', {
      namespace: 'calico-system',
      name: 'calico-node',
      selector: { matchLabels: { 'k8s-app': 'calico-node' } },
    }),
    'calico',
    'v3.31.0',
  ],
  [
    'flannel',
    agent('kube-flannel', 'ghcr.io/flannel-io/flannel:v0.28.0', {
      namespace: 'kube-flannel',
      name: 'kube-flannel-ds',
      labels: { app: 'flannel' },
    }),
    'flannel',
    'v0.28.0',
  ],
  ['an image by digest alone', agent('cilium-agent', 'registry:5000/cilium@sha256:ab', { name: 'cilium' }), 'cilium', undefined],
])('%s is found', (_, daemonSet, kind, version) => {
  const [cni, ...others] = findCnis([aDaemonSet(), daemonSet]);
  expect(others).toEqual([]);
  expect(cni).toMatchObject({ kind, daemonSet });
  expect(cni?.version).toBe(version);
});

test.each([
  ['a DaemonSet that only shares the label', aDaemonSet({ labels: { 'k8s-app': 'aws-node' } })],
  [
    'an init container of that name',
    aDaemonSet({ name: 'aws-node', containers: [{ name: 'aws-node', image: 'x', init: true, env: {}, args: [] }] }),
  ],
])('%s is no CNI', (_, daemonSet) => expect(findCnis([daemonSet])).toEqual([]));

test.each([
  ['v1.22.1-eksbuild.1', '1.22.1', true],
  ['1.22.0', '1.22.1', false],
  ['v1.9', '1.9.0', true],
  ['v1.10.3', '1.9.0', true],
  ['v2.0.0', '1.22.1', true],
  ['latest', '1.22.1', undefined],
  [undefined, '1.22.1', undefined],
] as const)('is %s at least %s? %s', (version, least, answer) => expect(versionAtLeast(version, least)).toBe(answer));

const settings = (env: Record<string, string>) => {
  const [cni] = findCnis([awsNode(env)]);
  if (cni === undefined) throw new Error('aws-node was not found');
  return vpcCniSettings(cni);
};

test("settings that are not set are ipamd's own defaults, not the manifest's", () => {
  const [cni] = findCnis([{ ...awsNode(), containers: awsNode().containers.map((container) => ({ ...container, env: {} })) }]);
  expect(cni && vpcCniSettings(cni)).toEqual({
    version: 'v1.20.4-eksbuild.1',
    prefixDelegation: false,
    customNetworking: false,
    eniConfigAnnotation: 'k8s.amazonaws.com/eniConfig',
    eniConfigLabel: 'k8s.amazonaws.com/eniConfig',
    podEni: false,
    podSecurityGroupEnforcingMode: 'strict',
    externalSnat: false,
    subnetDiscovery: true,
    ipv6: false,
    multiNic: false,
    warmEniTarget: 1,
    warmPrefixTarget: 0,
  });
});

test.each([
  [{ ENABLE_PREFIX_DELEGATION: 'true' }, { prefixDelegation: true }],
  [{ ENABLE_PREFIX_DELEGATION: 'True' }, { prefixDelegation: true }],
  [{ ENABLE_PREFIX_DELEGATION: 'yes' }, { prefixDelegation: false }],
  [{ MAX_ENI: '2' }, { maxEni: 2 }],
  [
    { WARM_IP_TARGET: '5', MINIMUM_IP_TARGET: '10' },
    { warmIpTarget: 5, minimumIpTarget: 10 },
  ],
  [{ ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' }, { eniConfigLabel: 'topology.kubernetes.io/zone' }],
  [{ POD_SECURITY_GROUP_ENFORCING_MODE: 'standard' }, { podSecurityGroupEnforcingMode: 'standard' }],
  [{ ENABLE_SUBNET_DISCOVERY: 'false' }, { subnetDiscovery: false }],
])('%j is read as %j', (env, expected) => expect(settings(env)).toMatchObject(expected));

test.each([{ MAX_ENI: '-1' }, { MAX_ENI: '0' }, { WARM_IP_TARGET: '0' }, { WARM_IP_TARGET: 'five' }])(
  '%j sets no limit and no target',
  (env) => {
    expect(settings(env).maxEni).toBeUndefined();
    expect(settings(env).warmIpTarget).toBeUndefined();
  },
);
