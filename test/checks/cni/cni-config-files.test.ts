import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cni/cni-config-files.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import type { CniConfigFile, ProbedNode } from '#lib/model/node-probe.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { AWS_BINARIES, AWS_CONFLIST } from '#lib/sandbox/builder/node-files.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aDaemonSet, aNode, anEni, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const file = (name: string, content: string, over: Partial<CniConfigFile> = {}): CniConfigFile => ({
  name,
  mode: '600',
  uid: 0,
  size: content.length,
  content,
  ...over,
});
const unread = (name: string, why: CniConfigFile['unread'], mode?: string, uid = 0): CniConfigFile => ({
  name,
  unread: why,
  ...(mode !== undefined && { mode, uid }),
});
const listOf = (...plugins: readonly object[]) => JSON.stringify({ cniVersion: '1.0.0', name: 'net', plugins });
const AWS = file('10-aws.conflist', AWS_CONFLIST);
const CALICO_CONFIG = file(
  '10-calico.conflist',
  listOf({ type: 'calico', kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig' }, ipam: { type: 'calico-ipam' } }),
);

function found(over: Partial<ProbedNode> = {}): ProbedNode {
  return {
    configFiles: [AWS],
    directories: [],
    binaries: [...AWS_BINARIES, 'calico', 'calico-ipam', 'cilium-cni'].map((name) => ({ name, mode: '755' })),
    kubeconfigs: [],
    bpfFileSystem: 'bpf',
    routes: [{ cidr: '0.0.0.0/0', gateway: '10.0.0.1', device: 'eth0' }],
    defaultRoutesV6: [],
    links: [],
    neighbours: [],
    cut: [],
    ...over,
  };
}

const NODE = 'n1';
const node = (over: Partial<Node> = {}) =>
  aNode({ name: NODE, labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' }, ...over });
const NOT_READY = {
  conditions: [{ type: 'Ready', status: 'False', message: 'container runtime network not ready: cni plugin not initialized' }],
};
const YOUNG = { createdAt: '2026-11-24T02:58:00Z' };
const agentOf = (name: string, container: string, env = {}) =>
  aDaemonSet({
    name,
    labels: { 'k8s-app': name },
    containers: [{ name: container, image: `${name}:v1`, init: false, env, args: [] }],
  });
const CILIUM = agentOf('cilium', 'cilium-agent');
const CALICO = agentOf('calico-node', 'calico-node');

const judge = (over: Partial<ProbedNode>, given: Given = {}) =>
  runCheck(
    check,
    aSnapshot({
      nodes: [node()],
      daemonSets: [awsNode()],
      nodeProbes: [{ nodeName: NODE, found: found(over) }],
      cluster: aCluster({ endpoint: 'https://0A1B.gr7.eu-west-1.eks.amazonaws.com' }),
      ...given,
    }),
  ).findings;

/** Undefined where nothing is wrong or known to be. */
type Says = RegExp | undefined;

describe('the configuration that decides', () => {
  test.each<[string, readonly CniConfigFile[], Verdict, string | undefined, Says, Given?]>([
    ['valid', [AWS], 'ok', undefined, /^n1: 10-aws\.conflist decides and can be used, and what it needs is there\.$/],
    [
      'lines that end as in Windows',
      [file('10-aws.conflist', AWS_CONFLIST.replaceAll('\n', '\r\n'))],
      'ok',
      undefined,
      undefined,
    ],
    ['none at all', [], 'critical', 'no-config', /no CNI configuration is in \/etc\/cni\/net\.d/],
    ['none yet, on a young node', [], 'ok', undefined, /it is young/, { nodes: [node(YOUNG)] }],
    [
      'cut off',
      [file('10-aws.conflist', AWS_CONFLIST.slice(0, 200))],
      'critical',
      'invalid-config',
      /it ends in the middle \(line 11, column 7\)/,
    ],
    [
      'a comma too many',
      [file('10-aws.conflist', '{"name":"a","plugins":[],}')],
      'critical',
      'invalid-config',
      /a comma stands before }/,
    ],
    ['a byte order mark', [file('10-aws.conflist', `\ufeff${AWS_CONFLIST}`)], 'critical', 'invalid-config', /byte order mark/],
    ['NUL bytes', [file('10-aws.conflist', `${AWS_CONFLIST}\0\0`)], 'critical', 'invalid-config', /something follows its end/],
    ['empty', [file('10-aws.conflist', '')], 'critical', 'invalid-config', /it is empty/],
    ['a list in a .conf', [file('10-aws.conf', AWS_CONFLIST)], 'critical', 'invalid-config', /must end in \.conflist/],
    [
      'broken, before one that is valid',
      [AWS, file('00-x.conf', '{')],
      'critical',
      'invalid-config',
      /00-x\.conf, which decides, cannot be used/,
    ],
    [
      'valid, before one that is broken',
      [AWS, file('99-x.conf', '{')],
      'warning',
      'several-configs',
      /10-aws\.conflist decides, and 99-x\.conf beside it/,
    ],
    [
      'of another CNI',
      [AWS, file('05-cilium.conflist', listOf({ type: 'cilium-cni' }))],
      'critical',
      'other-cni several-configs',
      /asks the agent of cilium, and the node has that of vpc-cni/,
    ],
    [
      'two that mean each other',
      [AWS, file('05-cilium.conflist', listOf({ type: 'aws-cni' }, { type: 'cilium-cni' }))],
      'ok',
      undefined,
      undefined,
    ],
    [
      'a directory for newer runtimes',
      [file('10-a.conflist', '{"name":"a","plugins":[]}')],
      'unknown',
      undefined,
      /may not be usable.*older container runtimes/,
    ],
    ['longer than is read', [file('10-aws.conflist', AWS_CONFLIST, { size: 20_000 })], 'unknown', undefined, /20000 bytes/],
    [
      'a link to nothing',
      [unread('10-aws.conflist', 'dangling')],
      'critical',
      'unreadable-config',
      /a link to a file that is not there/,
    ],
    ['a link out of the directory', [unread('10-aws.conflist', 'outside')], 'unknown', undefined, /where cniwatch does not look/],
    ['no regular file', [unread('10-aws.conflist', 'special', '600')], 'critical', 'unreadable-config', /no regular file/],
    ['one of too many', [unread('10-aws.conflist', 'omitted')], 'unknown', undefined, /too many files/],
    [
      'readable for nobody',
      [unread('10-aws.conflist', 'refused', '0')],
      'warning',
      'unreadable-config',
      /its mode is 000, its owner 0; the container runtime still has/,
    ],
    [
      'readable for nobody, and the network is gone',
      [unread('10-aws.conflist', 'refused', '0')],
      'critical',
      'unreadable-config',
      /its mode is 000/,
      { nodes: [node(NOT_READY)] },
    ],
    [
      'readable for somebody else alone',
      [unread('10-aws.conflist', 'refused', '600', 1000)],
      'warning',
      'unreadable-config',
      /its owner 1000/,
    ],
    [
      'not read, whatever its mode',
      [unread('10-aws.conflist', 'refused', '600')],
      'unknown',
      undefined,
      /could not be read though its mode 600 allows it/,
    ],
  ])('%s', (_, configFiles, verdict, kind, says, given = {}) => {
    const [finding] = judge({ configFiles: [...configFiles], directories: ['a'] }, given);
    expect(finding).toMatchObject({ verdict, resource: { kind: 'node', id: NODE } });
    expect(finding?.evidence['problems']).toEqual(kind?.split(' ') ?? []);
    if (says) expect(finding?.summary).toMatch(says);
  });
});

describe('what the configuration needs', () => {
  const without = (...names: readonly string[]) => ({ binaries: found().binaries.filter(({ name }) => !names.includes(name)) });
  const calico = (servers: readonly string[], over: Partial<ProbedNode> = {}) => ({
    configFiles: [CALICO_CONFIG],
    kubeconfigs: [{ path: 'calico-kubeconfig', servers: [...servers] }],
    ...over,
  });
  const onCalico: Given = { daemonSets: [CALICO] };
  const withControlPlane: Given = {
    ...onCalico,
    networkInterfaces: [anEni({ description: 'Amazon EKS shop-prod', privateIpAddresses: ['10.0.1.7'] })],
  };

  test.each<[string, Partial<ProbedNode>, Verdict, readonly string[], Says, Given?]>([
    ['a plugin that is not there', without('aws-cni'), 'critical', ['missing-binary'], /aws-cni is missing from \/opt\/cni\/bin/],
    ['the plugin that counts addresses', without('host-local'), 'critical', ['missing-binary'], /host-local is missing/],
    ['the loopback', without('loopback', 'portmap'), 'critical', ['missing-binary'], /portmap, loopback are missing/],
    [
      'a plugin that cannot be run',
      { binaries: found().binaries.map((one) => ({ ...one, mode: '644' })) },
      'critical',
      ['missing-binary'],
      /cannot be run/,
    ],
    [
      'a plugin that is a link out of the directory',
      { binaries: found().binaries.map(({ name }) => ({ name })) },
      'ok',
      [],
      undefined,
    ],
    ['more plugins than were read', { ...without('aws-cni'), cut: ['binaries'] }, 'unknown', [], /may be missing/],
    ['plugins that are yet to come', { binaries: [] }, 'ok', [], /it is young/, { nodes: [node(YOUNG)] }],
    ['the Service kubernetes', calico(['https://172.20.0.1:443']), 'ok', [], undefined, onCalico],
    [
      'an API server of before',
      calico(['https://10.0.1.8:443']),
      'critical',
      ['stale-api-server'],
      /calico-kubeconfig names the wrong API server: 10\.0\.1\.8/,
      withControlPlane,
    ],
    [
      'an API server for a time',
      calico(['https://10.0.1.7']),
      'warning',
      ['stale-api-server'],
      /for a time only/,
      withControlPlane,
    ],
    ['an API server that nobody knows', calico(['https://proxy']), 'unknown', [], /is not known/, onCalico],
    ['no API server', calico([]), 'critical', ['stale-api-server'], /names no API server/, onCalico],
    [
      'no kubeconfig',
      { configFiles: [CALICO_CONFIG] },
      'critical',
      ['missing-kubeconfig'],
      /calico-kubeconfig, which its plugin needs, is not there/,
      onCalico,
    ],
    [
      'a kubeconfig that cannot be read',
      calico([], { kubeconfigs: [{ path: 'calico-kubeconfig', servers: [], unread: true }] }),
      'unknown',
      [],
      /could not be read/,
      onCalico,
    ],
    [
      'a kubeconfig that nobody uses any more',
      { kubeconfigs: [{ path: 'calico-kubeconfig', servers: ['https://10.9.9.9'] }] },
      'ok',
      [],
      undefined,
      { ...withControlPlane, daemonSets: [awsNode()] },
    ],
    [
      'the endpoint, cluster not read',
      calico(['https://0A1B.gr7.eu-west-1.eks.amazonaws.com']),
      'unknown',
      [],
      /the cluster was not read/,
      { ...onCalico, cluster: DENIED },
    ],
  ])('%s', (_, over, verdict, problems, says, given) => {
    const [finding] = judge(over, given);
    expect([finding?.verdict, finding?.evidence['problems']]).toEqual([verdict, problems]);
    if (says) expect(finding?.summary).toMatch(says);
  });
});

describe('the BPF file system', () => {
  const enforcing = awsNode(
    {},
    {
      containers: [
        ...awsNode().containers,
        { name: 'aws-eks-nodeagent', image: 'a:1', init: false, env: {}, args: ['--enable-network-policy=true'] },
      ],
    },
  );
  const CILIUM_FILES = { configFiles: [file('05-cilium.conflist', listOf({ type: 'cilium-cni' }))] };
  const unmounted = { bpfFileSystem: 'sysfs' };
  const felix = (bpfEnabled: boolean): Given => ({
    cniResources: [
      { apiVersion: 'crd.projectcalico.org/v1', kind: 'FelixConfiguration', name: 'default', labels: {}, spec: { bpfEnabled } },
    ],
  });
  const onCalico = { configFiles: [file('10-calico.conflist', listOf({ type: 'calico' }))], ...unmounted };
  test.each<[string, Partial<ProbedNode>, Given, Verdict, Says]>([
    ['mounted, under Cilium', CILIUM_FILES, { daemonSets: [CILIUM] }, 'ok', undefined],
    [
      'not mounted, under Cilium',
      { ...CILIUM_FILES, ...unmounted },
      { daemonSets: [CILIUM] },
      'critical',
      /\/sys\/fs\/bpf is not mounted, which Cilium needs/,
    ],
    [
      'not to be seen, under Cilium',
      { ...CILIUM_FILES, bpfFileSystem: undefined },
      { daemonSets: [CILIUM] },
      'unknown',
      /not to be seen/,
    ],
    ['not mounted, under the VPC CNI', unmounted, {}, 'ok', undefined],
    [
      'not mounted, and the VPC CNI enforces policies',
      unmounted,
      { daemonSets: [enforcing] },
      'critical',
      /network policies of the VPC CNI needs/,
    ],
    [
      'not mounted, under Calico with eBPF',
      onCalico,
      { daemonSets: [CALICO], ...felix(true) },
      'critical',
      /Calico's eBPF mode needs/,
    ],
    ['not mounted, under Calico without', onCalico, { daemonSets: [CALICO], ...felix(false) }, 'ok', undefined],
    [
      'not mounted, under Calico of which nothing is known',
      onCalico,
      { daemonSets: [CALICO], cniResources: DENIED },
      'unknown',
      /is not known/,
    ],
  ])('%s', (_, over, given, verdict, says) => {
    const [finding] = judge(over as Partial<ProbedNode>, given);
    expect(finding?.verdict).toBe(verdict);
    if (says) expect(finding?.summary).toMatch(says);
  });
});

describe('the default route', () => {
  const ipv6: Given = { cluster: aCluster({ ipFamily: 'ipv6' }) };
  test.each<[string, Partial<ProbedNode>, Given, Verdict]>([
    ['none', { routes: [] }, {}, 'critical'],
    ['of IPv6 alone, in a cluster of IPv4', { routes: [], defaultRoutesV6: ['eth0'] }, {}, 'critical'],
    ['of IPv6 alone, in a cluster of IPv6', { routes: [], defaultRoutesV6: ['eth0'] }, ipv6, 'ok'],
    ['of IPv4 alone, in a cluster of IPv6', {}, ipv6, 'critical'],
    ['of either, in a cluster that was not read', { routes: [], defaultRoutesV6: ['eth0'] }, { cluster: DENIED }, 'ok'],
    ['more routes than were read', { routes: [], cut: ['routes'] }, {}, 'unknown'],
  ])('%s', (_, over, given, verdict) => {
    expect(judge(over, given)[0]?.verdict).toBe(verdict);
  });
});

test('all that is wrong is told at once, the worst first for what to do', () => {
  const [finding] = judge({
    configFiles: [file('10-aws.conflist', '{'), file('99-x.conf', '{}')],
    routes: [],
    bpfFileSystem: 'sysfs',
  });
  expect(finding).toMatchObject({
    verdict: 'critical',
    summary:
      'n1: 10-aws.conflist, which decides, cannot be used: it is no valid JSON: it ends in the middle (line 1, column 2); it has no default route.',
    evidence: {
      problems: ['invalid-config', 'no-default-route'],
      configFiles: [
        { name: '10-aws.conflist', mode: '600', uid: 0, size: 1 },
        { name: '99-x.conf', mode: '600', uid: 0, size: 2 },
      ],
      network: null,
      plugins: null,
      bpfMounted: false,
      defaultRoute: false,
    },
    timeToImpact: 'immediate',
    remediation: 'repair-cni-config',
  });
});

test.each<[string, Given, Verdict, RegExp]>([
  [
    'a node that told nothing',
    { nodeProbes: [{ nodeName: NODE, unread: 'Its pod failed: OutOfpods.' }] },
    'unknown',
    /not read: Its pod failed: OutOfpods\./,
  ],
  ['no node that could be asked', { nodeProbes: [] }, 'unknown', /kubelets of all of them are silent/],
  [
    'no node with an agent',
    { nodeProbes: [], nodes: [node({ labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })] },
    'not-applicable',
    /No node takes/,
  ],
])('%s', (_, given, verdict, summary) => {
  expect(judge({}, given)).toMatchObject([{ verdict, summary: expect.stringMatching(summary) }]);
});

test('a node that is gone meanwhile is judged by what is on it', () => {
  expect(judge({}, { nodes: [] })).toMatchObject([{ verdict: 'ok' }]);
  expect(judge({ configFiles: [] }, { nodes: [] })).toMatchObject([{ verdict: 'critical' }]);
});
