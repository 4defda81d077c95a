import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/calico/calico-bgp.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { aBlock, anObject, aPool } from '#test/network/calico/blocks.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, anEni, aPod, aRule, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';
import { calicoNode } from './calico-node.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const IPIP = aPool('pods', '10.244.0.0/16', { ipipMode: 'Always', vxlanMode: 'Never' });
const nodes = (count: number) =>
  Array.from({ length: count }, (_, at) => aNode({ name: `n${at + 1}`, internalIps: [`10.0.0.${at + 1}`] }));

const judge = (resources: readonly CustomResource[], over: Given = {}) =>
  runCheck(check, aSnapshot({ daemonSets: [calicoNode()], nodes: nodes(1), cniResources: [IPIP, ...resources], ...over }));
const verdictsOf = (...given: Parameters<typeof judge>) =>
  judge(...given).findings.map(({ verdict, resource }) => [verdict, resource.kind === 'cluster' ? 'cluster' : resource.id]);

const agent = (nodeName: string, ready: 'True' | 'False') =>
  aPod({
    namespace: 'kube-system',
    name: `calico-node-${nodeName}`,
    nodeName,
    owner: { kind: 'DaemonSet', name: 'calico-node' },
    conditions: [{ type: 'Ready', status: ready }],
  });
const peers = (...states: readonly string[]) =>
  states.map((state, at) => ({ peerIP: `10.0.0.${at + 2}`, type: 'NodeMesh', state, since: '02:41:00' }));
const status = (node: string, states: readonly string[], over: object = {}, spec: object = {}) =>
  anObject(
    'CalicoNodeStatus',
    `of-${node}`,
    { node, classes: ['Agent', 'BGP'], updatePeriodSeconds: 60, ...spec },
    {
      status: {
        lastUpdated: '2026-11-24T02:59:30Z',
        agent: { birdV4: { state: 'Ready' } },
        bgp: { peersV4: peers(...states) },
        ...over,
      },
    },
  );

const OLD = { lastUpdated: '2026-11-24T02:00:00Z' };

describe('the sessions of a node', () => {
  test.each<[string, CustomResource, Verdict]>([
    ['all established', status('n1', ['Established', 'Established']), 'ok'],
    ['no peer at all', status('n1', []), 'ok'],
    ['one is Idle', status('n1', ['Established', 'Idle']), 'warning'],
    ['all are Idle', status('n1', ['Idle', 'Connect']), 'critical'],
    ['a wrong AS number', status('n1', ['OpenSent']), 'critical'],
    ['BIRD is not ready', status('n1', ['Established'], { agent: { birdV4: { state: 'NotReady' } } }), 'critical'],
    [
      'BIRD of IPv6 is not ready, and nobody speaks it',
      status('n1', ['Established'], { agent: { birdV6: { state: 'NotReady' } } }),
      'ok',
    ],
    [
      'BIRD of IPv6 is not ready, and a peer speaks it',
      status('n1', [], {
        agent: { birdV4: { state: 'Ready' }, birdV6: { state: 'NotReady' } },
        bgp: { peersV6: [{ peerIP: 'fd00::2', type: 'NodeMesh', state: 'Established' }] },
      }),
      'critical',
    ],
    [
      'a state that Calico does not name',
      status('n1', [], { bgp: { peersV4: [{ peerIP: '10.0.0.2', type: 'NodeMesh' }] } }),
      'critical',
    ],
    ['old, and calico-node is not ready', status('n1', ['Established'], OLD), 'unknown'],
    ['not filled yet', status('n1', [], { lastUpdated: null }), 'unknown'],
    ['updates stopped', status('n1', ['Established'], {}, { updatePeriodSeconds: 0 }), 'unknown'],
    ['IPv6', status('n1', [], { bgp: { peersV6: peers('Active') } }), 'critical'],
  ])('%s', (_name, resource, verdict) => {
    expect(verdictsOf([resource])).toEqual([[verdict, 'n1']]);
  });

  test.each<[string, Given, Verdict]>([
    ['is ready there', { pods: [agent('n1', 'True')] }, 'ok'],
    ['is not ready there', { pods: [agent('n1', 'False')] }, 'unknown'],
    ['is ready elsewhere', { pods: [agent('n2', 'True')] }, 'unknown'],
    ['is not known', { pods: DENIED }, 'unknown'],
  ])('an old status of a node whose calico-node %s', (_name, over, verdict) => {
    expect(verdictsOf([aBlock('10.244.0.0/26', 'n1', []), status('n1', ['Established'], OLD)], over)).toEqual([[verdict, 'n1']]);
  });

  const OPEN = [aRule({ isEgress: false })];
  test.each([
    ['Idle', [], 'shut', 'security groups keep TCP 179 shut'],
    ['Idle', OPEN, 'open', /pass: the peer refuses the session/],
    ['Connect', OPEN, 'open', /pass and it does not answer: look at network ACLs/],
    ['Active', OPEN, 'open', /neither side gets through/],
    ['OpenSent', OPEN, 'open', 'the peer answers and does not agree: the AS number differs'],
    ['OpenConfirm', OPEN, 'open', /the AS number differs, or keepalives are lost/],
    [undefined, OPEN, 'open', /waits for the peer to connect, which security groups let pass/],
    [undefined, [], 'shut', 'security groups keep TCP 179 shut'],
    ['Close', OPEN, 'open', 'the session was closed'],
    ['Asleep', OPEN, 'open', 'a state that is not known'],
  ] as const)('the cause of %s, with %j', (state, rules, securityGroups, cause) => {
    const told = { bgp: { peersV4: [{ peerIP: '10.0.0.2', type: 'NodeMesh', since: '02:41:00', ...(state && { state }) }] } };
    const { findings } = judge([status('n1', [], told), status('n2', [])], {
      nodes: nodes(2),
      networkInterfaces: [1, 2].map((at) => anEni({ networkInterfaceId: `eni-${at}`, privateIpAddresses: [`10.0.0.${at}`] })),
      securityGroups: [{ groupId: 'sg-cluster', groupName: 'cluster', tags: {} }],
      securityGroupRules: [aRule(), ...rules],
    });
    expect(findings[0]?.evidence['peersDown']).toEqual([
      {
        peer: '10.0.0.2',
        type: 'NodeMesh',
        state: state ?? 'Passive or Down',
        since: '02:41:00',
        securityGroups,
        cause: typeof cause === 'string' ? cause : expect.stringMatching(cause),
      },
    ]);
  });

  test('another port than 179 is looked at where nodes listen there', () => {
    const configuration = anObject('BGPConfiguration', 'default', { listenPort: 1790 });
    const { findings } = judge([configuration, status('n1', ['Connect']), status('n2', ['Established'])], {
      nodes: nodes(2),
      networkInterfaces: [1, 2].map((at) => anEni({ networkInterfaceId: `eni-${at}`, privateIpAddresses: [`10.0.0.${at}`] })),
      securityGroups: [{ groupId: 'sg-cluster', groupName: 'cluster', tags: {} }],
      securityGroupRules: [aRule(), aRule({ isEgress: false, ipProtocol: 'tcp', fromPort: 179, toPort: 179 })],
    });
    const down = [{ securityGroups: 'shut', cause: 'security groups keep TCP 1790 shut' }];
    expect(findings.find(({ resource }) => resource.id === 'n1')?.evidence['peersDown']).toMatchObject(down);
  });

  test.each([
    ['10.0.0.9', '10.0.0.10', 'shut'],
    ['10.0.0.10', '10.0.0.9', 'shut'],
    ['10.0.0.10', '10.0.0.11', 'open'],
  ] as const)('%s to %s is %s, by the one that is greater as text and opens', (own, peer, securityGroups) => {
    const addresses = [own, peer];
    const { findings } = judge(
      [
        status('n1', [], { bgp: { peersV4: [{ peerIP: peer, type: 'NodeMesh', state: 'Connect' }] } }),
        status('n2', ['Established']),
      ],
      {
        nodes: addresses.map((ip, at) => aNode({ name: `n${at + 1}`, internalIps: [ip] })),
        networkInterfaces: addresses.map((ip, at) =>
          anEni({
            networkInterfaceId: `eni-${at}`,
            privateIpAddresses: [ip],
            groups: [ip === '10.0.0.9' ? 'sg-mute' : 'sg-cluster'],
          }),
        ),
        securityGroups: ['sg-cluster', 'sg-mute'].map((groupId) => ({ groupId, groupName: groupId, tags: {} })),
        // The mute one lets everything in and nothing out.
        securityGroupRules: [
          aRule({ securityGroupRuleId: 'a' }),
          aRule({ securityGroupRuleId: 'b', isEgress: false }),
          aRule({ securityGroupRuleId: 'c', isEgress: false, groupId: 'sg-mute' }),
        ],
      },
    );
    expect(findings.find(({ resource }) => resource.id === 'n1')?.evidence['peersDown']).toMatchObject([{ securityGroups }]);
  });

  test.each([
    ['interfaces were not read', { nodes: nodes(2), networkInterfaces: DENIED }, 'not-known'],
    ['the peer is no node', { nodes: nodes(1) }, 'outside'],
  ] as const)('%s: of security groups nothing is said', (_name, over, securityGroups) => {
    const { findings } = judge([status('n1', ['Connect']), status('n2', [])], over);
    expect(findings[0]?.evidence['peersDown']).toMatchObject([{ securityGroups, cause: 'TCP 179 does not answer' }]);
  });

  test.each([
    ['another than the node has by default', 64_513, {}, /the BGPPeer rack expects AS 64513 there, and n2 has AS 64512/],
    [
      'another than its annotation',
      '64514',
      { 'projectcalico.org/ASNumber': '64513' },
      /expects AS 64514 there, and n2 has AS 64513/,
    ],
    ['the same', 64_513, { 'projectcalico.org/ASNumber': '64513' }, /the AS number differs/],
  ] as const)('a BGPPeer expects an AS number that is %s', (_name, asNumber, annotations, cause) => {
    const peer = anObject('BGPPeer', 'rack', { nodeSelector: "rack == 'a'", peerIP: '10.0.0.2:179', asNumber });
    const [n1, n2] = [1, 2].map((at) =>
      aNode({
        name: `n${at}`,
        internalIps: [`10.0.0.${at}`],
        labels: { rack: 'a' },
        annotations: at === 2 ? { ...annotations } : {},
      }),
    );
    const { findings } = judge([peer, status('n1', ['OpenSent']), status('n2', ['Established'])], {
      nodes: [n1, n2].filter((node) => node !== undefined),
    });
    expect(findings.find(({ resource }) => resource.id === 'n1')?.summary).toMatch(cause);
  });
});

describe('a mesh that is off', () => {
  const NO_MESH = anObject('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: false });
  const three = ['a', 'b', 'c'].map((rack, at) =>
    aNode({ name: `n${at + 1}`, internalIps: [`10.0.0.${at + 1}`], labels: { rack } }),
  );
  const silentPeers = three.map(({ name }) => status(name, []));
  const peer = (spec: object) => anObject('BGPPeer', 'peer', spec);
  const OFF: Verdict = 'warning';
  const DUE: Verdict = 'unknown';
  test.each<[string, readonly CustomResource[], readonly Verdict[]]>([
    ['no BGPPeer', [], [OFF, OFF, OFF]],
    ['one for every node', [peer({ peerIP: '10.9.9.9', asNumber: 64_512 })], [DUE, DUE, DUE]],
    ['one for a node by name', [peer({ node: 'n2', peerIP: '10.9.9.9' })], [OFF, DUE, OFF]],
    ['one for nodes by selector', [peer({ nodeSelector: "rack in {'a', 'c'}", peerIP: '10.9.9.9' })], [DUE, OFF, DUE]],
    ['route reflectors by selector', [peer({ nodeSelector: 'all()', peerSelector: "rack == 'b'" })], [DUE, DUE, DUE]],
    ['some with a route reflector', [peer({ nodeSelector: "rack == 'a'", peerSelector: "rack == 'b'" })], [DUE, DUE, OFF]],
    [
      'the same, and the other side is kept by hand',
      [peer({ nodeSelector: "rack == 'a'", peerSelector: "rack == 'b'", reversePeering: 'Manual' })],
      [DUE, OFF, OFF],
    ],
    ['a node with itself alone', [peer({ nodeSelector: "rack == 'a'", peerSelector: "rack == 'a'" })], [OFF, OFF, OFF]],
  ])('%s', (_name, resources, verdicts) => {
    const { findings } = judge([NO_MESH, ...silentPeers, ...resources], { nodes: three });
    expect(findings.map(({ verdict }) => verdict)).toEqual(verdicts);
  });

  test('pools of VXLAN need no routes of BGP', () => {
    const cniResources = [aPool('pods', '10.244.0.0/16', { vxlanMode: 'CrossSubnet' }), NO_MESH, ...silentPeers];
    expect(judge([], { nodes: three, cniResources }).findings.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
  });

  test('a BGPPeer whose selector is none is named', () => {
    expect(verdictsOf([NO_MESH, peer({ nodeSelector: 'rack =' }), status('n1', [])])).toEqual([
      ['unknown', 'cluster'],
      ['ok', 'n1'],
    ]);
  });
});

describe('a kind that was refused', () => {
  const REFUSED = { code: 'Forbidden', reason: 'it answered 403.', remedy: 'grant it' } as const;
  const without = (kind: string, ...resources: readonly CustomResource[]) =>
    ({ ok: true, data: resources, unread: [{ kind, ...REFUSED }] }) as never;
  test.each<[string, Given, readonly Verdict[]]>([
    ['BGPPeer', { cniResources: without('BGPPeer', IPIP, status('n1', ['Idle'])) }, ['unknown', 'critical']],
    ['CalicoNodeStatus', { cniResources: without('CalicoNodeStatus', IPIP) }, ['unknown']],
    [
      'BGPPeer, where every pool is VXLAN',
      { cniResources: without('BGPPeer', aPool('pods', '10.244.0.0/16', { vxlanMode: 'Always' })) },
      ['unknown'],
    ],
    ['IPPool', { cniResources: without('IPPool', status('n1', ['Idle'])) }, ['unknown']],
    [
      'IPReservation, which BGP does not hang on',
      { cniResources: without('IPReservation', IPIP, status('n1', ['Idle'])) },
      ['critical'],
    ],
  ])('%s', (_name, over, verdicts) => {
    expect(judge([], over).findings.map(({ verdict }) => verdict)).toEqual(verdicts);
  });
});

describe('statuses that were made for the run', () => {
  const made = (node: string, states: readonly string[], over: object = {}) => ({
    node,
    resource: { ...status(node, states, over), name: `cniwatch-${node}` },
  });
  test.each<[string, readonly CustomResource[], Given, readonly [Verdict, string][]]>([
    ['tell of the node', [], { calicoNodeStatus: [made('n1', ['Idle'])] }, [['critical', 'n1']]],
    ['tell of now, whatever the clock of the node', [], { calicoNodeStatus: [made('n1', [], OLD)] }, [['ok', 'n1']]],
    ['were not filled', [], { calicoNodeStatus: [made('n1', [], { lastUpdated: null })] }, [['unknown', 'n1']]],
    [
      'go before a stale one of somebody else',
      [status('n1', ['Idle'], OLD)],
      { calicoNodeStatus: [made('n1', ['Established'])] },
      [['ok', 'n1']],
    ],
    [
      'go behind a fresh one of somebody else',
      [status('n1', ['Established'])],
      { calicoNodeStatus: [made('n1', [], { lastUpdated: null })] },
      [['ok', 'n1']],
    ],
  ])('%s', (_name, resources, over, expected) => {
    expect(verdictsOf(resources, over)).toEqual(expected);
  });

  test.each<[string, Given['calicoNodeStatus'], RegExp]>([
    ['nobody switched it on', undefined, /add calicoNodeStatus to collect\.optIn/],
    ['it was refused', DENIED, /asking their calico-node failed: the call was denied\. grant the action/],
    ['the kind is not served', { ok: true, data: [], absent: true } as never, /does not serve CalicoNodeStatus/],
    ['the node was not asked', [{ node: 'n1', unread: 'The node is not Ready.' }], /The node is not Ready\.$/],
    ['the node had not its turn', [], /it was not their turn in this run\.$/],
  ])('%s: the finding says what to do', (_name, calicoNodeStatus, summary) => {
    const { findings } = judge([], calicoNodeStatus === undefined ? {} : { calicoNodeStatus });
    expect(findings).toMatchObject([{ verdict: 'unknown', summary: expect.stringMatching(summary) }]);
  });
});

describe('the cluster', () => {
  const many = nodes(101);
  const told = many.map(({ name }) => status(name, ['Established']));
  const noMesh = anObject('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: false });
  const VXLAN: Given = { cniResources: [aPool('pods', '10.244.0.0/16', { vxlanMode: 'Always' })] };
  const without = (backend: string): Given => ({ daemonSets: [calicoNode({}, { CALICO_NETWORKING_BACKEND: backend })] });
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['nothing tells of the sessions', [], {}, 'unknown'],
    ['a status of routes alone', [status('n1', [], {}, { classes: ['Routes'] })], {}, 'unknown'],
    ['one node is not told of', [status('n1', ['Established'])], { nodes: nodes(2) }, 'unknown'],
    ['a node of a mesh that names no peer', [status('n1', []), status('n2', ['Established'])], { nodes: nodes(2) }, 'unknown'],
    ['a status that cannot be understood', [status('n1', []), anObject('CalicoNodeStatus', 'odd', {})], {}, 'unknown'],
    ['a full mesh of many', told, { nodes: many }, 'warning'],
    ['many, with route reflectors', [...told, noMesh], { nodes: many }, 'ok'],
    ['the backend vxlan', [], without('vxlan'), 'not-applicable'],
    ['the backend none', [], without('none'), 'not-applicable'],
    ['VXLAN alone, and nothing of BGP', [], VXLAN, 'not-applicable'],
    ['VXLAN alone, and the backend is bird', [], { ...VXLAN, ...without('bird') }, 'unknown'],
    ['no Calico', [], { daemonSets: [awsNode()] }, 'not-applicable'],
    ['policies alone', [], { daemonSets: [calicoNode(), awsNode()] }, 'not-applicable'],
    ['objects not read', [], { cniResources: DENIED }, 'unknown'],
  ])('%s', (_name, resources, over, verdict) => {
    const worst = judge(resources, over).findings[0]?.verdict;
    expect(worst).toBe(verdict);
  });
});
