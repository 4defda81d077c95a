import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cni/cni-conflicts.ts';
import type { ConfigMap, DaemonSet } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aDaemonSet, aNode, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Containers = DaemonSet['containers'];

const linux = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
const NODES = [aNode({ name: 'n1', labels: linux }), aNode({ name: 'n2', labels: { ...linux, pool: 'other' } })];

const container = (name: string, over: Partial<Containers[number]> = {}): Containers[number] => ({
  name,
  image: `${name}:v1.2.3`,
  init: false,
  env: {},
  args: [],
  ...over,
});
const calico = (
  over: Partial<Containers[number]> = {},
  others: Containers = [container('install-cni', { init: true })],
): DaemonSet =>
  aDaemonSet({
    name: 'calico-node',
    labels: { 'k8s-app': 'calico-node' },
    containers: [...others, container('calico-node', over)],
  });
const cilium = (args: string[] = [], over: Partial<DaemonSet> = {}): DaemonSet =>
  aDaemonSet({ name: 'cilium', labels: { 'k8s-app': 'cilium' }, containers: [container('cilium-agent', { args })], ...over });
const flannel = aDaemonSet({ name: 'kube-flannel-ds', labels: { app: 'flannel' }, containers: [container('kube-flannel')] });
const config = (data: Record<string, string>): ConfigMap[] => [
  { namespace: 'kube-system', name: 'cilium-config', data, omitted: [] },
];
const together = (daemonSets: DaemonSet[], over: Given = {}): Given => ({ nodes: NODES, daemonSets, ...over });
const judge = (given: Given) => runCheck(check, aSnapshot(given)).findings;

describe('the verdict', () => {
  test.each<[string, Given, Verdict]>([
    ['one CNI', together([awsNode()]), 'ok'],
    ['none', together([]), 'not-applicable'],
    ['the VPC CNI and flannel', together([awsNode(), flannel]), 'critical'],
    ['the VPC CNI and Calico with a network of its own', together([awsNode(), calico()]), 'critical'],
    [
      'the VPC CNI and Calico without a backend',
      together([awsNode(), calico({ env: { CALICO_NETWORKING_BACKEND: 'none' } })]),
      'ok',
    ],
    ['the VPC CNI and Calico that installs no plugin', together([awsNode(), calico({}, [])]), 'ok'],
    ['flannel and Calico for policies', together([flannel, calico({}, [])]), 'ok'],
    [
      'the VPC CNI and Cilium that chains',
      together([awsNode(), cilium()], { configMaps: config({ 'cni-chaining-mode': 'aws-cni' }) }),
      'ok',
    ],
    ['the same by a flag', together([awsNode(), cilium(['--cni-chaining-mode=aws-cni'])], { configMaps: DENIED }), 'ok'],
    [
      'the VPC CNI and Cilium that does not',
      together([awsNode(), cilium()], { configMaps: config({ ipam: 'eni' }) }),
      'critical',
    ],
    ['the VPC CNI and Cilium of which nothing was read', together([awsNode(), cilium()], { configMaps: DENIED }), 'unknown'],
    ['two DaemonSets of one CNI', together([awsNode(), awsNode({}, { namespace: 'other' })]), 'critical'],
    [
      'each on nodes of its own',
      together([awsNode({}, { nodeSelector: { pool: 'none' } }), cilium([], { nodeSelector: { pool: 'other' } })]),
      'ok',
    ],
    ['two, and no node', together([awsNode(), flannel], { nodes: [] }), 'unknown'],
  ])('%s: %s', (_situation, given, verdict) => {
    expect(judge(given).map((finding) => finding.verdict)).toEqual([verdict]);
  });
});

test('it names the two and the nodes on which they meet', () => {
  const [finding] = judge(together([awsNode(), cilium([], { nodeSelector: { pool: 'other' } })], { configMaps: config({}) }));
  expect(finding?.evidence).toMatchObject({ pair: ['vpc-cni', 'cilium'], nodes: ['n2'], nodeCount: 1 });
});

test('every two of three are judged', () => {
  expect(judge(together([awsNode(), flannel, calico({}, [])])).map(({ verdict }) => verdict)).toEqual(['critical', 'ok', 'ok']);
});
