import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/calico/calico-bgp.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { anObject, aPool } from '#test/network/calico/blocks.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, anEni, aRule, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';
import { calicoNode } from './calico-node.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const IPIP = aPool('pods', '10.244.0.0/16', { ipipMode: 'Always', vxlanMode: 'Never' });
const nodes = (count: number) =>
  Array.from({ length: count }, (_, at) => aNode({ name: `n${at + 1}`, internalIps: [`10.0.0.${at + 1}`] }));

const judge = (resources: readonly CustomResource[], over: Given = {}) =>
  runCheck(check, aSnapshot({ daemonSets: [calicoNode()], nodes: nodes(1), cniResources: [IPIP, ...resources], ...over }));
const verdictsOf = (...given: Parameters<typeof judge>) =>
  judge(...given).findings.map(({ verdict, resource }) => [verdict, resource.kind === 'cluster' ? 'cluster' : resource.id]);

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

describe('the sessions of a node', () => {
  test.each<[string, CustomResource, Verdict]>([
    ['all established', status('n1', ['Established', 'Established']), 'ok'],
    ['no peer at all', status('n1', []), 'ok'],
    ['one is Idle', status('n1', ['Established', 'Idle']), 'warning'],
    ['all are Idle', status('n1', ['Idle', 'Connect']), 'critical'],
    ['a wrong AS number', status('n1', ['OpenSent']), 'critical'],
    ['BIRD is not ready', status('n1', ['Established'], { agent: { birdV4: { state: 'NotReady' } } }), 'critical'],
    ['three updates missed', status('n1', ['Established'], { lastUpdated: '2026-11-24T02:56:00Z' }), 'unknown'],
    ['not filled yet', status('n1', [], { lastUpdated: null }), 'unknown'],
    ['updates stopped', status('n1', ['Established'], {}, { updatePeriodSeconds: 0 }), 'unknown'],
    ['IPv6', status('n1', [], { bgp: { peersV6: peers('Active') } }), 'critical'],
  ])('%s', (_name, resource, verdict) => {
    expect(verdictsOf([resource])).toEqual([[verdict, 'n1']]);
  });

  test.each([
    ['Idle', [], 'security groups keep TCP 179 shut'],
    ['Idle', [aRule({ isEgress: false })], 'no TCP connection is tried or it is refused: TCP 179 is shut, or no such peer'],
    [
      'OpenConfirm',
      [aRule({ isEgress: false })],
      'the peer answers and does not agree: the AS number differs, or keepalives are lost',
    ],
  ] as const)('the cause of %s', (state, rules, cause) => {
    const { findings } = judge([status('n1', [state]), status('n2', [])], {
      nodes: nodes(2),
      networkInterfaces: [1, 2].map((at) => anEni({ networkInterfaceId: `eni-${at}`, privateIpAddresses: [`10.0.0.${at}`] })),
      securityGroups: [{ groupId: 'sg-cluster', groupName: 'cluster', tags: {} }],
      securityGroupRules: [aRule(), ...rules],
    });
    expect(findings[0]?.evidence['peersDown']).toEqual([{ peer: '10.0.0.2', type: 'NodeMesh', state, since: '02:41:00', cause }]);
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
