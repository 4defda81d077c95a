import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cilium/cilium-ipam.ts';
import type { CustomResource, Node } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { aCiliumNode, addresses, aPodIpPool, ciliumAgent, ciliumConfigMap } from '#test/network/cilium/cilium-objects.ts';
import { fallingHistory } from '#test/scenarios/falling-history.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aPod, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const YOUNG = '2026-11-24T02:58:00Z';
const n1 = (over: Partial<Node> = {}) => aNode({ name: 'n1', allocatablePods: 110, ...over });
const pods = (count: number) => Array.from({ length: count }, (_, at) => aPod({ nodeName: 'n1', podIps: [`10.0.1.${at + 1}`] }));

const judge = (cniResources: readonly CustomResource[], over: Given = {}) =>
  runCheck(check, aSnapshot({ daemonSets: [ciliumAgent()], nodes: [n1()], cniResources: [...cniResources], ...over }));
const verdictsOf = (...given: Parameters<typeof judge>) =>
  judge(...given).findings.map(({ verdict, resource }) => [verdict, resource.kind === 'cluster' ? 'cluster' : resource.id]);

describe('a node with fixed addresses', () => {
  const fixed = (cidr: string) => [aCiliumNode('n1', { podCIDRs: [cidr] })];
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['room', fixed('10.0.1.0/26'), { pods: pods(40) }, 'ok'],
    ['81 %', fixed('10.0.1.0/26'), { pods: pods(50) }, 'warning'],
    ['97 %', fixed('10.0.1.0/26'), { pods: pods(60) }, 'critical'],
    ['97 %, and max-pods lets no more in', fixed('10.0.1.0/26'), { pods: pods(60), nodes: [n1({ allocatablePods: 60 })] }, 'ok'],
    ['no address at all', [aCiliumNode('n1', {})], {}, 'critical'],
    ['none yet, on a young node', [aCiliumNode('n1', {})], { nodes: [n1({ createdAt: YOUNG })] }, 'ok'],
    ['pods were not read', fixed('10.0.1.0/26'), { pods: DENIED }, 'unknown'],
  ])('%s', (_name, resources, over, verdict) => {
    expect(verdictsOf(resources, over)).toEqual([[verdict, 'n1']]);
  });

  test('none, since every range is exhausted: on a young node too', () => {
    const status = { ipam: { 'operator-status': { error: 'all CIDR ranges are exhausted' } } };
    const { findings } = judge([aCiliumNode('n1', {}, status)], { nodes: [n1({ createdAt: YOUNG })] });
    expect(findings).toMatchObject([{ verdict: 'critical', summary: expect.stringContaining('all CIDR ranges are exhausted') }]);
  });
});

describe('a node that grows', () => {
  const error = { ipam: { 'operator-status': { error: 'no free CIDR' } } };
  const legacy = (capacity: number, used: number) => [
    aCiliumNode('n1', { pool: addresses(capacity) }, { ipam: { used: addresses(used) } }),
  ];
  const pool = (cidr: string, needed: number, status = {}) => [
    aCiliumNode(
      'n1',
      {
        pools: {
          allocated: [{ pool: 'default', cidrs: [cidr] }],
          requested: [{ pool: 'default', needed: { 'ipv4-addrs': needed } }],
        },
      },
      status,
    ),
  ];
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['eni until 1.19, with spare addresses', legacy(20, 19), {}, 'ok'],
    ['eni until 1.19, with none', legacy(20, 20), {}, 'warning'],
    ['as much as it asks for', pool('10.0.1.0/28', 14), { pods: pods(12) }, 'ok'],
    ['less than it asks for', pool('10.0.1.0/28', 22), { pods: pods(12) }, 'warning'],
    ['none free, and less than it asks for', pool('10.0.1.0/28', 22), { pods: pods(14) }, 'critical'],
    ['none free: the operator will give more', pool('10.0.1.0/28', 14), { pods: pods(14) }, 'warning'],
    ['none free, and the operator cannot give more', pool('10.0.1.0/28', 14, error), { pods: pods(14) }, 'critical'],
    ['an error of the operator, with addresses left', pool('10.0.1.0/28', 14, error), { pods: pods(3) }, 'warning'],
    ['pods were not read, and used is empty as from 1.20 on', pool('10.0.1.0/28', 14), { pods: DENIED }, 'unknown'],
  ])('%s', (_name, resources, over, verdict) => {
    expect(verdictsOf(resources, over)).toEqual([[verdict, 'n1']]);
  });

  test('each pool of a node is judged by itself', () => {
    const pools = {
      requested: [{ pool: 'wide', needed: { 'ipv4-addrs': 8 } }],
      allocated: [{ pool: 'default', cidrs: ['10.0.1.0/28'] }],
    };
    expect(verdictsOf([aCiliumNode('n1', { pools })], { pods: pods(3) })).toEqual([
      ['ok', 'n1'],
      ['critical', 'n1/wide'],
    ]);
  });
});

describe('the CIDRs of a pool', () => {
  const nodes = (count: number, ipam: (at: number) => object) =>
    Array.from({ length: count }, (_, at) => aCiliumNode(`n${at + 1}`, ipam(at)));
  const multiPool = (count: number) =>
    nodes(count, (at) => ({ pools: { allocated: [{ pool: 'default', cidrs: [`10.9.0.${16 * at}/28`] }] } }));
  const clusterPool = (count: number) => nodes(count, (at) => ({ podCIDRs: [`10.9.${at}.0/24`] }));
  const config = (over: Readonly<Record<string, string>> = {}): Given => ({
    configMaps: [
      ciliumConfigMap({
        ipam: 'cluster-pool',
        'cluster-pool-ipv4-cidr': '10.9.0.0/20',
        'cluster-pool-ipv4-mask-size': '24',
        ...over,
      }),
    ],
  });
  const POOL = aPodIpPool('default', ['10.9.0.0/24'], 28);
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['multi-pool, with CIDRs left', [POOL, ...multiPool(12)], {}, 'ok'],
    ['multi-pool, 13 of 16', [POOL, ...multiPool(13)], {}, 'warning'],
    ['multi-pool, all', [POOL, ...multiPool(16)], {}, 'critical'],
    ['cluster-pool, with CIDRs left', clusterPool(12), config(), 'ok'],
    ['cluster-pool, 13 of 16', clusterPool(13), config(), 'warning'],
    ['cluster-pool, all', clusterPool(16), config(), 'critical'],
    [
      'cluster-pool, all of two ranges',
      clusterPool(16),
      config({ 'cluster-pool-ipv4-cidr': '10.9.0.0/21 10.9.8.0/21' }),
      'critical',
    ],
    ['a CiliumNode that cannot be understood', [POOL, ...multiPool(2), aCiliumNode('n9', { podCIDRs: 7 })], {}, 'unknown'],
  ])('%s', (_name, resources, over, verdict) => {
    const { findings } = judge(resources, over);
    expect(findings.find(({ resource }) => resource.kind === 'ip-pool')?.verdict).toBe(verdict);
  });

  test.each<[string, readonly CustomResource[], Given]>([
    ['a pool of both families', [aPodIpPool('mixed', ['10.0.0.0/24', 'fd00::/64'], 28)], {}],
    ['a pool smaller than what a node gets', [aPodIpPool('small', ['10.0.0.0/30'], 28)], {}],
    ['a pool of no CIDR', [aPodIpPool('none', ['x'], 28)], {}],
    ['a cluster pool of no CIDR', [], config({ 'cluster-pool-ipv4-cidr': 'x' })],
    ['a cluster pool without a mask size', [], config({ 'cluster-pool-ipv4-mask-size': 'wide' })],
  ])('%s is named, not left out', (_name, resources, over) => {
    expect(verdictsOf(resources, { nodes: [], ...over })).toEqual([['unknown', 'cluster']]);
  });
});

describe('a pool that loses CIDRs', () => {
  const POOL = aPodIpPool('default', ['10.0.0.0/16'], 26);
  const held = [
    aCiliumNode('n1', {
      pools: {
        allocated: [{ pool: 'default', cidrs: Array.from({ length: 424 }, (_, at) => `10.0.${at >> 2}.${64 * (at & 3)}/26`) }],
      },
    }),
  ];
  const forecast = (perHour: number, resources: readonly CustomResource[] = [POOL, ...held]) =>
    runCheck(
      check,
      aSnapshot({ daemonSets: [ciliumAgent()], nodes: [n1()], cniResources: [...resources] }),
      {},
      fallingHistory('CiliumPoolCidrsFree', 'default', 600, perHour),
    ).findings.find(({ resource }) => resource.kind === 'ip-pool');

  test.each([
    ['none', 0, 'ok', undefined],
    ['some, and will last for days', 5, 'ok', undefined],
    ['all within a day', 30, 'warning', 'hours'],
    ['all within four hours', 200, 'critical', 'hours'],
  ] as const)('%s: %i an hour', (_, perHour, verdict, timeToImpact) => {
    expect(forecast(perHour)).toMatchObject({ verdict, ...(timeToImpact && { timeToImpact }) });
  });

  test('says in how many hours, in the summary and in the evidence', () => {
    const found = forecast(30);
    expect(found?.summary).toMatch(/600 are free; as things go, none is free in about [\d.]+ hours/);
    expect(found?.evidence['hoursToExhaustion']).toBeGreaterThan(18);
    expect(found?.evidence['forecast']).toMatchObject({ cidrsPerHour: expect.any(Number) });
  });

  test('keeps what is free of every pool and family, for its own forecasts', () => {
    const both = { ...POOL, spec: { ...(POOL.spec as object), ipv6: { cidrs: ['fd00::/112'], maskSize: 120 } } };
    expect(judge([both, ...held]).readings).toEqual([
      { series: 'CiliumPoolCidrsFree', id: 'default', value: 600 },
      { series: 'CiliumPoolCidrsFree', id: 'default/ipv6', value: 256 },
    ]);
  });

  test('keeps nothing while a CiliumNode could not be understood', () => {
    expect(judge([POOL, ...held, aCiliumNode('n9', { podCIDRs: 7 })]).readings).toEqual([]);
  });
});

describe('who gives the addresses', () => {
  const FULL = [aCiliumNode('n1', { pool: addresses(20) }, { ipam: { used: addresses(20) } })];
  const beside = [ciliumAgent(), awsNode()];
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['no Cilium', [], { daemonSets: [awsNode()] }, 'not-applicable'],
    ['Cilium on no node', FULL, { daemonSets: [ciliumAgent({ desired: 0 })] }, 'not-applicable'],
    [
      'chained on the VPC CNI',
      FULL,
      { daemonSets: beside, configMaps: [ciliumConfigMap({ 'cni-chaining-mode': 'aws-cni' })] },
      'not-applicable',
    ],
    [
      'chained by a flag of the agent, and the configuration was not read',
      FULL,
      {
        daemonSets: [
          ciliumAgent({
            containers: [
              { name: 'cilium-agent', image: 'cilium:v1.20.2', init: false, env: {}, args: ['--cni-chaining-mode=aws-cni'] },
            ],
          }),
          awsNode(),
        ],
        configMaps: DENIED,
      },
      'not-applicable',
    ],
    ['left to another plugin', FULL, { configMaps: [ciliumConfigMap({ ipam: 'delegated-plugin' })] }, 'not-applicable'],
    [
      'the VPC CNI beside, not chained',
      FULL,
      { daemonSets: beside, configMaps: [ciliumConfigMap({ ipam: 'eni', 'cni-chaining-mode': 'none' })] },
      'warning',
    ],
    ['the VPC CNI beside, and the configuration was not read', FULL, { daemonSets: beside, configMaps: DENIED }, 'unknown'],
    ['the VPC CNI beside, and no configuration', FULL, { daemonSets: beside }, 'unknown'],
    ['the configuration was not read', FULL, { configMaps: DENIED }, 'warning'],
    ['objects were not read', [], { cniResources: DENIED }, 'unknown'],
    ['a node without a CiliumNode', [], {}, 'unknown'],
    ['a young node without one', [], { nodes: [n1({ createdAt: YOUNG })] }, 'ok'],
    [
      'a Fargate node needs none',
      FULL,
      { nodes: [n1(), aNode({ name: 'f', labels: { 'eks.amazonaws.com/compute-type': 'fargate' } })] },
      'warning',
    ],
  ])('%s', (_name, resources, over, verdict) => {
    const verdicts = verdictsOf(resources, over).map(([one]) => one);
    expect(verdicts).toEqual(verdict === 'ok' ? [] : [verdict]);
  });
});

test('the findings name the numbers', () => {
  const pools = {
    allocated: [{ pool: 'default', cidrs: ['10.0.1.0/28'] }],
    requested: [{ pool: 'default', needed: { 'ipv4-addrs': 22 } }],
  };
  const { findings } = judge([aCiliumNode('n1', { pools }), aPodIpPool('default', ['10.0.0.0/20'], 28)], { pods: pods(14) });
  expect(findings).toEqual([
    {
      verdict: 'ok',
      resource: { kind: 'ip-pool', id: 'default', name: 'default' },
      summary: 'Nodes hold 1 of the 256 CIDRs of /28 that default (10.0.0.0/20) divides into (0.4 %): 255 are free.',
      evidence: {
        pool: 'default',
        cidrs: ['10.0.0.0/20'],
        maskSize: 28,
        cidrsTotal: 256,
        cidrsAllocated: 1,
        cidrsFree: 255,
        usedPercent: 0.4,
        hoursToExhaustion: null,
        forecast: { unknown: expect.stringMatching(/covers 0 hours/) },
      },
    },
    {
      verdict: 'critical',
      resource: { kind: 'node', id: 'n1', name: 'n1' },
      summary: '14 of 14 addresses on n1 are in use; its agent asks for 22.',
      evidence: {
        pool: 'default',
        source: 'spec.ipam.pools.allocated',
        capacity: 14,
        inUse: 14,
        free: 0,
        needed: 22,
        grows: true,
        allocatablePods: 110,
        operatorError: null,
      },
      timeToImpact: 'immediate',
      remediation: 'add-ip-pool',
    },
  ]);
});
