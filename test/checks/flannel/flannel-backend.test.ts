import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/flannel/flannel-backend.ts';
import type { SecurityGroupRule } from '#lib/model/ec2.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import type { ProbedNode } from '#lib/model/node-probe.ts';
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

describe('what a probe sees on a node', () => {
  const at = (index: number, rest: Partial<Node> = {}) => node(index, {}, { podCidrs: [`10.244.${index}.0/24`], ...rest });
  const [ROUTES, NEIGHBOURS, FORWARDING] = [
    [2, 3].map((to) => ({ cidr: `10.244.${to}.0/24`, gateway: `10.244.${to}.0`, device: 'flannel.1' })),
    [2, 3].map((to) => ({ address: `10.244.${to}.0`, mac: `aa:bb:cc:00:00:0${to}`, device: 'flannel.1' })),
    [2, 3].map((to) => ({ mac: `aa:bb:cc:00:00:0${to}`, destination: `10.0.0.${to}`, device: 'flannel.1' })),
  ];
  const LINK = { name: 'flannel.1', up: true, mac: 'aa:bb:cc:00:00:01' };
  const seen = (over: Partial<ProbedNode> = {}): ProbedNode => ({
    configFiles: [],
    directories: [],
    binaries: [],
    kubeconfigs: [],
    routes: ROUTES,
    defaultRoutesV6: [],
    links: [LINK],
    neighbours: NEIGHBOURS,
    cut: [],
    ...over,
  });
  const direct = [...ROUTES.slice(1), { cidr: '10.244.2.0/24', gateway: '10.0.0.2', device: 'eth0' }];

  test.each<[string, Partial<ProbedNode>, Verdict, RegExp | undefined, Partial<Node>?]>([
    ['the way to every other node', {}, 'ok', undefined],
    ['the way and the forwarding entries', { forwarding: FORWARDING }, 'ok', undefined],
    ['no link', { links: [] }, 'critical', /it has no link flannel\.1/],
    ['a link that is down', { links: [{ ...LINK, up: false }] }, 'critical', /flannel\.1 is down/],
    [
      'a link of another MAC',
      { links: [{ ...LINK, mac: 'aa:bb:cc:00:00:09' }] },
      'critical',
      /has the MAC aa:bb:cc:00:00:09, and it tells/,
    ],
    ['no route to one', { routes: ROUTES.slice(1) }, 'critical', /it lacks a route to n2/],
    ['a route that goes without VXLAN', { routes: direct, neighbours: NEIGHBOURS.slice(1) }, 'ok', undefined],
    ['more routes than were read', { routes: [], cut: ['routes'] }, 'unknown', /may lack a route to n2, n3/],
    ['no neighbour for one', { neighbours: NEIGHBOURS.slice(1) }, 'critical', /it lacks the VTEP of n2/],
    [
      'a neighbour of another MAC',
      { neighbours: NEIGHBOURS.map((one) => ({ ...one, mac: 'aa:bb:cc:00:00:03' })) },
      'critical',
      /the VTEP of n2\./,
    ],
    ['no forwarding entry for one', { forwarding: FORWARDING.slice(0, 1) }, 'critical', /a forwarding entry to n3/],
    [
      'a forwarding entry to another node',
      { forwarding: FORWARDING.map((one) => ({ ...one, destination: '10.0.0.2' })) },
      'critical',
      /a forwarding entry to n3/,
    ],
    ['nothing yet of one that just came', { routes: ROUTES.slice(0, 1) }, 'ok', undefined, { createdAt: YOUNG }],
  ])('%s', (_, over, verdict, says, third = {}) => {
    const nodeProbes = [{ nodeName: 'n1', found: seen(over) }];
    const own = judge({ nodes: [at(1), at(2), at(3, third)], nodeProbes }).findings.find(({ resource }) => resource.id === 'n1');
    expect(own?.verdict).toBe(verdict);
    expect(own?.evidence['overlay']).toMatchObject({
      link: 'flannel.1',
      unforwarded: over.forwarding ? expect.anything() : null,
    });
    if (says) expect(own?.summary).toMatch(says);
  });

  test('host-gw: routes alone, and no link', () => {
    const of = (index: number) =>
      node(index, { 'backend-type': 'host-gw', 'backend-data': 'null' }, { podCidrs: [`10.244.${index}.0/24`] });
    const given = {
      configMaps: [flannelConfigMap({ Network: '10.244.0.0/16', Backend: { Type: 'host-gw' } })],
      nodes: [of(1), of(2)],
    };
    const ask = (routes: ProbedNode['routes']) =>
      judge({ ...given, nodeProbes: [{ nodeName: 'n1', found: seen({ routes, links: [], neighbours: [] }) }] }).findings[1];
    expect(ask(direct)?.verdict).toBe('ok');
    expect(ask([])).toMatchObject({ verdict: 'critical', summary: expect.stringMatching(/it lacks a route to n2/) });
  });

  test.each<[string, Given]>([
    ['a probe that told nothing', { nodeProbes: [{ nodeName: 'n1', unread: 'Its pod failed.' }] }],
    ['probes that were refused', { nodeProbes: DENIED }],
  ])('%s: what nodes tell is judged without', (_, given) => {
    const { findings } = judge({ nodes: [at(1), at(2)], ...given });
    expect(findings.map(({ verdict, evidence }) => [verdict, evidence['overlay'] ?? null])).toEqual(
      findings.map(() => ['ok', null]),
    );
  });
});
