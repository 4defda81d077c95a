import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cni/cni-version.ts';
import type { Addon } from '#lib/model/eks.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aDaemonSet, aNode, aPod, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const REPOSITORY = '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni';
const linux = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
const agent = (nodeName: string, image: string): Pod =>
  aPod({
    namespace: 'kube-system',
    name: `aws-node-${nodeName}`,
    owner: { kind: 'DaemonSet', name: 'aws-node' },
    nodeName,
    hostNetwork: true,
    containers: [
      { name: 'aws-vpc-cni-init', image: 'init:v0.1.0', init: true, ready: true, restartCount: 0, ports: [] },
      { name: 'aws-node', image, init: false, ready: true, restartCount: 0, ports: [] },
      { name: 'aws-eks-nodeagent', image: 'agent:v1.2.6', init: false, ready: true, restartCount: 0, ports: [] },
    ],
  });
const addon = (addonVersion: string, over: Partial<Addon> = {}): Addon => ({
  addonName: 'vpc-cni',
  addonVersion,
  healthIssues: [],
  ...over,
});

/** aws-node with a version by its DaemonSet, and the versions that nodes run. */
function running(
  version: string,
  tags = [version, version],
  env: Readonly<Record<string, string>> = {},
  over: Given = {},
): Given {
  const daemonSet = awsNode(env, { desired: tags.length, updated: tags.length });
  const containers = daemonSet.containers.map((container) => ({ ...container, image: `${REPOSITORY}:${version}` }));
  return {
    nodes: tags.map((_, at) => aNode({ name: `n${at + 1}`, labels: linux })),
    pods: tags.map((tag, at) => agent(`n${at + 1}`, `${REPOSITORY}:${tag}`)),
    daemonSets: [{ ...daemonSet, containers }],
    ...over,
  };
}
const rollingOut = (given: Given): Given => ({ ...given, daemonSets: [awsNode({}, { desired: 2, updated: 1 })] });
const NEW = 'v1.20.4-eksbuild.1';
const OLD = 'v1.18.2-eksbuild.1';
const judge = (given: Given, options = {}) => runCheck(check, aSnapshot(given), options).findings;

describe('the verdict', () => {
  test.each<[string, Given, Verdict]>([
    ['one version, recent enough', running(NEW), 'ok'],
    ['exactly the one that EKS names', running('v1.20.1'), 'ok'],
    ['older than EKS names', running(OLD), 'warning'],
    [
      'older than EKS names for the newest Kubernetes known',
      running(OLD, [OLD], {}, { cluster: aCluster({ version: '1.40' }) }),
      'warning',
    ],
    ['a Kubernetes older than the table', running(OLD, [OLD], {}, { cluster: aCluster({ version: '1.20' }) }), 'ok'],
    ['two versions', running('v1.21.1', [NEW, 'v1.21.1']), 'warning'],
    ['two versions in a rollout', rollingOut(running(NEW, ['v1.20.3', NEW])), 'ok'],
    ['an add-on of the same version and another build', running(NEW, [NEW], {}, { addons: [addon('v1.20.4-eksbuild.3')] }), 'ok'],
    ['an add-on that states another version', running(NEW, [NEW], {}, { addons: [addon('v1.21.1-eksbuild.1')] }), 'warning'],
    ['an add-on that is being updated', running(NEW, [NEW], {}, { addons: [addon('v1.21.1', { status: 'UPDATING' })] }), 'ok'],
    ['an image without a version', running('stable'), 'unknown'],
    ['a digest', { ...running(NEW), pods: [agent('n1', `${REPOSITORY}@sha256:12`)] }, 'unknown'],
    ['the cluster was not read', running(NEW, [NEW], {}, { cluster: DENIED }), 'unknown'],
    ['no known CNI', { nodes: [aNode()] }, 'unknown'],
    ['Auto Mode', { nodes: [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'auto' } })] }, 'not-applicable'],
  ])('%s: %s', (_situation, given, verdict) => {
    expect(judge(given).map((finding) => finding.verdict)).toEqual([verdict]);
  });
});

test.each<[string, Record<string, string>, string, string[]]>([
  ['prefixes before 1.9', { ENABLE_PREFIX_DELEGATION: 'true' }, 'v1.8.0', ['ENABLE_PREFIX_DELEGATION']],
  ['prefixes with 1.9', { ENABLE_PREFIX_DELEGATION: 'true' }, 'v1.9.0', []],
  ['IPv6 before 1.10.1', { ENABLE_IPv6: 'true', ENABLE_PREFIX_DELEGATION: 'true' }, 'v1.10.0', ['ENABLE_IPv6']],
  ['the enforcing mode at its default', { NETWORK_POLICY_ENFORCING_MODE: 'standard' }, 'v1.16.0', []],
  ['the strict enforcing mode', { NETWORK_POLICY_ENFORCING_MODE: 'strict' }, 'v1.16.0', ['NETWORK_POLICY_ENFORCING_MODE']],
  ['a cooldown of its own', { IP_COOLDOWN_PERIOD: '60' }, 'v1.14.0', ['IP_COOLDOWN_PERIOD']],
  ['a setting that is off', { ENABLE_MULTI_NIC: 'false' }, 'v1.18.0', []],
])('settings that the version does not know: %s', (_situation, env, version, missing) => {
  const [finding] = judge(running(version, [version], env));
  const names = finding?.evidence['missingFeatures'];
  expect(names).toEqual(missing.map((name) => ({ name, since: expect.any(String) })));
});

test('network policies need 1.14', () => {
  const given = running('v1.13.0');
  const [daemonSet = awsNode()] = Array.isArray(given.daemonSets) ? given.daemonSets : [];
  const nodeAgent = { name: 'aws-eks-nodeagent', image: 'a:1', init: false, env: {}, args: ['--enable-network-policy=true'] };
  const [finding] = judge({ ...given, daemonSets: [{ ...daemonSet, containers: [...daemonSet.containers, nodeAgent] }] });
  expect(finding?.evidence['missingFeatures']).toEqual([{ name: 'network policies', since: '1.14.0' }]);
});

test('it says how far back a rollback may go, and to what', () => {
  const [finding] = judge(running('v1.21.1', [NEW, 'v1.21.1'], { ENABLE_PREFIX_DELEGATION: 'true', ENABLE_POD_ENI: 'true' }));
  expect(finding?.evidence).toMatchObject({ rollbackTo: NEW, rollbackFloor: '1.9.0', versions: { [NEW]: 1, 'v1.21.1': 1 } });
});

test('an option raises the table', () => {
  expect(judge(running(NEW), { recommended: { '1.33': 'v1.21.1' } })[0]?.verdict).toBe('warning');
});

test('of another CNI the versions alone are judged', () => {
  const cilium = aDaemonSet({
    name: 'cilium',
    labels: { 'k8s-app': 'cilium' },
    containers: [{ name: 'cilium-agent', image: 'cilium:v1.18.1', init: false, env: {}, args: [] }],
  });
  const [finding] = judge({ nodes: [aNode()], daemonSets: [cilium], cluster: DENIED });
  expect(finding).toMatchObject({ verdict: 'ok', evidence: { cni: 'cilium', version: 'v1.18.1', recommended: null } });
});
