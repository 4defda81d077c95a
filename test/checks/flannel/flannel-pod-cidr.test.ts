import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/flannel/flannel-pod-cidr.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { flannelAgent, flannelConfigMap } from '#test/network/flannel/flannel-objects.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aNode, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const YOUNG = '2026-11-24T02:58:00Z';
const nodes = (...cidrs: readonly (string | readonly string[])[]): Node[] =>
  cidrs.map((podCidrs, at) => aNode({ name: `n${at + 1}`, podCidrs: [podCidrs].flat().filter(Boolean) }));

const judge = (given: Given) =>
  runCheck(check, aSnapshot({ daemonSets: [flannelAgent()], configMaps: [flannelConfigMap()], ...given }));
const verdictsOf = (given: Given) =>
  judge(given).findings.map(({ verdict, resource }) => [verdict, resource.kind === 'cluster' ? 'cluster' : resource.id]);

describe('the podCIDRs of nodes', () => {
  test.each<[string, readonly Node[], readonly Verdict[]]>([
    ['one each', nodes('10.244.0.0/24', '10.244.1.0/24'), ['ok', 'ok']],
    ['one without', nodes('10.244.0.0/24', ''), ['ok', 'critical']],
    ['a young one without', [aNode({ name: 'n1', createdAt: YOUNG })], ['ok']],
    ['the same twice', nodes('10.244.0.0/24', '10.244.0.0/24', '10.244.1.0/24'), ['critical', 'critical', 'ok']],
    ['one inside of another', nodes('10.244.0.0/23', '10.244.1.0/24'), ['critical', 'critical']],
    ['outside of the network', nodes('10.244.0.0/24', '10.245.0.0/24'), ['ok', 'critical']],
    ['in the range of Services', nodes('172.20.3.0/24'), ['critical']],
    ['no CIDR', nodes('10.244.0.0/24', ['10.244.1.0/24', 'x']), ['ok', 'unknown']],
    ['a Fargate node needs none', [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })], []],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf({ nodes: [...given] }).map(([verdict]) => verdict)).toEqual(verdicts);
  });

  test('in the VPC', () => {
    const configMaps = [flannelConfigMap({ Network: '10.0.0.0/8', Backend: { Type: 'vxlan' } })];
    expect(verdictsOf({ configMaps, nodes: nodes('10.0.7.0/24', '10.244.1.0/24') })).toEqual([
      ['warning', 'cluster'],
      ['critical', 'n1'],
      ['ok', 'n2'],
    ]);
  });

  const DUAL = { Network: '10.244.0.0/16', EnableIPv6: true, IPv6Network: 'fd00::/48' };
  test.each<[string, unknown, readonly string[], Verdict]>([
    ['both families, and both are there', DUAL, ['10.244.0.0/24', 'fd00::/64'], 'ok'],
    ['both families, and one is missing', DUAL, ['10.244.0.0/24'], 'critical'],
    ['both families, one outside', DUAL, ['10.244.0.0/24', 'fd01::/64'], 'critical'],
    ['IPv6 alone', { EnableIPv4: false, EnableIPv6: true, IPv6Network: 'fd00::/48' }, ['fd00::/64'], 'ok'],
    ['a family that flannel does not serve', { Network: '10.244.0.0/16' }, ['10.244.0.0/24', 'fd01::/64'], 'ok'],
  ])('%s', (_name, netConf, podCidrs, verdict) => {
    expect(verdictsOf({ configMaps: [flannelConfigMap(netConf)], nodes: nodes(podCidrs) })).toEqual([[verdict, 'n1']]);
  });
});

describe('what is not known', () => {
  const GOOD = nodes('10.244.0.0/24');
  test.each<[string, Given, readonly Verdict[]]>([
    ['configuration not read', { configMaps: DENIED }, ['unknown', 'unknown']],
    ['configuration absent', { configMaps: [] }, ['unknown', 'unknown']],
    [
      'configuration refused',
      { configMaps: [{ namespace: 'kube-flannel', name: 'kube-flannel-cfg', omitted: [], unread: 'x' }] },
      ['unknown', 'unknown'],
    ],
    ['configuration no JSON', { configMaps: [flannelConfigMap('{')] }, ['unknown', 'unknown']],
    ['configuration of another shape', { configMaps: [flannelConfigMap({ Network: 7 })] }, ['unknown', 'unknown']],
    ['a network that is no CIDR', { configMaps: [flannelConfigMap({ Network: 'ten' })] }, ['unknown', 'unknown']],
    ['VPC not read', { vpc: DENIED }, ['unknown', 'ok']],
    ['cluster not read', { cluster: DENIED }, ['unknown', 'ok']],
    ['an etcd of its own', { daemonSets: [flannelAgent(['--etcd-endpoints=x'])] }, ['unknown']],
    [
      'Canal, by what its nodes say',
      {
        daemonSets: [flannelAgent([], { name: 'canal', labels: {} })],
        nodes: GOOD.map((node) => ({ ...node, annotations: { 'flannel.alpha.coreos.com/kube-subnet-manager': 'true' } })),
      },
      ['ok'],
    ],
    ['no flannel', { daemonSets: [awsNode()], configMaps: DENIED }, ['not-applicable']],
    ['flannel on no node', { daemonSets: [flannelAgent([], { desired: 0 })] }, ['not-applicable']],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf({ nodes: GOOD, cluster: aCluster(), ...given }).map(([verdict]) => verdict)).toEqual(verdicts);
  });
});

test('the finding names the numbers', () => {
  const { findings } = judge({ nodes: nodes('10.245.0.0/24', '10.245.0.0/25') });
  expect(findings[0]).toEqual({
    verdict: 'critical',
    resource: { kind: 'node', id: 'n1', name: 'n1' },
    summary: "n1 has the podCIDR 10.245.0.0/24; it shares addresses with n2; it lies outside of flannel's network.",
    evidence: {
      podCidrs: ['10.245.0.0/24'],
      capacity: 254,
      allocatablePods: 29,
      sharedWith: ['n2'],
      outsideNetwork: true,
      overlapsVpc: [],
      overlapsServices: [],
    },
    timeToImpact: 'immediate',
  });
});
