import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/calico/calico-ipam.ts';
import type { CustomResource, DaemonSet } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { aBlock, anObject, aPool, pods } from '#test/network/calico/blocks.ts';
import { fallingHistory } from '#test/scenarios/falling-history.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aPod, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';
import { calicoNode } from './calico-node.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const judge = (cniResources: readonly CustomResource[], over: Given = {}) =>
  runCheck(check, aSnapshot({ daemonSets: [calicoNode()], cniResources: [...cniResources], ...over }));
const verdictsOf = (cniResources: readonly CustomResource[], over: Given = {}) =>
  judge(cniResources, over).findings.map(({ verdict, resource }) => [
    verdict,
    resource.kind === 'cluster' ? 'cluster' : resource.id,
  ]);

const POOL = aPool('pods', '10.244.0.0/26');
const used = (count: number) => aBlock('10.244.0.0/26', 'n1', pods(count));

describe('one pool', () => {
  test.each<[string, readonly CustomResource[], Verdict]>([
    ['room', [POOL, used(10)], 'ok'],
    ['79.7 %', [POOL, used(51)], 'ok'],
    ['81.2 %', [POOL, used(52)], 'warning'],
    ['93.8 %', [POOL, used(60)], 'warning'],
    ['95.3 %', [POOL, used(61)], 'critical'],
    [
      'half of it reserved, and the other half in use',
      [POOL, used(32), anObject('IPReservation', 'kept', { reservedCIDRs: ['10.244.0.32/27'] })],
      'critical',
    ],
    ['all of it reserved', [POOL, anObject('IPReservation', 'kept', { reservedCIDRs: ['10.0.0.0/8'] })], 'critical'],
  ])('%s', (_name, resources, verdict) => {
    expect(verdictsOf(resources)).toEqual([[verdict, 'pods']]);
  });
});

describe('several pools', () => {
  const more = (over: object = {}) => aPool('more', '10.245.0.0/24', { ...over });
  test.each<[string, readonly CustomResource[], Verdict]>([
    ['another has room for the same nodes', [more()], 'warning'],
    ['another is disabled', [more({ disabled: true })], 'critical'],
    ['another is for other nodes', [more({ nodeSelector: "zone == 'b'" })], 'critical'],
    ['another is for tunnels alone', [more({ allowedUses: ['Tunnel'] })], 'critical'],
    ['another is for some namespaces', [more({ namespaceSelector: "team == 'a'" })], 'critical'],
    ['another is for all namespaces', [more({ namespaceSelector: 'all()' })], 'warning'],
    ['another must be asked for', [more({ assignmentMode: 'Manual' })], 'critical'],
    ['another is IPv6', [aPool('more', 'fd00::/64', { blockSize: 122 })], 'critical'],
    ['another is full too', [more({ cidr: '10.245.0.0/26' }), aBlock('10.245.0.0/26', 'n2', pods(64))], 'critical'],
  ])('full, and %s', (_name, others, verdict) => {
    const { findings } = judge([POOL, used(64), ...others]);
    expect(findings.find(({ resource }) => resource.id === 'pods')?.verdict).toBe(verdict);
  });

  test('a full pool that is disabled stops nobody', () => {
    expect(verdictsOf([aPool('old', '10.244.0.0/26', { disabled: true }), used(64), more()])).toEqual([
      ['ok', 'old'],
      ['ok', 'more'],
    ]);
  });

  test('all disabled', () => {
    expect(verdictsOf([aPool('pods', '10.244.0.0/26', { disabled: true })])).toEqual([
      ['critical', 'cluster'],
      ['ok', 'pods'],
    ]);
  });

  test('a block outside of every pool', () => {
    expect(verdictsOf([POOL, aBlock('10.9.0.0/26', 'n1', pods(2))])).toEqual([
      ['warning', 'cluster'],
      ['ok', 'pods'],
    ]);
  });
});

describe('which nodes a pool is for', () => {
  const zoned = (name: string, zone: string) => aNode({ name, labels: { zone } });
  const A = [zoned('n1', 'a'), zoned('n2', 'a')];
  const more = (nodeSelector: string) => aPool('more', '10.245.0.0/24', { nodeSelector });
  const forA = aPool('pods', '10.244.0.0/26', { nodeSelector: "zone == 'a'" });

  test.each<[string, string, Verdict]>([
    ['selects the same nodes in other words', "zone in {'a'}", 'warning'],
    ['selects them and more', "zone starts with 'a' || zone == 'b'", 'warning'],
    ['selects one of the two', "zone == 'a' && rack == '1'", 'critical'],
    ['selects others', "zone == 'b'", 'critical'],
  ])('full, and another %s', (_name, selector, verdict) => {
    const nodes = [aNode({ name: 'n1', labels: { zone: 'a', rack: '1' } }), zoned('n2', 'a'), zoned('n3', 'b')];
    const others = [
      more(selector),
      aPool('rest', '10.246.0.0/28', { nodeSelector: 'all()' }),
      aBlock('10.246.0.0/28', 'n3', pods(16)),
    ];
    const { findings } = judge([forA, used(64), ...others], { nodes });
    expect(findings.find(({ resource }) => resource.id === 'pods')?.verdict).toBe(verdict);
  });

  test.each<[string, string, Verdict]>([
    ['for all', 'all()', 'warning'],
    ['with the same selector', " zone == 'a'", 'warning'],
    ['with another', "zone in {'a'}", 'critical'],
  ])('nodes were not read, and another is %s', (_name, selector, verdict) => {
    const { findings } = judge([forA, used(64), more(selector)], { nodes: DENIED });
    expect(findings.find(({ resource }) => resource.id === 'pods')?.verdict).toBe(verdict);
  });

  test.each<[string, readonly CustomResource[], Given, readonly (readonly [Verdict, string])[]]>([
    ['a pool whose uses are left empty', [aPool('pods', '10.244.0.0/26', { allowedUses: [] })], { nodes: A }, [['ok', 'pods']]],
    [
      'a node of no pool',
      [forA],
      { nodes: [...A, zoned('n3', 'b')] },
      [
        ['critical', 'cluster'],
        ['ok', 'pods'],
      ],
    ],
    [
      'one whose pods have addresses all the same',
      [forA, aBlock('10.244.0.0/26', 'n3', pods(2))],
      { nodes: [...A, zoned('n3', 'b')] },
      [
        ['warning', 'cluster'],
        ['ok', 'pods'],
      ],
    ],
    [
      'a pool for it that must be asked for',
      [forA, aPool('more', '10.245.0.0/24', { assignmentMode: 'Manual' })],
      { nodes: [zoned('n3', 'b')] },
      [
        ['critical', 'cluster'],
        ['ok', 'pods'],
        ['ok', 'more'],
      ],
    ],
    [
      "a label of Calico's own",
      [forA],
      { nodes: [aNode({ name: 'n1', labels: {}, annotations: { 'projectcalico.org/labels': '{"zone":"a"}' } })] },
      [['ok', 'pods']],
    ],
    [
      'one that Kubernetes sets otherwise',
      [forA],
      { nodes: [aNode({ name: 'n1', labels: { zone: 'b' }, annotations: { 'projectcalico.org/labels': '{"zone":"a"}' } })] },
      [
        ['critical', 'cluster'],
        ['ok', 'pods'],
      ],
    ],
    [
      'a selector that is none',
      [forA, aPool('odd', '10.245.0.0/24', { nodeSelector: 'zone = a' })],
      { nodes: [zoned('n3', 'b')] },
      [
        ['unknown', 'cluster'],
        ['unknown', 'pods'],
      ],
    ],
  ])('%s', (_name, resources, over, expected) => {
    expect(verdictsOf(resources, over)).toEqual(expected);
  });
});

describe('who gives the addresses', () => {
  const beside = (...daemonSets: readonly DaemonSet[]): Given => ({ daemonSets: [calicoNode(), ...daemonSets] });
  const inPool = aPod({ podIps: ['10.244.0.7'] });
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['no Calico', [], { daemonSets: [awsNode()] }, 'not-applicable'],
    ['no Calico, and nothing of it was read', [], { daemonSets: [awsNode()], cniResources: DENIED }, 'not-applicable'],
    ['Calico on no node', [POOL], { daemonSets: [calicoNode({ desired: 0 })] }, 'not-applicable'],
    ['policies alone on the VPC CNI', [], beside(awsNode()), 'not-applicable'],
    ['the same, with a pool that nobody uses', [POOL], beside(awsNode()), 'not-applicable'],
    ['the VPC CNI beside, and pods with addresses of Calico', [POOL, used(64)], beside(awsNode()), 'critical'],
    ['the VPC CNI taken off every node', [POOL, used(1)], beside(awsNode({}, { desired: 0 })), 'ok'],
    ['an etcd of its own', [], {}, 'unknown'],
    ['pools without blocks, and pods in them', [POOL], { pods: [inPool] }, 'unknown'],
    ['pools without blocks, and pods elsewhere', [POOL], { pods: [aPod({ podIps: ['10.0.0.9'] })] }, 'ok'],
    ['pools without blocks, and pods were not read', [POOL], { pods: DENIED }, 'unknown'],
    ['objects were not read', [], { cniResources: DENIED }, 'unknown'],
  ])('%s', (_name, resources, over, verdict) => {
    expect(verdictsOf(resources, over).map(([one]) => one)).toEqual([verdict]);
  });
});

test('the native API reads alike', () => {
  const native = [POOL, used(61)].map((resource) => ({ ...resource, apiVersion: 'projectcalico.org/v3' }));
  expect(verdictsOf(native)).toEqual([['critical', 'pods']]);
});

describe('an object that cannot be understood', () => {
  const broken = { ...used(1), name: 'broken', spec: { cidr: 'x' } };
  test.each<[string, readonly CustomResource[], Verdict]>([
    ['may hold what makes a pool full', [POOL, used(10), broken], 'unknown'],
    ['cannot make a full pool less full', [POOL, used(64), broken], 'critical'],
  ])('%s', (_name, resources, verdict) => {
    const { findings } = judge(resources);
    expect(findings.map((finding) => finding.verdict)).toEqual(['unknown', verdict]);
    expect(findings[0]?.summary).toContain('IPAMBlock broken');
  });
});

test('the finding names the numbers', () => {
  const held = [...pods(50), ...pods(2, { node: 'n2' }), ...pods(3, { releasedAt: '2026-11-24T02:59:00Z' })];
  const { findings } = judge([
    POOL,
    aBlock('10.244.0.0/26', 'n1', held),
    anObject('IPReservation', 'kept', { reservedCIDRs: ['10.244.0.62/31'] }),
  ]);
  expect(findings).toEqual([
    {
      verdict: 'warning',
      resource: { kind: 'ip-pool', id: 'pods', name: 'pods' },
      summary:
        "55 of 64 addresses of pods (10.244.0.0/26) are in use and 7 can be had (88.7 % used); 2 are reserved; 3 are cooling down; 2 are borrowed from other nodes' blocks.",
      evidence: {
        cidr: '10.244.0.0/26',
        capacity: 64,
        inUse: 55,
        available: 7,
        reserved: 2,
        borrowed: 2,
        coolingDown: 3,
        usedPercent: 88.7,
        hoursToExhaustion: null,
        forecast: { unknown: expect.stringMatching(/covers 0 hours/) },
        blocksClaimed: 1,
        blocksTotal: 1,
        disabled: false,
        sibling: null,
      },
      timeToImpact: 'days',
      remediation: 'add-ip-pool',
    },
  ]);
});

describe('a pool that loses addresses', () => {
  const roomy = [aPool('pods', '10.244.0.0/20'), aBlock('10.244.0.0/26', 'n1', pods(64))];
  const forecast = (perHour: number, resources: readonly CustomResource[] = roomy) =>
    runCheck(
      check,
      aSnapshot({ daemonSets: [calicoNode()], cniResources: [...resources] }),
      {},
      fallingHistory('CalicoPoolAvailable', 'pods', 4032, perHour),
    ).findings.find(({ resource }) => resource.id === 'pods');

  test.each([
    ['none', 0, 'ok', undefined],
    ['some, and will last for days', 30, 'ok', undefined],
    ['all within a day', 200, 'warning', 'hours'],
    ['all within four hours', 1200, 'critical', 'hours'],
  ] as const)('%s: %i an hour', (_, perHour, verdict, timeToImpact) => {
    expect(forecast(perHour)).toMatchObject({ verdict, ...(timeToImpact && { timeToImpact }) });
  });

  test('says in how many hours, in the summary and in the evidence', () => {
    expect(forecast(200)?.summary).toMatch(/as things go, none is free in about [\d.]+ hours/);
    expect(forecast(200)?.evidence['hoursToExhaustion']).toBeGreaterThan(18);
  });

  test('is a warning while another pool takes over', () => {
    expect(forecast(1200, [...roomy, aPool('more', '10.245.0.0/24')])).toMatchObject({
      verdict: 'warning',
      timeToImpact: 'days',
    });
  });

  test('keeps what can be had of every pool, for its own forecasts', () => {
    expect(judge(roomy).readings).toEqual([{ series: 'CalicoPoolAvailable', id: 'pods', value: 4032 }]);
  });

  test('keeps nothing while an object could not be understood', () => {
    expect(judge([...roomy, anObject('IPAMBlock', 'broken', { cidr: 'x' })]).readings).toEqual([]);
  });
});
