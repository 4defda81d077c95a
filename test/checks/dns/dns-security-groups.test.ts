import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { check } from '#lib/checks/dns/dns-security-groups.ts';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { nodeCache, nodeCacheAgents } from '#test/checks/dns/two-subnets.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aDaemonSet,
  aNode,
  aNodeEni,
  anEndpointSlice,
  anEni,
  aPod,
  aRule,
  aSnapshot,
  aSubnet,
  awsNode,
  DENIED,
} from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Rules = readonly SecurityGroupRule[];

/**
 * Two nodes in two subnets: CoreDNS runs on `node-b` (10.0.2.0/24), one pod on `node-a` (10.0.1.0/24), and all interfaces are in
 * sg-nodes, whose members may talk to each other, as those of EKS's own cluster security group.
 */
const SELF = aRule({ groupId: 'sg-nodes', isEgress: false, referencedGroup: { groupId: 'sg-nodes' } });
const EGRESS = aRule({ groupId: 'sg-nodes' });
const eniA = aNodeEni('i-a', 0, {
  subnetId: 'subnet-a',
  privateIpAddresses: ['10.0.1.10', '10.0.1.11', '10.0.1.12'],
  groups: ['sg-nodes'],
});
const eniB = aNodeEni('i-b', 0, {
  subnetId: 'subnet-b',
  privateIpAddresses: ['10.0.2.10', '10.0.2.11', '10.0.2.12'],
  groups: ['sg-nodes'],
});
const nodeA = aNode({ name: 'node-a', instanceId: 'i-a', internalIps: ['10.0.1.10'] });
const nodeB = aNode({ name: 'node-b', instanceId: 'i-b', internalIps: ['10.0.2.10'] });
const coreDns = (name = 'coredns-1', ip = '10.0.2.11', nodeName = 'node-b') =>
  aPod({ namespace: 'kube-system', name, labels: { 'k8s-app': 'kube-dns' }, nodeName, podIps: [ip], dnsPolicy: 'Default' });
const endpoint = (pod: ReturnType<typeof coreDns>, ready = true) => ({
  addresses: [...pod.podIps],
  ready,
  ...(pod.nodeName ? { nodeName: pod.nodeName } : {}),
  target: { kind: 'Pod', namespace: 'kube-system', name: pod.name },
});
const web = aPod({ name: 'web-1', nodeName: 'node-a', podIps: ['10.0.1.11'], dnsPolicy: 'ClusterFirst' });
const group = (groupId: string) => ({ groupId, groupName: groupId, tags: {} });
const slicesOf = (...pods: ReturnType<typeof coreDns>[]) => [anEndpointSlice({ endpoints: pods.map((pod) => endpoint(pod)) })];

function world(over: Given = {}): Given {
  return {
    nodes: [nodeA, nodeB],
    networkInterfaces: [eniA, eniB],
    pods: [coreDns(), web],
    daemonSets: [awsNode()],
    endpointSlices: slicesOf(coreDns()),
    securityGroups: [group('sg-nodes')],
    securityGroupRules: [EGRESS, SELF],
    subnets: [
      aSubnet({ subnetId: 'subnet-a', cidrBlock: '10.0.1.0/24' }),
      aSubnet({ subnetId: 'subnet-b', cidrBlock: '10.0.2.0/24' }),
      aSubnet({ subnetId: 'subnet-pods', cidrBlock: '100.64.0.0/24' }),
    ],
    ...over,
  };
}

/** Pods of `node-a` in an ENIConfig's subnet, with its group: the gap that custom networking opens most often. */
const podEni = aNodeEni('i-a', 1, {
  subnetId: 'subnet-pods',
  privateIpAddresses: ['100.64.0.10', '100.64.0.11'],
  groups: ['sg-pods'],
});
const customPod = aPod({ name: 'web-2', nodeName: 'node-a', podIps: ['100.64.0.11'] });
function customNetworking(rules: Rules, over: Given = {}): Given {
  return world({
    networkInterfaces: [eniA, eniB, podEni],
    pods: [coreDns(), customPod],
    daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })],
    securityGroups: [group('sg-nodes'), group('sg-pods')],
    securityGroupRules: [...rules],
    ...over,
  });
}
const PODS_OUT = aRule({ groupId: 'sg-pods' });
const dnsFrom = (protocol: 'udp' | 'tcp', groupId = 'sg-pods') =>
  aRule({ groupId: 'sg-nodes', isEgress: false, ipProtocol: protocol, fromPort: 53, toPort: 53, referencedGroup: { groupId } });

const judge = (given: Given, options: Partial<z.input<typeof check.options>> = {}) => runCheck(check, aSnapshot(given), options);

function verdictsOf(given: Given, options: Partial<z.input<typeof check.options>> = {}): readonly Verdict[] {
  return judge(given, options).findings.map(({ verdict }) => verdict);
}

describe('pods on the interfaces of their node', () => {
  const second = coreDns('coredns-2', '10.0.2.12');
  const local = coreDns('coredns-2', '10.0.1.12', 'node-a');
  const { nodeName: _, ...unplaced } = endpoint(local);
  const neighbour = aPod({ name: 'web-3', nodeName: 'node-a', podIps: ['10.0.1.12'] });
  test.each<[string, Given, readonly Verdict[]]>([
    ['members of one group that trusts itself', world(), ['ok']],
    ['egress shut', world({ securityGroupRules: [SELF] }), ['critical']],
    ['ingress shut', world({ securityGroupRules: [EGRESS] }), ['critical']],
    [
      'ingress by the CIDR of the VPC',
      world({ securityGroupRules: [EGRESS, aRule({ groupId: 'sg-nodes', isEgress: false, cidrIpv4: '10.0.0.0/16' })] }),
      ['ok'],
    ],
    [
      'one of two endpoints on the same node, the other shut off',
      world({ pods: [coreDns(), local, web], endpointSlices: slicesOf(coreDns(), local), securityGroupRules: [EGRESS] }),
      ['warning'],
    ],
    [
      'every endpoint on the same node: no group is asked',
      world({ pods: [local, web], endpointSlices: slicesOf(local), securityGroupRules: [] }),
      ['ok'],
    ],
    [
      'an endpoint that is not ready does not count',
      world({ endpointSlices: [anEndpointSlice({ endpoints: [endpoint(coreDns()), endpoint(second, false)] })] }),
      ['ok'],
    ],
    [
      'half of a subnet let in by CIDR, and a pod in the other half',
      world({
        pods: [coreDns(), web, neighbour],
        securityGroupRules: [EGRESS, aRule({ groupId: 'sg-nodes', isEgress: false, cidrIpv4: '10.0.1.11/32' })],
      }),
      ['critical'],
    ],
    [
      'such a rule, with all pods inside it',
      world({ securityGroupRules: [EGRESS, aRule({ groupId: 'sg-nodes', isEgress: false, cidrIpv4: '10.0.1.8/29' })] }),
      ['ok'],
    ],
    [
      'a target port that no rule opens',
      world({
        endpointSlices: [
          anEndpointSlice({
            ports: [
              { name: 'dns', protocol: 'UDP', port: 1053 },
              { name: 'dns-tcp', protocol: 'TCP', port: 1053 },
            ],
            endpoints: [endpoint(coreDns())],
          }),
        ],
        securityGroupRules: [EGRESS, dnsFrom('udp', 'sg-nodes'), dnsFrom('tcp', 'sg-nodes')],
      }),
      ['critical'],
    ],
    [
      'an endpoint without a node takes that of its pod',
      world({ pods: [local, web], endpointSlices: [anEndpointSlice({ endpoints: [unplaced] })], securityGroupRules: [] }),
      ['ok'],
    ],
    ['UDP alone', world({ securityGroupRules: [EGRESS, dnsFrom('udp', 'sg-nodes')] }), ['warning']],
    ['TCP alone', world({ securityGroupRules: [EGRESS, dnsFrom('tcp', 'sg-nodes')] }), ['critical']],
    [
      'a Service without TCP',
      world({
        endpointSlices: [
          anEndpointSlice({
            ports: [
              { name: 'dns', protocol: 'UDP', port: 53 },
              { name: 'metrics', protocol: 'TCP', port: 9153 },
            ],
            endpoints: [endpoint(coreDns())],
          }),
        ],
      }),
      ['warning'],
    ],
    [
      'a delegated prefix',
      world({ networkInterfaces: [{ ...eniA, privateIpAddresses: ['10.0.1.10'], ipv4Prefixes: ['10.0.1.0/28'] }, eniB] }),
      ['ok'],
    ],
    [
      'one of two pods let in by CIDR, where subnets were not read',
      world({
        pods: [coreDns(), web, neighbour],
        subnets: DENIED,
        securityGroupRules: [EGRESS, aRule({ groupId: 'sg-nodes', isEgress: false, cidrIpv4: '10.0.1.11/32' })],
      }),
      ['critical'],
    ],
    [
      'one of two pods let in by CIDR, on a target port of its own',
      world({
        pods: [coreDns(), web, neighbour],
        endpointSlices: [
          anEndpointSlice({ ports: [{ name: 'dns', protocol: 'UDP', port: 1053 }], endpoints: [endpoint(coreDns())] }),
        ],
        securityGroupRules: [
          EGRESS,
          aRule({
            groupId: 'sg-nodes',
            isEgress: false,
            ipProtocol: 'udp',
            fromPort: 1053,
            toPort: 1053,
            cidrIpv4: '10.0.1.11/32',
          }),
        ],
      }),
      ['critical'],
    ],
    [
      'pods and host-network pods of one interface are two classes',
      world({ pods: [coreDns(), web, aPod({ nodeName: 'node-a', hostNetwork: true, podIps: ['10.0.1.10'] })] }),
      ['ok', 'ok'],
    ],
    [
      'CoreDNS does not ask itself, whatever its DNS policy',
      world({ pods: [{ ...coreDns(), dnsPolicy: 'ClusterFirst' }] }),
      ['not-applicable'],
    ],
    [
      'pods with another DNS policy are left out',
      world({ pods: [coreDns(), aPod({ ...web, dnsPolicy: 'Default' })] }),
      ['not-applicable'],
    ],
    ['finished pods are left out', world({ pods: [coreDns(), aPod({ ...web, phase: 'Succeeded' })] }), ['not-applicable']],
    [
      'a host-network pod that keeps the resolver of its node is left out',
      world({ pods: [coreDns(), aPod({ ...web, hostNetwork: true })], securityGroupRules: [] }),
      ['not-applicable'],
    ],
    [
      'a host-network pod that asks CoreDNS',
      world({
        pods: [coreDns(), aPod({ ...web, hostNetwork: true, podIps: ['10.0.1.10'], dnsPolicy: 'ClusterFirstWithHostNet' })],
        securityGroupRules: [],
      }),
      ['critical'],
    ],
    [
      'a Fargate pod',
      world({
        pods: [coreDns(), aPod({ ...web, nodeName: 'fargate-1', podIps: ['10.0.1.99'] })],
        nodes: [nodeB, aNode({ name: 'fargate-1', labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })],
        networkInterfaces: [
          eniB,
          anEni({ networkInterfaceId: 'eni-f', subnetId: 'subnet-a', privateIpAddresses: ['10.0.1.99'], groups: ['sg-nodes'] }),
        ],
      }),
      ['ok'],
    ],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf(given)).toEqual(verdicts);
  });
});

test('pods of one class are one finding, whatever their number', () => {
  const pods = ['10.0.1.11', '10.0.1.12'].map((ip, at) => aPod({ name: `web-${at}`, nodeName: 'node-a', podIps: [ip] }));
  const { findings } = judge(world({ pods: [coreDns(), ...pods] }));
  expect(findings.map(({ resource, evidence }) => [resource.id, evidence['pods']])).toEqual([['sg-nodes/subnet-a/pod', 2]]);
});

describe('custom networking', () => {
  test('a gap names its side, and the rule that closes it', () => {
    const { findings, metrics } = judge(customNetworking([EGRESS, SELF, PODS_OUT]));
    expect(findings).toEqual([
      {
        verdict: 'critical',
        resource: {
          kind: 'security-group',
          id: 'sg-pods/subnet-pods/custom-networking',
          name: 'pods with custom networking in subnet-pods',
        },
        summary:
          'Pods with custom networking in subnet-pods (1) miss 1 of 1 CoreDNS endpoints over UDP and TCP: blocked by ingress of sg-nodes. Missing: UDP and TCP 53 into sg-nodes from sg-pods.',
        evidence: {
          sourceClass: 'pods with custom networking in subnet-pods',
          sourceSubnet: 'subnet-pods',
          sourceSecurityGroups: ['sg-pods'],
          sourceCidrs: ['100.64.0.0/24'],
          destination: '10.0.2.11:53',
          protocol: 'udp, tcp',
          blockedBy: 'ingress of sg-nodes',
          missingRule: {
            groupId: 'sg-nodes',
            direction: 'ingress',
            protocols: ['udp', 'tcp'],
            fromPort: 53,
            toPort: 53,
            referencedGroupId: 'sg-pods',
          },
          furtherRules: [],
          pods: 1,
          podsBlocked: 1,
          endpoints: 1,
        },
        timeToImpact: 'immediate',
        remediation: 'allow-dns',
      },
    ]);
    expect(metrics).toEqual([{ name: 'DnsBlockedClasses', value: 1 }]);
  });

  test.each<[string, Given, Verdict, string | null, readonly object[]]>([
    [
      'TCP alone is missing',
      customNetworking([EGRESS, PODS_OUT, dnsFrom('udp')]),
      'warning',
      'ingress of sg-nodes',
      [{ direction: 'ingress', groupId: 'sg-nodes', protocols: ['tcp'], referencedGroupId: 'sg-pods' }],
    ],
    [
      'both sides shut need two rules',
      customNetworking([EGRESS]),
      'critical',
      'egress of sg-pods; ingress of sg-nodes',
      [
        { direction: 'egress', groupId: 'sg-pods', referencedGroupId: 'sg-nodes' },
        { direction: 'ingress', groupId: 'sg-nodes', referencedGroupId: 'sg-pods' },
      ],
    ],
    [
      'the narrowest of several groups is taken',
      customNetworking([EGRESS, PODS_OUT], {
        networkInterfaces: [eniA, { ...eniB, groups: ['sg-nodes', 'sg-zone'] }, podEni],
        securityGroups: ['sg-nodes', 'sg-pods', 'sg-zone'].map(group),
      }),
      'critical',
      'ingress of sg-nodes, sg-zone',
      [{ direction: 'ingress', groupId: 'sg-zone', referencedGroupId: 'sg-pods' }],
    ],
    [
      "another account's interfaces are named by their subnet",
      customNetworking([EGRESS, PODS_OUT], { networkInterfaces: [eniA, { ...eniB, ownerId: '444455556666' }, podEni] }),
      'critical',
      'ingress of sg-nodes',
      [{ direction: 'ingress', groupId: 'sg-nodes', cidrs: ['100.64.0.0/24'] }],
    ],
    [
      'such interfaces by the pods themselves, where subnets were not read',
      customNetworking([EGRESS, PODS_OUT], { networkInterfaces: [eniA, { ...eniB, vpcId: 'vpc-2' }, podEni], subnets: DENIED }),
      'critical',
      'ingress of sg-nodes',
      [{ direction: 'ingress', groupId: 'sg-nodes', cidrs: ['100.64.0.11/32'] }],
    ],
    [
      'a CoreDNS pod whose interface cannot be seen is named by its address',
      customNetworking([], { networkInterfaces: [eniA, podEni] }),
      'critical',
      'egress of sg-pods',
      [{ direction: 'egress', groupId: 'sg-pods', cidrs: ['10.0.2.11/32'] }],
    ],
    ['no rule is missing where all pass', customNetworking([EGRESS, PODS_OUT, dnsFrom('udp'), dnsFrom('tcp')]), 'ok', null, []],
  ])('%s', (_name, given, verdict, blockedBy, rules) => {
    const [finding] = judge(given).findings;
    const { missingRule, furtherRules } = (finding?.evidence ?? {}) as { missingRule: object | null; furtherRules: object[] };
    expect(finding?.verdict).toBe(verdict);
    expect(finding?.evidence['blockedBy']).toBe(blockedBy);
    expect([...(missingRule ? [missingRule] : []), ...furtherRules]).toMatchObject(rules);
  });
});

describe('group references and delegated prefixes, which AWS does not document', () => {
  const given = customNetworking([EGRESS, PODS_OUT, dnsFrom('udp'), dnsFrom('tcp')], {
    networkInterfaces: [eniA, eniB, { ...podEni, privateIpAddresses: ['100.64.0.100'], ipv4Prefixes: ['100.64.0.0/28'] }],
  });
  test('match by default', () => {
    expect(verdictsOf(given)).toEqual(['ok']);
  });
  test('do not match where the configuration says so, and the missing rule then names the subnet', () => {
    const [finding] = judge(given, { groupReferenceCoversPrefixes: false }).findings;
    expect(finding?.verdict).toBe('critical');
    expect(finding?.evidence['missingRule']).toMatchObject({ direction: 'ingress', cidrs: ['100.64.0.0/24'] });
  });
  test('addresses that are not of a prefix stay matched', () => {
    const mixed = { ...podEni, ipv4Prefixes: ['100.64.0.16/28'] };
    const pods = [coreDns(), customPod, aPod({ name: 'web-7', nodeName: 'node-a', podIps: ['100.64.0.17'] })];
    const both = { ...given, networkInterfaces: [eniA, eniB, mixed], pods };
    expect(verdictsOf(both, { groupReferenceCoversPrefixes: false })).toEqual(['ok', 'critical']);
  });
});

describe('security groups for pods', () => {
  const branch = anEni({
    networkInterfaceId: 'eni-branch',
    interfaceType: 'branch',
    subnetId: 'subnet-a',
    privateIpAddresses: ['10.0.1.50'],
    groups: ['sg-pods'],
  });
  const branchPod = (key = 'vlanId', nodeName = 'node-a') =>
    aPod({
      name: 'pay-1',
      nodeName,
      podIps: ['10.0.1.50'],
      podEni: JSON.stringify([{ eniId: 'eni-branch', privateIp: '10.0.1.50', [key]: 1 }]),
    });
  const given = (mode: string, rules: Rules, over: Given = {}) =>
    customNetworking(rules, {
      networkInterfaces: [eniA, eniB, branch],
      pods: [coreDns(), branchPod()],
      daemonSets: [awsNode({ ENABLE_POD_ENI: 'true', POD_SECURITY_GROUP_ENFORCING_MODE: mode })],
      ...over,
    });
  const BRANCH_IN = [dnsFrom('udp'), dnsFrom('tcp')];
  test.each<[string, Given, readonly Verdict[]]>([
    ['strict: the groups of the branch let it through', given('strict', [EGRESS, PODS_OUT, ...BRANCH_IN]), ['ok']],
    ['strict: they do not', given('strict', [EGRESS, SELF, PODS_OUT]), ['critical']],
    [
      'strict, beside CoreDNS on one node: still through the VPC',
      given('strict', [EGRESS, SELF, PODS_OUT], { pods: [coreDns(), branchPod('vlanId', 'node-b')] }),
      ['critical'],
    ],
    [
      'standard, beside CoreDNS on one node: no group is asked',
      given('standard', [], { pods: [coreDns(), branchPod('vlanId', 'node-b')] }),
      ['ok'],
    ],
    ['standard: branch and node both let it through', given('standard', [EGRESS, SELF, PODS_OUT, ...BRANCH_IN]), ['ok']],
    [
      "standard: the branch alone does, and AWS's documents disagree",
      given('standard', [EGRESS, PODS_OUT, ...BRANCH_IN]),
      ['warning'],
    ],
    ['standard: the node alone does', given('standard', [EGRESS, SELF, PODS_OUT]), ['warning']],
    ['standard: neither does', given('standard', [EGRESS, PODS_OUT]), ['critical']],
    [
      'an annotation that spells vlanID',
      given('strict', [EGRESS, PODS_OUT, ...BRANCH_IN], { pods: [coreDns(), branchPod('vlanID')] }),
      ['ok'],
    ],
    [
      'an annotation that cannot be read',
      given('strict', [EGRESS], { pods: [coreDns(), aPod({ ...branchPod(), podEni: '{' })] }),
      ['unknown'],
    ],
    ['a branch interface that cannot be seen', given('strict', [EGRESS], { networkInterfaces: [eniA, eniB] }), ['unknown']],
    [
      'CoreDNS on a strict branch of the same node: still through the VPC',
      given('strict', [EGRESS, PODS_OUT, SELF], {
        pods: [aPod({ ...coreDns('coredns-1', '10.0.1.50', 'node-a'), podEni: branchPod().podEni ?? '' }), web],
        endpointSlices: slicesOf(coreDns('coredns-1', '10.0.1.50', 'node-a')),
      }),
      ['critical'],
    ],
    [
      'standard: one endpoint on the node, another in dispute',
      given('standard', [EGRESS, PODS_OUT, ...BRANCH_IN], {
        pods: [coreDns(), coreDns('coredns-2', '10.0.1.12', 'node-a'), branchPod()],
        endpointSlices: slicesOf(coreDns(), coreDns('coredns-2', '10.0.1.12', 'node-a')),
      }),
      ['warning'],
    ],
    [
      'CoreDNS itself on a branch interface',
      given('strict', [EGRESS, PODS_OUT, SELF], {
        pods: [aPod({ ...coreDns(), podIps: ['10.0.1.50'], podEni: branchPod().podEni ?? '' }), web],
        endpointSlices: slicesOf({ ...coreDns(), podIps: ['10.0.1.50'] }),
      }),
      ['critical'],
    ],
  ])('%s', (_name, world_, verdicts) => {
    expect(verdictsOf(world_)).toEqual(verdicts);
  });
});

describe('NodeLocal DNSCache', () => {
  const given = (rules: Rules, over: Given = {}) =>
    customNetworking(rules, {
      daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' }), nodeCacheAgents],
      pods: [coreDns(), customPod, nodeCache('node-a', '10.0.1.10')],
      ...over,
    });
  test.each<[string, Given, readonly Verdict[]]>([
    ['pods ask their node; only the node must reach CoreDNS', given([EGRESS, SELF]), ['ok']],
    ['UDP alone is not enough: it insists on TCP', given([EGRESS, dnsFrom('udp', 'sg-nodes')]), ['critical']],
    ['TCP alone is enough', given([EGRESS, dnsFrom('tcp', 'sg-nodes')]), ['ok']],
    [
      'pods on a node without a ready agent ask CoreDNS themselves',
      given([EGRESS, SELF, PODS_OUT], { pods: [coreDns(), customPod, nodeCache('node-a', '10.0.1.10', 'False')] }),
      ['critical', 'ok'],
    ],
    [
      'strict pods beside it are not supported',
      given([EGRESS, SELF, PODS_OUT, dnsFrom('udp'), dnsFrom('tcp')], {
        pods: [
          coreDns(),
          aPod({ ...customPod, podEni: JSON.stringify([{ eniId: podEni.networkInterfaceId }]) }),
          nodeCache('node-a', '10.0.1.10'),
        ],
      }),
      ['warning', 'ok'],
    ],
  ])('%s', (_name, world_, verdicts) => {
    expect(verdictsOf(world_)).toEqual(verdicts);
  });
});

describe('IPv6 clusters', () => {
  const v6 = (rules: Rules) => {
    const dns = coreDns('coredns-1', '2600:db8:0:2:1::b');
    return world({
      networkInterfaces: [
        { ...eniA, ipv6Prefixes: ['2600:db8:0:1:1::/80'] },
        { ...eniB, ipv6Prefixes: ['2600:db8:0:2:1::/80'] },
      ],
      pods: [dns, aPod({ ...web, podIps: ['2600:db8:0:1:1::b'] })],
      endpointSlices: [anEndpointSlice({ addressType: 'IPv6', endpoints: [endpoint(dns)] })],
      subnets: [aSubnet({ subnetId: 'subnet-a', cidrBlock: '10.0.1.0/24', ipv6CidrBlocks: ['2600:db8:0:1::/64'] })],
      securityGroupRules: [...rules],
    });
  };
  const outV6 = aRule({ groupId: 'sg-nodes', cidrIpv6: '::/0' });
  test.each<[string, Given, Verdict]>([
    ['one group that trusts itself', v6([outV6, SELF]), 'ok'],
    ['IPv4 rules alone', v6([EGRESS, SELF]), 'critical'],
    ["the subnet's IPv6 CIDR", v6([outV6, aRule({ groupId: 'sg-nodes', isEgress: false, cidrIpv6: '2600:db8:0:1::/64' })]), 'ok'],
  ])('%s', (_name, given, verdict) => {
    const [finding] = judge(given).findings;
    expect(finding?.verdict).toBe(verdict);
    expect(finding?.evidence).toMatchObject({ sourceCidrs: ['2600:db8:0:1::/64'], destination: '[2600:db8:0:2:1::b]:53' });
  });
});

describe('what was not read is unknown, unless it does not matter', () => {
  const viaList = aRule({ groupId: 'sg-nodes', isEgress: false, prefixListId: 'pl-1' });
  const old = '2026-11-24T02:00:00Z';
  const fresh = '2026-11-24T02:59:00Z';
  const unseen = (createdAt: string) => aPod({ name: 'web-9', nodeName: 'node-a', podIps: ['10.0.9.9'], createdAt });
  test.each<[string, Given, readonly Verdict[]]>([
    [
      'a prefix list that decides',
      world({ securityGroupRules: [EGRESS, viaList], prefixLists: [{ prefixListId: 'pl-1', unreadable: 'denied' }] }),
      ['unknown'],
    ],
    ['prefix lists as a whole', world({ securityGroupRules: [EGRESS, viaList], prefixLists: DENIED }), ['unknown']],
    [
      'prefix lists, where another rule allows',
      world({ securityGroupRules: [EGRESS, viaList, SELF], prefixLists: DENIED }),
      ['ok'],
    ],
    [
      'a prefix list that holds the pod',
      world({ securityGroupRules: [EGRESS, viaList], prefixLists: [{ prefixListId: 'pl-1', cidrs: ['10.0.1.0/24'] }] }),
      ['ok'],
    ],
    ['a security group of another account', world({ securityGroups: [], securityGroupRules: [] }), ['unknown']],
    ['the interface of a CoreDNS pod', world({ networkInterfaces: [eniA] }), ['unknown']],
    ['the interface of a pod', world({ pods: [coreDns(), web, unseen(old)] }), ['ok', 'unknown']],
    ['the interface of a pod younger than the list', world({ pods: [coreDns(), web, unseen(fresh)] }), ['ok']],
    ['the interfaces of young pods alone', world({ pods: [coreDns(), unseen(fresh)] }), ['unknown']],
    ['pods on Windows nodes', world({ nodes: [{ ...nodeA, operatingSystem: 'windows' }, nodeB] }), ['unknown']],
    [
      'pods on hybrid nodes',
      world({ nodes: [{ ...nodeA, labels: { 'eks.amazonaws.com/compute-type': 'hybrid' } }, nodeB] }),
      ['unknown'],
    ],
    [
      'pods on a second network card',
      world({ networkInterfaces: [{ ...eniA, attachment: { instanceId: 'i-a', deviceIndex: 1, networkCardIndex: 1 } }, eniB] }),
      ['unknown'],
    ],
    [
      'an address family that CoreDNS does not share',
      world({
        networkInterfaces: [{ ...eniA, ipv6Addresses: ['2600:db8::b'] }, eniB],
        pods: [coreDns(), aPod({ ...web, podIps: ['2600:db8::b'] })],
      }),
      ['unknown'],
    ],
    ['subnets: the pods themselves are named', world({ subnets: DENIED }), ['ok']],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf(given)).toEqual(verdicts);
  });

  test('pods that cannot be classed are counted by why, with an example', () => {
    const finding = judge(world({ pods: [coreDns(), web, unseen(old)] })).findings.find(
      ({ resource }) => resource.kind === 'cluster',
    );
    expect(finding?.evidence).toEqual({
      pods: 1,
      reasons: [{ reason: 'have an address of no interface that can be seen', pods: 1, example: 'default/web-9' }],
    });
  });
});

describe('no endpoint is ready', () => {
  const none = (over: Given = {}) =>
    world({ endpointSlices: [anEndpointSlice({ endpoints: [endpoint(coreDns(), false)] })], ...over });
  const auto = { labels: { 'eks.amazonaws.com/compute-type': 'auto' } };
  test.each<[string, Given, readonly Verdict[]]>([
    ['no class can resolve', none(), ['critical']],
    ['without pods nobody asks', none({ pods: [] }), ['not-applicable']],
    [
      'a Service without slices',
      world({
        endpointSlices: [],
        services: [
          { namespace: 'kube-system', name: 'kube-dns', labels: {}, selector: {}, type: 'ClusterIP', clusterIps: [], ports: [] },
        ],
      }),
      ['critical'],
    ],
    ['no such Service: where pods resolve is not known', world({ endpointSlices: [] }), ['unknown']],
    [
      'every node is Auto Mode and answers itself',
      none({
        nodes: [
          { ...nodeA, ...auto },
          { ...nodeB, ...auto },
        ],
      }),
      ['not-applicable'],
    ],
    ['some nodes are', none({ nodes: [{ ...nodeA, ...auto }, nodeB] }), ['unknown']],
    ['the cluster has Auto Mode on', none({ cluster: aCluster({ autoMode: true }) }), ['unknown']],
    ['whether it has was not read', none({ cluster: DENIED }), ['critical']],
  ])('%s', (_name, given, verdicts) => {
    expect(verdictsOf(given)).toEqual(verdicts);
  });
  test('a gap on the way from Auto Mode nodes may hurt nobody', () => {
    expect(verdictsOf(world({ nodes: [{ ...nodeA, ...auto }, nodeB], securityGroupRules: [EGRESS] }))).toEqual(['unknown']);
  });
});

describe('CNIs that carry pods in tunnels', () => {
  const cilium = aDaemonSet({
    name: 'cilium',
    labels: { 'k8s-app': 'cilium' },
    containers: [{ name: 'cilium-agent', image: 'cilium:v1.20.2', init: false, env: {}, args: [] }],
  });
  const overlayPods = [aPod({ ...coreDns(), podIps: ['192.168.0.2'] }), aPod({ ...web, podIps: ['192.168.0.3'] })];
  test('security groups do not see the pods', () => {
    expect(verdictsOf(world({ daemonSets: [cilium], pods: overlayPods }))).toEqual(['unknown']);
    expect(verdictsOf(world({ daemonSets: [cilium], pods: overlayPods }), { overlay: 'not-applicable' })).toEqual([
      'not-applicable',
    ]);
  });
  test('Cilium in ENI mode is none of them', () => {
    expect(verdictsOf(world({ daemonSets: [cilium] }))).toEqual(['ok']);
  });
  test('nor is Cilium chained on the VPC CNI', () => {
    expect(verdictsOf(world({ daemonSets: [awsNode(), cilium] }))).toEqual(['ok']);
  });
});
