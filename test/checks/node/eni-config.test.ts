import { expect, test } from 'vitest';
import { check } from '#lib/checks/node/eni-config.ts';
import type { SecurityGroup } from '#lib/model/ec2.ts';
import type { EniConfig, Node } from '#lib/model/kubernetes.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aNode, aNodegroup, aSnapshot, aSubnet, awsNode, DENIED } from '#test/scenarios/slices.ts';

type World = Parameters<typeof aSnapshot>[0];

const ZONE = 'topology.kubernetes.io/zone';
const CUSTOM = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: ZONE };
const A = 'eu-west-1a';
const B = 'eu-west-1b';
const config = (name: string, over: Partial<EniConfig> = {}): EniConfig => ({
  name,
  subnet: name === B ? 'pods-b' : 'pods-a',
  securityGroups: ['sg-pods'],
  ...over,
});
const group = (groupId: string, vpcId = 'vpc-1'): SecurityGroup => ({ groupId, groupName: groupId, vpcId, tags: {} });
const node = (zone: string, over: Partial<Node> = {}): Node =>
  aNode({ name: `n-${zone}`, instanceId: `i-${zone}`, labels: { [ZONE]: zone }, ...over });
const SUBNETS = [
  aSubnet(),
  aSubnet({ subnetId: 'subnet-b', availabilityZone: B }),
  aSubnet({ subnetId: 'pods-a', cidrBlock: '100.64.0.0/19' }),
  aSubnet({ subnetId: 'pods-b', cidrBlock: '100.64.32.0/19', availabilityZone: B }),
];
/** A node in each of two zones, each with its ENIConfig. */
const custom = (over: World = {}): World => ({
  nodes: [node(A), node(B)],
  daemonSets: [awsNode(CUSTOM)],
  eniConfigs: [config(A), config(B)],
  subnets: SUBNETS,
  securityGroups: [group('sg-pods')],
  nodegroups: [aNodegroup({ subnets: ['subnet-a', 'subnet-b'] })],
  ...over,
});
const run = (world: World) => runCheck(check, aSnapshot(world)).findings;
const reasons = (world: World) =>
  (run(world)[0]?.evidence['problems'] as readonly { reason: string; nodes: string[] }[] | undefined)?.map(
    ({ reason, nodes }) => `${reason}: ${nodes.join(' ')}`,
  );

test.each<[string, World, string, readonly string[]]>([
  ['an ENIConfig for every zone', custom(), 'ok', []],
  ['one without groups of its own', custom({ eniConfigs: [config(A, { securityGroups: [] }), config(B)] }), 'ok', []],
  ['a zone without', custom({ eniConfigs: [config(A)] }), 'critical', [`missing: n-${B}`]],
  ['no ENIConfig at all', custom({ eniConfigs: [] }), 'critical', [`missing: n-${A}`, `missing: n-${B}`]],
  [
    'a subnet that is gone',
    custom({ eniConfigs: [config(A, { subnet: 'gone' }), config(B)] }),
    'critical',
    [`subnet-missing: n-${A}`],
  ],
  [
    'a subnet of another zone',
    custom({ eniConfigs: [config(A, { subnet: 'pods-b' }), config(B)] }),
    'critical',
    [`wrong-zone: n-${A}`],
  ],
  [
    'a group that is gone',
    custom({ securityGroups: [] }),
    'critical',
    [`security-group-missing: n-${A}`, `security-group-missing: n-${B}`],
  ],
  [
    'a group of another VPC',
    custom({
      eniConfigs: [config(A, { securityGroups: ['sg-far'] }), config(B)],
      securityGroups: [group('sg-pods'), group('sg-far', 'vpc-2')],
    }),
    'critical',
    [`security-group-elsewhere: n-${A}`],
  ],
  [
    'a faulty one for which nobody asks',
    custom({ eniConfigs: [config(A), config(B), config('old', { subnet: 'gone' })] }),
    'warning',
    ['subnet-missing: '],
  ],
  ['groups that were not read', custom({ securityGroups: DENIED }), 'unknown', []],
  ['node groups that were not read', custom({ nodegroups: DENIED }), 'unknown', []],
  ['no nodes', custom({ nodes: [] }), 'ok', []],
  ['one node', custom({ nodes: [node(A)] }), 'ok', []],
])('%s: %3$s', (_, world, verdict, problems) => {
  expect(run(world)).toMatchObject([{ verdict, resource: { kind: 'cluster' } }]);
  expect(reasons(world)).toEqual(problems);
});

test('a zone where a group may start nodes needs an ENIConfig before it has any', () => {
  const world = custom({ nodes: [node(A)], eniConfigs: [config(A)] });
  expect(run(world)[0]).toMatchObject({
    verdict: 'warning',
    remediation: 'correct-eni-config',
    evidence: { zonesWithoutConfig: [B], zones: { [A]: { nodes: 1, eniConfigs: [A] } } },
  });
  expect(run(world)[0]?.summary).toContain('general');
});

const EXTERNAL = 'vpc.amazonaws.com/externalEniConfig';
test.each<[string, Partial<Node>, string]>([
  ['by the label of its zone', {}, A],
  ['by an annotation before the label', { annotations: { 'k8s.amazonaws.com/eniConfig': 'special' } }, 'special'],
  ['by the label of another tool before both', { labels: { [ZONE]: A, [EXTERNAL]: 'outer' } }, 'outer'],
  ['as the default without any', { labels: {} }, 'default'],
])('a node names its ENIConfig %s', (_, over, name) => {
  const world = custom({ nodes: [node(A, over)], eniConfigs: [config(name), config(B)] });
  expect(run(world)[0]?.evidence['eniConfigs']).toContainEqual({ name, subnet: 'pods-a', nodes: 1 });
  const without = run(custom({ nodes: [node(A, over)], eniConfigs: [config(B)] }))[0];
  expect(without).toMatchObject({ verdict: 'critical', summary: expect.stringContaining(`no ENIConfig named ${name}`) });
});

test('a missing default says which keys the node lacks', () => {
  expect(run(custom({ nodes: [node(A, { labels: {} })] }))[0]?.summary).toContain(`the label ${ZONE}`);
});

test('a node of a zone that is not known leaves a good ENIConfig open', () => {
  const { providerId: _id, instanceId: _instance, ...lost } = node(A, { labels: { custom: A } });
  const world = custom({ nodes: [lost], daemonSets: [awsNode({ ...CUSTOM, ENI_CONFIG_LABEL_DEF: 'custom' })] });
  expect(run(world)[0]).toMatchObject({ verdict: 'unknown', summary: expect.stringContaining('zone of 1 node') });
});

test.each<[string, World, string, string]>([
  ['IPv6', custom({ cluster: aCluster({ ipFamily: 'ipv6' }) }), 'critical', 'exclude each other'],
  ['the setting off', custom({ daemonSets: [awsNode()] }), 'not-applicable', '2 ENIConfigs have no effect'],
  ['the setting off and none', custom({ daemonSets: [awsNode()], eniConfigs: [] }), 'not-applicable', 'CUSTOM_NETWORK_CFG).'],
  ['Auto Mode', custom({ daemonSets: [], cluster: aCluster({ autoMode: true }) }), 'not-applicable', 'Auto Mode'],
  ['no CNI', custom({ daemonSets: [] }), 'unknown', 'no DaemonSet'],
  ['Fargate nodes', custom({ nodes: [node(A, { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })] }), 'ok', '0 nodes'],
])('with %s the cluster is %3$s', (_, world, verdict, text) =>
  expect(run(world)).toMatchObject([{ verdict, summary: expect.stringContaining(text) }]),
);
