import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/flannel/flannel-backend.ts';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { flannelAgent, flannelConfigMap } from '#test/network/flannel/flannel-objects.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, anEni, aRule, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Annotations = Readonly<Record<string, string | undefined>>;

const YOUNG = '2026-11-24T02:58:00Z';

function node(at: number, over: Annotations = {}, rest: Partial<Node> = {}): Node {
  const own: Annotations = {
    'kube-subnet-manager': 'true',
    'backend-type': 'vxlan',
    'backend-data': `{"VNI":1,"VtepMAC":"aa:bb:cc:00:00:0${at}"}`,
    'public-ip': `10.0.0.${at}`,
    ...over,
  };
  const kept = Object.entries(own).flatMap(([key, value]) =>
    value === undefined ? [] : [[`flannel.alpha.coreos.com/${key}`, value]],
  );
  return aNode({ name: `n${at}`, internalIps: [`10.0.0.${at}`], annotations: Object.fromEntries(kept), ...rest });
}

const OPEN: readonly SecurityGroupRule[] = [aRule(), aRule({ isEgress: false, referencedGroup: { groupId: 'sg-cluster' } })];
const EC2: Given = {
  networkInterfaces: [1, 2, 3].map((at) => anEni({ networkInterfaceId: `eni-${at}`, privateIpAddresses: [`10.0.0.${at}`] })),
  securityGroups: [{ groupId: 'sg-cluster', groupName: 'cluster', tags: {} }],
  securityGroupRules: [...OPEN],
};

const judge = (given: Given) =>
  runCheck(check, aSnapshot({ daemonSets: [flannelAgent()], configMaps: [flannelConfigMap()], ...EC2, ...given }));
const verdictsOf = (given: Given) =>
  judge(given).findings.map(({ verdict, resource }) => [verdict, resource.kind === 'cluster' ? 'cluster' : resource.id]);

describe('what a node tells of itself', () => {
  test.each<[string, Node, Verdict]>([
    ['all, and right', node(2), 'ok'],
    ['nothing', node(2, { 'backend-type': undefined, 'backend-data': undefined, 'public-ip': undefined }), 'critical'],
    [
      'nothing yet',
      node(2, { 'backend-type': undefined, 'backend-data': undefined, 'public-ip': undefined }, { createdAt: YOUNG }),
      'ok',
    ],
    ['no data', node(2, { 'backend-data': undefined }), 'critical'],
    ['no address', node(2, { 'public-ip': undefined }), 'critical'],
    ['data that is no JSON', node(2, { 'backend-data': 'aa:bb' }), 'unknown'],
    ['another backend', node(2, { 'backend-type': 'host-gw' }), 'critical'],
    ['another VNI', node(2, { 'backend-data': '{"VNI":2,"VtepMAC":"aa:bb:cc:00:00:02"}' }), 'critical'],
    ['an address of somebody else', node(2, { 'public-ip': '10.0.9.9' }), 'critical'],
    ['an address that somebody chose', node(2, { 'public-ip': '52.1.2.3', 'public-ip-overwrite': '52.1.2.3' }), 'ok'],
    ['an address that was chosen and not taken', node(2, { 'public-ip-overwrite': '52.1.2.3' }), 'critical'],
  ])('%s', (_name, second, verdict) => {
    expect(verdictsOf({ nodes: [node(1), second, node(3)] })).toEqual([
      ['ok', 'cluster'],
      ['ok', 'n1'],
      [verdict, 'n2'],
      ['ok', 'n3'],
    ]);
  });

  test.each<[string, Annotations]>([
    ['address', { 'public-ip': '10.0.0.1', 'public-ip-overwrite': '10.0.0.1' }],
    ['VTEP', { 'backend-data': '{"VNI":1,"VtepMAC":"aa:bb:cc:00:00:01"}' }],
  ])('two nodes with one %s', (_name, over) => {
    expect(verdictsOf({ nodes: [node(1), node(2, over)] })).toEqual([
      ['ok', 'cluster'],
      ['critical', 'n1'],
      ['critical', 'n2'],
    ]);
  });

  test('without the configuration, the backend of most is the one', () => {
    const nodes = [node(1), node(2), node(3, { 'backend-type': 'wireguard' })];
    expect(verdictsOf({ configMaps: DENIED, nodes })).toEqual([
      ['unknown', 'cluster'],
      ['ok', 'n1'],
      ['ok', 'n2'],
      ['critical', 'n3'],
    ]);
  });
});

describe('the port between nodes', () => {
  const on = (...ports: readonly number[]): Given => ({
    securityGroupRules: [
      aRule(),
      ...ports.map((port) => aRule({ isEgress: false, ipProtocol: 'udp', fromPort: port, toPort: port })),
    ],
  });
  const backend = (of: object): Given => ({ configMaps: [flannelConfigMap({ Network: '10.244.0.0/16', Backend: of })] });
  test.each<[string, Given, Verdict]>([
    ['all traffic inside of the group', {}, 'ok'],
    ['8472 open', on(8472), 'ok'],
    ['8472 shut', on(4789), 'critical'],
    ['another port configured', { ...on(4789), ...backend({ Type: 'vxlan', Port: 4789 }) }, 'ok'],
    ['the backend udp', { ...on(8285), ...backend({ Type: 'udp' }) }, 'ok'],
    ['the backend wireguard', { ...on(8472), ...backend({ Type: 'wireguard' }) }, 'critical'],
    ['the backend host-gw', backend({ Type: 'host-gw' }), 'unknown'],
    ['a backend that is not known', backend({ Type: 'extension' }), 'unknown'],
    ['a node whose interface is not seen', { networkInterfaces: [] }, 'unknown'],
    ['interfaces not read', { networkInterfaces: DENIED }, 'unknown'],
    ['security groups not read', { securityGroups: DENIED }, 'unknown'],
    ['rules not read', { securityGroupRules: DENIED }, 'unknown'],
  ])('%s', (_name, given, verdict) => {
    const [finding] = judge({ nodes: [node(1), node(2)], ...given }).findings;
    expect([finding?.resource.kind, finding?.verdict]).toEqual(['cluster', verdict]);
  });

  test('the finding names the rule that is missing', () => {
    const [finding] = judge({ nodes: [node(1), node(2)], ...on() }).findings;
    expect(finding).toMatchObject({
      summary:
        "Security groups keep flannel's vxlan (UDP 8472) from 2 nodes as n1 to 2 nodes as n1: no rule allows ingress of sg-cluster from sg-cluster.",
      evidence: {
        protocol: 'udp',
        port: 8472,
        blocked: [{ from: ['n1', 'n2'], to: ['n1', 'n2'] }],
        missingRules: [{ direction: 'ingress', groupId: 'sg-cluster', referencedGroupId: 'sg-cluster' }],
      },
      timeToImpact: 'immediate',
    });
  });
});

test.each<[string, Given, Verdict]>([
  ['no flannel', { daemonSets: [awsNode()] }, 'not-applicable'],
  ['an etcd of its own', { daemonSets: [flannelAgent(['--etcd-endpoints=x'])] }, 'unknown'],
])('%s', (_name, given, verdict) => {
  expect(verdictsOf(given)).toEqual([[verdict, 'cluster']]);
});
