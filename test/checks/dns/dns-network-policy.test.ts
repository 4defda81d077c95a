import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { check } from '#lib/checks/dns/dns-network-policy.ts';
import type { ConfigMap, CustomResource, DaemonSet, NetworkPolicy, Pod, Service } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import {
  aPolicy,
  block,
  CALICO,
  CILIUM,
  enforcingVpcCni,
  inNamespace,
  KUBE_DNS,
  rule,
  TCP_53,
  UDP_53,
} from '#test/network/policies.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';
import { asking, coreDns, type Given, nodeA, nodeB, nodeCache, nodeCacheAgents, slicesOf, twoSubnets } from './two-subnets.ts';

const SERVICE: Service = {
  namespace: 'kube-system',
  name: 'kube-dns',
  labels: {},
  selector: { 'k8s-app': 'kube-dns' },
  type: 'ClusterIP',
  clusterIps: ['172.20.0.10'],
  ports: [],
};
const namespaces = ['default', 'kube-system', 'shop'].map((name) => ({
  name,
  labels: { 'kubernetes.io/metadata.name': name },
}));

const world = (networkPolicies: NetworkPolicy[], over: Given = {}, pods: readonly Pod[] = [asking()]): Given =>
  twoSubnets(pods, { networkPolicies, namespaces, services: [SERVICE], daemonSets: [enforcingVpcCni()], ...over });
const judge = (given: Given, options: Partial<z.input<typeof check.options>> = {}) => runCheck(check, aSnapshot(given), options);
const verdictsOf = (given: Given, options = {}): readonly Verdict[] =>
  judge(given, options).findings.map(({ verdict }) => verdict);

const DENY = aPolicy();
const allow = (...egress: NetworkPolicy['egress']) => aPolicy({ name: 'allow', egress });

describe('egress of the pods that ask', () => {
  test.each<[string, NetworkPolicy[], Verdict]>([
    ['no policy', [], 'ok'],
    ['one of another namespace', [aPolicy({ namespace: 'shop' })], 'ok'],
    ['one for ingress alone', [aPolicy({ ingress: [] })], 'ok'],
    ['one that selects other pods', [aPolicy({ podSelector: { matchLabels: { app: 'other' } } })], 'ok'],
    ['everything denied', [DENY], 'critical'],
    ['both protocols to CoreDNS', [DENY, allow(rule([KUBE_DNS], UDP_53, TCP_53))], 'ok'],
    ['UDP alone', [allow(rule([KUBE_DNS], UDP_53))], 'warning'],
    ['TCP alone', [allow(rule([KUBE_DNS], TCP_53))], 'critical'],
    ['a port without a protocol is TCP', [allow(rule([], { protocol: 'TCP', port: 53 }))], 'critical'],
    ['every port to kube-system', [allow(rule([inNamespace('kube-system')]))], 'ok'],
    [
      'the named ports of CoreDNS',
      [allow(rule([KUBE_DNS], { protocol: 'UDP', port: 'dns' }, { protocol: 'TCP', port: 'dns-tcp' }))],
      'ok',
    ],
    [
      'a range of ports',
      [allow(rule([], { protocol: 'UDP', port: 1, endPort: 100 }, { protocol: 'TCP', port: 1, endPort: 100 }))],
      'ok',
    ],
    ['pods of its own namespace', [allow(rule([{ podSelector: {} }]))], 'critical'],
    [
      'CoreDNS by its labels in its own namespace',
      [allow(rule([{ podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }]))],
      'critical',
    ],
    ['everywhere by address', [allow(rule([block('0.0.0.0/0')]))], 'ok'],
    ["the pods' addresses, not the Service's", [allow(rule([block('10.0.0.0/16')]))], 'warning'],
    ["the Service's, not the pods'", [allow(rule([block('172.20.0.10/32')]))], 'warning'],
    ['the addresses by one rule, the pods by another', [allow(rule([block('10.0.0.0/16')]), rule([KUBE_DNS]))], 'ok'],
    ['everywhere but the private ranges', [allow(rule([block('0.0.0.0/0', '10.0.0.0/8', '172.16.0.0/12')]))], 'critical'],
  ])('%s: $2', (_name, policies, verdict) => {
    expect(verdictsOf(world(policies))).toEqual([verdict]);
  });
});

describe('ingress of CoreDNS', () => {
  const lock = (...ingress: NetworkPolicy['ingress']) =>
    aPolicy({ namespace: 'kube-system', name: 'lock', podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }, ingress });
  const second = coreDns({ name: 'coredns-2', podIps: ['10.0.2.12'], labels: { 'k8s-app': 'kube-dns', canary: 'yes' } });
  const two = { pods: [coreDns(), second, asking()], endpointSlices: slicesOf(coreDns(), second) };
  test.each<[string, NetworkPolicy[], readonly Verdict[], Given?]>([
    ['nobody is let in', [lock()], ['critical']],
    ['everybody is', [lock(rule())], ['ok']],
    ['this namespace is', [lock(rule([inNamespace('default')], UDP_53, TCP_53))], ['ok']],
    ['another one is', [lock(rule([inNamespace('shop')]))], ['critical']],
    ['over UDP alone', [lock(rule([], UDP_53))], ['warning']],
    [
      'one of two CoreDNS pods lets nobody in',
      [aPolicy({ namespace: 'kube-system', podSelector: { matchLabels: { canary: 'yes' } }, ingress: [] })],
      ['warning'],
      two,
    ],
  ])('%s', (_name, policies, verdicts, over) => {
    expect(verdictsOf(world(policies, over))).toEqual(verdicts);
  });
});

describe('how many pods of a namespace', () => {
  const other = asking({
    name: 'db-1',
    podIps: ['10.0.1.12'],
    labels: { app: 'db' },
    owner: { kind: 'StatefulSet', name: 'db' },
  });
  const dbOnly = [aPolicy({ podSelector: { matchLabels: { app: 'db' } } })];
  const shop = asking({ name: 'cart-1', namespace: 'shop', podIps: ['10.0.1.12'] });
  test('some is a warning, or critical from the share that the option says', () => {
    const given = world(dbOnly, {}, [asking(), other]);
    expect(verdictsOf(given)).toEqual(['warning']);
    expect(verdictsOf(given, { criticalPodsPercent: 50 })).toEqual(['critical']);
    expect(judge(given).findings[0]?.evidence).toMatchObject({ pods: 2, podsBlocked: 1, workloads: ['StatefulSet db'] });
  });
  test('each namespace with policies is judged, and no other', () => {
    const given = world([DENY, aPolicy({ namespace: 'shop', egress: [rule()] })], {}, [asking(), shop]);
    expect(judge(given).findings.map(({ verdict, resource }) => [verdict, resource.id])).toEqual([
      ['critical', 'default'],
      ['ok', 'shop'],
    ]);
  });
  test('those on the host network, which no policy isolates, do not soften it', () => {
    const agent = asking({ name: 'agent-1', hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet', podIps: ['10.0.1.10'] });
    expect(verdictsOf(world([DENY], {}, [asking(), agent]))).toEqual(['critical']);
  });
  test('pods that ask nobody do not count', () => {
    const asksNobody = asking({ dnsPolicy: 'Default' });
    expect(verdictsOf(world([DENY], {}, [asksNobody]))).toEqual(['not-applicable']);
    expect(verdictsOf(world([DENY], {}, [asking({ hostNetwork: true, dnsPolicy: 'ClusterFirst' })]))).toEqual(['not-applicable']);
    expect(verdictsOf(world([DENY], {}, [asking({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' })]))).toEqual(['ok']);
  });
});

describe('who enforces policies', () => {
  const vpcCniMap = (data: Record<string, string>, over: Partial<ConfigMap> = {}): ConfigMap => ({
    namespace: 'kube-system',
    name: 'amazon-vpc-cni',
    data,
    omitted: [],
    ...over,
  });
  const strict = enforcingVpcCni({ NETWORK_POLICY_ENFORCING_MODE: 'strict' });
  const auto = { labels: { 'eks.amazonaws.com/compute-type': 'auto' } };
  test.each<[string, readonly DaemonSet[], Verdict, Given?]>([
    ['the VPC CNI', [enforcingVpcCni()], 'critical'],
    ['nobody: policies have no effect', [awsNode()], 'ok'],
    ['Calico', [awsNode(), CALICO], 'critical'],
    ['Cilium', [awsNode(), CILIUM], 'critical'],
    ['two at once', [enforcingVpcCni(), CALICO], 'unknown'],
    ['a CNI that is not known', [], 'unknown'],
    [
      "the VPC CNI, with EKS's controller on",
      [enforcingVpcCni()],
      'critical',
      { configMaps: [vpcCniMap({ 'enable-network-policy-controller': 'true' })] },
    ],
    ["the VPC CNI's agents, with that controller off", [enforcingVpcCni()], 'unknown', { configMaps: [vpcCniMap({})] }],
    ['whether it is on was not read', [enforcingVpcCni()], 'critical', { configMaps: [vpcCniMap({}, { unread: 'denied' })] }],
    ['Auto Mode', [], 'unknown', { cluster: aCluster({ autoMode: true }) }],
    ['nodes of Auto Mode, which answer DNS themselves', [awsNode()], 'unknown', { nodes: [{ ...nodeA, ...auto }, nodeB] }],
    [
      'nobody on Fargate',
      [enforcingVpcCni()],
      'ok',
      { nodes: [{ ...nodeA, labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }, nodeB] },
    ],
    ['the VPC CNI, on a pod without an owner perhaps', [enforcingVpcCni()], 'unknown', { pods: [coreDns(), withoutOwner()] }],
  ])('%s', (_name, daemonSets, verdict, over = {}) => {
    expect(verdictsOf(world([DENY], { daemonSets: [...daemonSets], ...over }))).toEqual([verdict]);
  });

  function withoutOwner(): Pod {
    const { owner: _, ...pod } = asking();
    return pod;
  }

  test('in strict mode a pod without any policy has no DNS either', () => {
    const [finding] = judge(world([], { daemonSets: [strict] })).findings;
    expect(finding?.verdict).toBe('critical');
    expect(finding?.summary).toContain("in the VPC CNI's strict mode everything is denied to a pod that no policy selects");
  });
  describe('on nodes of Auto Mode, which may answer DNS themselves', () => {
    const ofClass = (nodeClass: string) => ({ labels: { ...auto.labels, 'eks.amazonaws.com/nodeclass': nodeClass } });
    const nodeClasses = [{ name: 'default' }, { name: 'strict', networkPolicy: 'DefaultDeny' }];
    const asks = (nodeClass: string, over: Given = {}, policies: NetworkPolicy[] = []) =>
      world(policies, { daemonSets: [awsNode()], nodes: [{ ...nodeA, ...ofClass(nodeClass) }, nodeB], nodeClasses, ...over });
    const answers = (nodeClass: string) => asks('', { nodes: [nodeA, { ...nodeB, ...ofClass(nodeClass) }] });
    const on = { configMaps: [vpcCniMap({ 'enable-network-policy-controller': 'true' })] };
    const allowDns = [allow(rule([KUBE_DNS], UDP_53, TCP_53))];
    test.each<[string, Given, Verdict, string]>([
      ['their NodeClass allows by default', asks('default'), 'ok', 'No network policy isolates'],
      [
        'it denies by default',
        asks('strict'),
        'unknown',
        'NodeClass strict (networkPolicy: DefaultDeny) denies everything to a pod',
      ],
      ['it does, and a policy allows DNS', asks('strict', on, allowDns), 'ok', 'let 1 pod'],
      ['and no node is handed it', asks('strict', {}, allowDns), 'unknown', 'enable-network-policy-controller'],
      ['it is not there', asks('gone'), 'unknown', 'NodeClass gone'],
      [
        'NodeClasses were not read',
        asks('default', { nodeClasses: DENIED }),
        'unknown',
        'NodeClasses of EKS Auto Mode were not read',
      ],
      ['CoreDNS is on one that allows', answers('default'), 'ok', 'No network policy isolates'],
      [
        'CoreDNS is on one that denies',
        answers('strict'),
        'critical',
        'denies everything to a CoreDNS pod that no policy selects',
      ],
    ])('%s: $2', (_name, given, verdict, text) => {
      expect(judge(given).findings).toMatchObject([{ verdict, summary: expect.stringContaining(text) }]);
    });
    test('a denial that does not hang on who enforces policies does not say so', () => {
      expect(judge(answers('strict')).findings[0]?.summary).not.toContain('is not known');
      expect(judge(asks('strict')).findings[0]?.summary).toMatch(/selects; Auto Mode nodes may answer DNS themselves\.$/);
    });
  });
  test('blocks never match pods with Cilium, so that there is nothing to differ in', () => {
    const over = { daemonSets: [CILIUM] };
    expect(verdictsOf(world([allow(rule([block('0.0.0.0/0')]))], over))).toEqual(['critical']);
    expect(verdictsOf(world([allow(rule([KUBE_DNS]))], over))).toEqual(['ok']);
  });
  test('what policies would do where nobody enforces them is told', () => {
    const [finding] = judge(world([DENY], { daemonSets: [awsNode()] })).findings;
    expect(finding?.summary).toBe(
      'Were policies enforced here, which they are not, they would cut 1 of 1 pod in default off from DNS: ' +
        'no egress rule of NetworkPolicy default/deny lets it out.',
    );
  });
});

describe('NodeLocal DNSCache', () => {
  const cached = (policies: NetworkPolicy[], over: Given = {}) =>
    world(policies, {
      daemonSets: [enforcingVpcCni(), nodeCacheAgents],
      pods: [coreDns(), asking(), nodeCache('node-a', '10.0.1.10')],
      ...over,
    });
  const lockTo = (...ingress: NetworkPolicy['ingress']) =>
    aPolicy({ namespace: 'kube-system', podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } }, ingress });
  test.each<[string, Given, readonly Verdict[]]>([
    ['no rule allows the cache: plugins differ', cached([DENY]), ['warning']],
    ['the cache’s address is allowed', cached([allow(rule([block('169.254.20.10/32')]))]), ['ok']],
    ["the Service's is", cached([allow(rule([block('172.20.0.10/32')]))]), ['ok']],
    ['CoreDNS by its labels is', cached([allow(rule([KUBE_DNS]))]), ['ok']],
    [
      'another address, as its arguments have it',
      cached([allow(rule([block('169.254.25.10/32')]))], {
        daemonSets: [
          enforcingVpcCni(),
          {
            ...nodeCacheAgents,
            containers: [{ name: 'cache', image: 'c', init: false, env: {}, args: ['-localip', '169.254.25.10,172.20.0.10'] }],
          },
        ],
      }),
      ['ok'],
    ],
    ['its agents need TCP alone', cached([lockTo(rule([], TCP_53))]), ['ok']],
    ['and lose DNS for all without it', cached([lockTo(rule([], UDP_53))]), ['critical']],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf(given)).toEqual(verdicts);
  });
});

describe('what was not read, or is not evaluated, is unknown where it decides', () => {
  const calico: CustomResource = {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'GlobalNetworkPolicy',
    name: 'baseline',
    labels: {},
    spec: { selector: 'all()', types: ['Egress'], egress: [] },
  };
  const byTeam = allow(rule([{ namespaceSelector: { matchLabels: { team: 'platform' } } }]));
  test.each<[string, Given, readonly Verdict[]]>([
    ['a policy of Calico that selects them', world([], { daemonSets: [CALICO], policyResources: [calico] }), ['unknown']],
    ['labels of namespaces', world([byTeam], { namespaces: DENIED }), ['unknown']],
    ['the name of a namespace is known without them', world([allow(rule([KUBE_DNS]))], { namespaces: DENIED }), ['ok']],
    ['the Service, where an ipBlock decides', world([allow(rule([block('10.0.0.0/16')]))], { services: DENIED }), ['unknown']],
    ['the Service, where none does', world([allow(rule([KUBE_DNS]))], { services: DENIED }), ['ok']],
    ['the cluster', world([DENY], { cluster: DENIED }), ['critical']],
    ['no CoreDNS pod is ready', world([DENY], { endpointSlices: [] }), ['unknown']],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf(given)).toEqual(verdicts);
  });
  test('the policy is named', () => {
    const [finding] = judge(world([], { daemonSets: [CALICO], policyResources: [calico] })).findings;
    expect(finding?.evidence).toMatchObject({ policies: ['GlobalNetworkPolicy baseline'] });
    expect(finding?.summary).toContain('GlobalNetworkPolicy baseline could change the answer');
  });
  test('every node is of Auto Mode, and no CoreDNS runs', () => {
    const nodes = [{ ...nodeA, labels: { 'eks.amazonaws.com/compute-type': 'auto' } }];
    expect(verdictsOf(world([DENY], { nodes, endpointSlices: [], daemonSets: [] }))).toEqual(['not-applicable']);
  });
});

test('a finding names pods, workloads, policies, protocols, reason and remediation', () => {
  const pod = asking({ labels: { app: 'web', 'pod-template-hash': '7d4b9c' } });
  expect(judge(world([DENY], {}, [pod])).findings).toEqual([
    {
      verdict: 'critical',
      resource: { kind: 'namespace', id: 'default' },
      summary: 'Policies cut 1 of 1 pod in default off from DNS: no egress rule of NetworkPolicy default/deny lets it out.',
      evidence: {
        namespace: 'default',
        pods: 1,
        podsBlocked: 1,
        podsInDoubt: 0,
        workloads: ['Deployment web'],
        policies: ['NetworkPolicy default/deny'],
        protocol: 'udp, tcp',
        reason: 'no egress rule of NetworkPolicy default/deny lets it out',
        endpoints: 1,
        enforcedBy: 'vpc-cni',
      },
      timeToImpact: 'immediate',
      remediation: 'allow-dns-policy',
    },
  ]);
});

test('without any policy in the way there is one finding, of the cluster', () => {
  expect(judge(world([])).findings).toEqual([
    {
      verdict: 'ok',
      resource: { kind: 'cluster', id: aSnapshot().target.arn, name: 'shop-prod' },
      summary: 'No network policy isolates any of 1 pod in 1 namespace for egress, nor CoreDNS from them.',
      evidence: { pods: 1, namespaces: 1, endpoints: 1, enforcedBy: 'vpc-cni' },
    },
  ]);
});
