import { describe, expect, test } from 'vitest';
import type { NetworkAcl } from '#lib/model/ec2.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { parseAddress } from '#lib/network/address.ts';
import type { LayerName, LayerVerdict } from '#lib/network/path/layer.ts';
import { type PathQuestion, pathVerdict } from '#lib/network/path/verdict.ts';
import { asking, eniA, eniB, type Given, nodeA, nodeB, twoSubnets } from '#test/checks/dns/two-subnets.ts';
import { anAcl, anAclEntry, OPEN_ENTRIES } from '#test/network/acls.ts';
import { aPolicy, enforcingVpcCni, inNamespace, rule } from '#test/network/policies.ts';
import { aDaemonSet, aNodeEni, aRule, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

const web = asking();
const db = asking({
  namespace: 'data',
  name: 'db-0',
  labels: { app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' },
  nodeName: 'node-b',
  podIps: ['10.0.2.12'],
  owner: { kind: 'StatefulSet', name: 'db' },
});
const neighbour = asking({ name: 'web-2', podIps: ['10.0.1.12'] });
const host = asking({ name: 'agent', hostNetwork: true, podIps: ['10.0.1.10'] });

const EGRESS = aRule({ securityGroupRuleId: 'sgr-out', groupId: 'sg-nodes' });
const SELF = aRule({
  securityGroupRuleId: 'sgr-self',
  groupId: 'sg-nodes',
  isEgress: false,
  referencedGroup: { groupId: 'sg-nodes' },
});
const entry = anAclEntry;
const OPEN = OPEN_ENTRIES;
const acls = (a = OPEN, b = OPEN): NetworkAcl[] => [anAcl('acl-a', ['subnet-a'], a), anAcl('acl-b', ['subnet-b'], b)];

const world = (over: Given = {}): Given =>
  twoSubnets([web, db, neighbour, host], {
    daemonSets: [enforcingVpcCni()],
    securityGroups: [{ groupId: 'sg-nodes', groupName: 'nodes', tags: {} }],
    securityGroupRules: [EGRESS, SELF],
    networkAcls: acls(),
    namespaces: ['default', 'data', 'kube-system'].map((name) => ({ name, labels: { 'kubernetes.io/metadata.name': name } })),
    ...over,
  });

type End = Pod | string;
const end = (of: End): PathQuestion['from'] =>
  typeof of === 'string' ? { kind: 'address', address: parseAddress(of) ?? 0 } : { kind: 'pod', pod: of };
function ask(given: Given, from: End = web, to: End = db, over: Partial<PathQuestion> = {}) {
  return pathVerdict(aSnapshot(given).slices, { from: end(from), to: end(to), port: 5432, protocol: 'tcp', ...over });
}

const LAYERS: readonly LayerName[] = [
  'policy-egress',
  'security-group-egress',
  'acl-out',
  'acl-back',
  'security-group-ingress',
  'policy-ingress',
];
/** A letter a layer, in their order: a(llowed), d(enied), p(art), D(isputed), u(nknown), -. */
const LETTERS: Readonly<Record<LayerVerdict, string>> = {
  allowed: 'a',
  denied: 'd',
  'in-part': 'p',
  disputed: 'D',
  unknown: 'u',
  'not-asked': '-',
};
function lettersOf(...args: Parameters<typeof ask>): string {
  const { verdict, layers } = ask(...args);
  expect(layers.map(({ layer }) => layer)).toEqual(LAYERS);
  return `${layers.map((layer) => LETTERS[layer.verdict]).join('')} ${verdict}`;
}

describe('a connection from a pod to one on another node', () => {
  const deny = (port: number) => ({ ruleAction: 'deny', protocol: '6', portRange: { from: port, to: port } });
  const replies = { protocol: '6', portRange: { from: 40000, to: 60999 } };
  const allowDb = rule([inNamespace('data', { matchLabels: { app: 'db' } })], { protocol: 'TCP', port: 5432 });
  test.each<[string, Given, string]>([
    ['nothing is in the way', {}, 'aaaaaa allowed'],
    ['its namespace may send nothing', { networkPolicies: [aPolicy()] }, 'daaaaa denied'],
    ['its namespace may send this', { networkPolicies: [aPolicy({ egress: [allowDb] })] }, 'aaaaaa allowed'],
    ['the other takes nothing', { networkPolicies: [aPolicy({ namespace: 'data', ingress: [] })] }, 'aaaaad denied'],
    ['policies are not enforced', { networkPolicies: [aPolicy()], daemonSets: [awsNode()] }, 'aaaaaa allowed'],
    ['no group lets it out', { securityGroupRules: [SELF] }, 'adaaaa denied'],
    ['no group lets it in', { securityGroupRules: [EGRESS] }, 'aaaada denied'],
    ['the ACL drops it on its way out', { networkAcls: acls([entry(90, true, deny(5432)), ...OPEN]) }, 'aadaaa denied'],
    ['the ACL drops it on its way in', { networkAcls: acls(OPEN, [entry(90, false, deny(5432)), ...OPEN]) }, 'aadaaa denied'],
    ['the ACL drops replies', { networkAcls: acls([entry(100, true)]) }, 'aaadaa denied'],
    ['the ACL lets some replies home', { networkAcls: acls([entry(100, true), entry(100, false, replies)]) }, 'aaapaa in-part'],
    [
      'everything is in the way',
      {
        networkPolicies: [aPolicy(), aPolicy({ namespace: 'data', ingress: [] })],
        securityGroupRules: [],
        networkAcls: acls([], []),
      },
      'dddddd denied',
    ],
  ])('%s', (_name, over, expected) => {
    expect(lettersOf(world(over))).toBe(expected);
  });
});

describe('traffic that does not come by', () => {
  const shut = world({ securityGroupRules: [], networkAcls: acls([], []) });
  test.each<[string, End, End, Given, string]>([
    ['between pods of one node', web, neighbour, shut, 'a----a allowed'],
    ['from a pod to itself', web, web, shut, 'a----a allowed'],
    ['from a pod to its node, by any policy', web, '10.0.1.10', { ...shut, networkPolicies: [aPolicy()] }, 'a----a allowed'],
    [
      'within a subnet no ACL is asked',
      web,
      db,
      { ...shut, networkInterfaces: [eniA, { ...eniB, subnetId: 'subnet-a' }] },
      'ad--da denied',
    ],
    [
      'policies do not hold a pod on the network of its node',
      host,
      db,
      world({ networkPolicies: [aPolicy()] }),
      'aaaaaa allowed',
    ],
  ])('%s', (_name, from, to, given, expected) => {
    expect(lettersOf(given, from, to)).toBe(expected);
  });
});

describe('security groups of pods', () => {
  const branch = aNodeEni('i-a', 1, {
    networkInterfaceId: 'eni-branch',
    subnetId: 'subnet-a',
    privateIpAddresses: ['10.0.1.50'],
    groups: ['sg-pods'],
  });
  const ledger = asking({ name: 'ledger', podIps: ['10.0.1.50'], podEni: JSON.stringify([{ eniId: 'eni-branch' }]) });
  const given = (mode: string) =>
    world({
      daemonSets: [awsNode({ ENABLE_POD_ENI: 'true', POD_SECURITY_GROUP_ENFORCING_MODE: mode })],
      networkInterfaces: [eniA, eniB, branch],
      securityGroups: ['sg-nodes', 'sg-pods'].map((groupId) => ({ groupId, groupName: groupId, tags: {} })),
    });
  test.each<[string, string, End, string]>([
    ['strict: its own decide', 'strict', db, 'adaada denied'],
    ['strict: between pods of one node too', 'strict', neighbour, 'ad--da denied'],
    ["standard: its own deny, the node's allow", 'standard', db, 'aDaaDa disputed'],
    ['standard: between pods of one node none is asked', 'standard', neighbour, 'a----a allowed'],
  ])('%s', (_name, mode, to, expected) => {
    expect(lettersOf(given(mode), ledger, to)).toBe(expected);
  });
});

describe('to an address', () => {
  const podEni = aNodeEni('i-a', 1, { subnetId: 'subnet-pods', privateIpAddresses: ['100.64.0.11'], groups: ['sg-pods'] });
  const customPod = asking({ name: 'web-9', podIps: ['100.64.0.11'] });
  const custom = (env: Record<string, string> = {}) =>
    world({
      daemonSets: [awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ...env })],
      networkInterfaces: [eniA, eniB, podEni],
      securityGroups: ['sg-nodes', 'sg-pods'].map((groupId) => ({ groupId, groupName: groupId, tags: {} })),
      networkAcls: [...acls(), anAcl('acl-p', ['subnet-pods'])],
    });
  test.each<[string, Given, End, string, string]>([
    ['outside the VPC: nothing is asked there', world(), web, '1.1.1.1', 'aaaa-a allowed'],
    ['outside, as the node sends it', custom(), customPod, '1.1.1.1', 'aaaa-a allowed'],
    [
      'outside, as the pod itself sends it',
      custom({ AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true' }),
      customPod,
      '1.1.1.1',
      'adaa-a denied',
    ],
    [
      'of a peered VPC, which a rule may name by its group',
      world({ securityGroupRules: [aRule({ groupId: 'sg-nodes', referencedGroup: { groupId: 'sg-peer' } })] }),
      web,
      '10.99.0.1',
      'auaa-a unknown',
    ],
    [
      'of the internet, which none can',
      world({ securityGroupRules: [aRule({ groupId: 'sg-nodes', referencedGroup: { groupId: 'sg-peer' } })] }),
      web,
      '1.1.1.1',
      'adaa-a denied',
    ],
    ['of another node', world(), web, '10.0.2.10', 'aaaaaa allowed'],
    ['of the VPC whose interface was not read', world(), web, '10.0.99.1', 'aauuua unknown'],
    ['of a subnet of the cluster, held by nobody', world(), web, '10.0.2.99', 'aaaaua unknown'],
  ])('%s', (_name, given, from, to, expected) => {
    expect(lettersOf(given, from, to)).toBe(expected);
  });
});

const CILIUM_REFUSED = {
  kind: 'CiliumNetworkPolicy',
  code: 'Forbidden',
  reason: 'GET … answered 403.',
  remedy: 'grant',
} as const;

describe('what was not read leaves its layer open, where it decides', () => {
  test.each<[string, Given, string, Pod?]>([
    ['networkPolicies', { networkPolicies: DENIED }, 'uaaaau unknown'],
    ['policyResources', { policyResources: DENIED }, 'uaaaau unknown'],
    ['one kind of them', { policyResources: { ok: true, data: [], unread: [CILIUM_REFUSED] } }, 'uaaaau unknown'],
    ['networkAcls', { networkAcls: DENIED }, 'aauuaa unknown'],
    ['securityGroupRules', { securityGroupRules: DENIED }, 'auaaua unknown'],
    ['networkInterfaces', { networkInterfaces: DENIED }, 'auuuua unknown'],
    ['nodes', { nodes: DENIED }, 'auuuua unknown'],
    ['DaemonSets, where no policy denies', { daemonSets: DENIED }, 'auuuua unknown'],
    ['DaemonSets, where one does', { daemonSets: DENIED, networkPolicies: [aPolicy()] }, 'uuuuua unknown'],
    ['the interface of a pod', { networkInterfaces: [eniB] }, 'auaaua unknown'],
    ['a pod that has no address yet', { pods: [web] }, 'auuuua unknown', { ...db, phase: 'Pending', podIps: [] }],
    ['one denial is enough', { networkAcls: DENIED, networkPolicies: [aPolicy()] }, 'dauuaa denied'],
  ])('%s', (_name, over, expected, to = db) => {
    expect(lettersOf(world(over), web, to)).toBe(expected);
  });

  test('the VPC does not see pods in tunnels', () => {
    const flannel = aDaemonSet({
      name: 'kube-flannel-ds',
      labels: { app: 'flannel' },
      containers: [{ name: 'kube-flannel', image: 'flannel:v0.27', init: false, env: {}, args: [] }],
    });
    const [a, b] = [asking({ podIps: ['192.168.0.2'] }), asking({ name: 'db-0', nodeName: 'node-b', podIps: ['192.168.1.2'] })];
    const given = world({ daemonSets: [flannel], pods: [a, b] });
    expect(lettersOf(given, a, b)).toBe('auuuua unknown');
  });
});

describe('pods of EKS Auto Mode', () => {
  const auto = (name: 'node-a' | 'node-b', nodeClass: string) => ({
    ...(name === 'node-a' ? nodeA : nodeB),
    labels: { 'eks.amazonaws.com/compute-type': 'auto', 'eks.amazonaws.com/nodeclass': nodeClass },
  });
  const nodeClasses = [{ name: 'default' }, { name: 'strict', networkPolicy: 'DefaultDeny' }];
  const handed = (value: string): Given => ({
    configMaps: [
      { namespace: 'kube-system', name: 'amazon-vpc-cni', data: { 'enable-network-policy-controller': value }, omitted: [] },
    ],
  });
  const between = (a: string, b: string, over: Given = {}): Given =>
    world({ nodes: [auto('node-a', a), auto('node-b', b)], daemonSets: [], nodeClasses, ...over });
  const allow = aPolicy({ egress: [rule()] });
  const letIn = aPolicy({ ingress: [rule()] });
  test.each<[string, Given, string, Pod?]>([
    ['the NodeClasses of both allow by default', between('default', 'default'), 'aaaaaa allowed'],
    ["the source's denies by default", between('strict', 'default'), 'daaaaa denied'],
    ["the destination's does", between('default', 'strict'), 'aaaaad denied'],
    ['both do', between('strict', 'strict'), 'daaaad denied'],
    [
      'a rule allows what the NodeClass denies',
      between('strict', 'default', { networkPolicies: [allow], ...handed('true') }),
      'aaaaaa allowed',
    ],
    [
      'and no node is handed policies',
      between('strict', 'default', { networkPolicies: [allow], ...handed('false') }),
      'uaaaaa unknown',
    ],
    ['or nobody knows whether', between('strict', 'default', { networkPolicies: [allow], configMaps: DENIED }), 'uaaaaa unknown'],
    [
      'a policy for the other direction selects it',
      between('strict', 'default', { networkPolicies: [letIn], ...handed('true') }),
      'uaaaaa unknown',
    ],
    [
      'a policy denies what the NodeClass denies',
      between('strict', 'default', { networkPolicies: [aPolicy()] }),
      'daaaaa denied',
    ],
    [
      'a policy denies what the NodeClass allows',
      between('default', 'default', { networkPolicies: [aPolicy()] }),
      'uaaaaa unknown',
    ],
    ['a rule allows it, and the NodeClass does', between('default', 'default', { networkPolicies: [allow] }), 'aaaaaa allowed'],
    ['the NodeClass of the source is not there', between('gone', 'default'), 'uaaaaa unknown'],
    ['NodeClasses were not read', between('default', 'default', { nodeClasses: DENIED }), 'uaaaau unknown'],
    [
      'and a rule allows it',
      between('default', 'default', { nodeClasses: DENIED, networkPolicies: [allow], ...handed('true') }),
      'aaaaau unknown',
    ],
    ['on the network of the node nothing is denied', between('strict', 'default'), 'aaaaaa allowed', host],
    [
      'the destination alone is of Auto Mode',
      between('', 'strict', { nodes: [nodeA, auto('node-b', 'strict')] }),
      'aaaaad denied',
    ],
  ])('%s', (_name, given, expected, from = web) => {
    expect(lettersOf(given, from)).toBe(expected);
  });
  test('a pod is not kept from its own node', () => {
    expect(lettersOf(between('strict', 'strict'), web, '10.0.1.10')).toBe('a----a allowed');
  });
  test('who denies is named, and what would open it', () => {
    const [egress] = ask(between('strict', 'default')).layers;
    expect(egress).toMatchObject({
      by: ['NodeClass strict'],
      reason: 'NodeClass strict (networkPolicy: DefaultDeny) denies everything to default/web-1 until a policy selects it',
      toOpen: ['NetworkPolicy of default that selects web-1: egress to pods app=db in namespace data, TCP 5432'],
    });
  });
  test.each<[string, Given, string]>([
    [
      'what is not known',
      between('gone', 'default'),
      'NodeClass gone, which may deny by default, is not in the API server any more',
    ],
    [
      'what keeps policies from it',
      between('strict', 'default', { networkPolicies: [allow], ...handed('false') }),
      "NodeClass strict denies by default; and no policy is known to open that, since enable-network-policy-controller is not seen to be 'true' in ConfigMap kube-system/amazon-vpc-cni",
    ],
    [
      'what no document says',
      between('strict', 'default', { networkPolicies: [letIn], ...handed('true') }),
      'NodeClass strict denies by default, and no document says whether a policy for ingress ends that',
    ],
  ])('%s is named', (_name, given, reason) => {
    expect(ask(given).layers[0]?.reason).toBe(reason);
  });
});

test("in the VPC CNI's strict mode, with EKS's controller off, a pod without a policy is perhaps shut", () => {
  const configMaps = [{ namespace: 'kube-system', name: 'amazon-vpc-cni', data: {}, omitted: [] }];
  const given = world({ daemonSets: [enforcingVpcCni({ NETWORK_POLICY_ENFORCING_MODE: 'strict' })], configMaps });
  expect(lettersOf(given)).toBe('uaaaau unknown');
});

describe('every layer says why, and what would open it', () => {
  const layersOf = (...args: Parameters<typeof ask>) =>
    Object.fromEntries(ask(...args).layers.map(({ layer, reason, toOpen }) => [layer, [reason, ...toOpen]]));
  test('where all pass', () => {
    expect(layersOf(world())).toEqual({
      'policy-egress': ['no policy isolates default/web-1 for egress'],
      'security-group-egress': ['rule sgr-out of sg-nodes lets it pass'],
      'acl-out': ['acl-a and acl-b let it pass'],
      'acl-back': ['acl-a and acl-b let it pass'],
      'security-group-ingress': ['rule sgr-self of sg-nodes lets it pass'],
      'policy-ingress': ['no policy isolates data/db-0 for ingress'],
    });
  });
  test('where all are shut', () => {
    const given = world({
      networkPolicies: [aPolicy(), aPolicy({ namespace: 'data', name: 'lock', ingress: [] })],
      securityGroupRules: [],
      networkAcls: acls([], []),
    });
    expect(layersOf(given)).toEqual({
      'policy-egress': [
        'default/web-1 is isolated by NetworkPolicy default/deny, and no egress rule lets it pass',
        'NetworkPolicy of default that selects web-1: egress to pods app=db in namespace data, TCP 5432',
      ],
      'security-group-egress': ['no egress rule of sg-nodes lets it pass', 'sg-nodes: TCP 5432 out to sg-nodes'],
      'acl-out': [
        'blocked by egress of acl-a (no rule allows it) and ingress of acl-b (no rule allows it)',
        'acl-a: allow TCP 5432 out to 10.0.2.12/32',
        'acl-b: allow TCP 5432 in from 10.0.1.11/32',
      ],
      'acl-back': [
        'blocked by egress of acl-b (no rule allows it, replies to ports 32768-60999) and ingress of acl-a (no rule allows it, replies to ports 32768-60999)',
        'acl-b: allow TCP 32768-60999 out to 10.0.1.11/32',
        'acl-a: allow TCP 32768-60999 in from 10.0.2.12/32',
      ],
      'security-group-ingress': ['no ingress rule of sg-nodes lets it pass', 'sg-nodes: TCP 5432 in from sg-nodes'],
      'policy-ingress': [
        'data/db-0 is isolated by NetworkPolicy data/lock, and no ingress rule lets it pass',
        'NetworkPolicy of data that selects db-0: ingress from pods app=web in namespace default, TCP 5432',
      ],
    });
  });
  test('a rule that names a group, and an address of a delegated prefix', () => {
    const prefixed = { ...eniA, privateIpAddresses: ['10.0.1.10'], ipv4Prefixes: ['10.0.1.0/28'] };
    expect(layersOf(world({ networkInterfaces: [prefixed, eniB] }))['security-group-ingress']).toEqual([
      'rule sgr-self of sg-nodes lets it pass, if a rule that names a group matches addresses of delegated prefixes, which AWS does not document',
    ]);
  });
  test('policies that nothing enforces', () => {
    const [reason] = layersOf(world({ networkPolicies: [aPolicy()], daemonSets: [awsNode()] }))['policy-egress'] ?? [];
    expect(reason).toMatch(/^nothing enforces network policies here; else it would not pass, since default\/web-1 is isolated/);
  });
});
