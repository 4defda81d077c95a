import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { check } from '#lib/checks/calico/calico-block-fragmentation.ts';
import type { CustomResource, Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { aBlock, anObject, aPool, type Held, pods } from '#test/network/calico/blocks.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aNode, aPod, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';
import { calicoNode } from './calico-node.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Options = Partial<z.input<typeof check.options>>;

const PODS: Pod[] = Array.from({ length: 64 }, (_, at) => aPod({ namespace: 'shop', name: `web-${at + 1}` }));
const nodes = (...names: readonly string[]) => names.map((name) => aNode({ name }));

const judge = (cniResources: readonly CustomResource[], over: Given = {}, options: Options = {}) =>
  runCheck(
    check,
    aSnapshot({ daemonSets: [calicoNode()], nodes: nodes('n1', 'n2'), pods: PODS, cniResources: [...cniResources], ...over }),
    options,
  );
const verdictsOf = (...given: Parameters<typeof judge>) =>
  judge(...given).findings.map(({ verdict, resource }) => [verdict, resource.kind === 'cluster' ? 'cluster' : resource.id]);

/** Four blocks of sixteen. */
const POOL = aPool('pods', '10.244.0.0/26', { blockSize: 28 });
const block = (at: number, node: string, used: number) => aBlock(`10.244.0.${16 * at}/28`, node, pods(used));
const config = (over: object) => anObject('IPAMConfig', 'default', { strictAffinity: false, autoAllocateBlocks: true, ...over });
const STRICT = config({ strictAffinity: true });
/** All four blocks are claimed; n1 has no address left, n2 has. */
const N1_FULL = [block(0, 'n1', 16), block(1, 'n1', 16), block(2, 'n2', 16), block(3, 'n2', 2)];

describe('blocks of a pool', () => {
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['half of them claimed', [POOL, block(0, 'n1', 16), block(1, 'n2', 3)], {}, 'ok'],
    ['three of four claimed', [POOL, ...N1_FULL.slice(1)], {}, 'ok'],
    ['all claimed: a full node borrows', [POOL, ...N1_FULL], {}, 'warning'],
    ['all claimed, strict affinity, and a full node', [POOL, STRICT, ...N1_FULL], {}, 'critical'],
    ['the same in the native API', [POOL, { ...STRICT, kind: 'IPAMConfiguration' }, ...N1_FULL], {}, 'critical'],
    ['strict, a full node, and a block left to claim', [POOL, STRICT, block(0, 'n1', 16), block(1, 'n2', 3)], {}, 'ok'],
    [
      'the same where nodes claim no blocks by themselves',
      [POOL, config({ strictAffinity: true, autoAllocateBlocks: false }), block(0, 'n1', 16), block(1, 'n2', 3)],
      {},
      'critical',
    ],
    ['strict, all claimed, and every node has room', [POOL, STRICT, ...N1_FULL.slice(1), block(0, 'n1', 2)], {}, 'warning'],
    [
      'strict, all claimed, and a node without a block',
      [POOL, STRICT, ...N1_FULL.slice(2), block(0, 'n1', 2), block(1, 'n1', 2)],
      { nodes: nodes('n1', 'n2', 'n3') },
      'critical',
    ],
    ['strict, all in use: nothing is stranded', [POOL, STRICT, ...N1_FULL.slice(0, 3), block(3, 'n2', 16)], {}, 'warning'],
    ['strict, and another pool has blocks left', [POOL, STRICT, ...N1_FULL, aPool('more', '10.245.0.0/24')], {}, 'warning'],
    [
      'strict, and a pool for other nodes has blocks left',
      [POOL, STRICT, ...N1_FULL, aPool('more', '10.245.0.0/24', { nodeSelector: "zone == 'b'" })],
      {},
      'critical',
    ],
    [
      'strict, and a pool that must be asked for has blocks left',
      [POOL, STRICT, ...N1_FULL, aPool('more', '10.245.0.0/24', { assignmentMode: 'Manual' })],
      {},
      'critical',
    ],
    [
      'strict, and the full node is of no pool',
      [aPool('pods', '10.244.0.0/26', { blockSize: 28, nodeSelector: 'has(pool)' }), STRICT, ...N1_FULL],
      {},
      'warning',
    ],
    ['a pool of IPv6 does not help', [POOL, STRICT, ...N1_FULL, aPool('more', 'fd00::/64', { blockSize: 122 })], {}, 'critical'],
    [
      'all claimed of a pool that is disabled',
      [aPool('pods', '10.244.0.0/26', { blockSize: 28, disabled: true }), ...N1_FULL],
      {},
      'ok',
    ],
  ])('%s', (_name, resources, over, verdict) => {
    const own = judge(resources, over).findings.find(({ resource }) => resource.id === 'pods');
    expect([own?.verdict, own?.summary]).toEqual([verdict, expect.any(String)]);
  });

  test('the finding names the numbers', () => {
    expect(judge([POOL, STRICT, ...N1_FULL]).findings).toEqual([
      {
        verdict: 'critical',
        resource: { kind: 'ip-pool', id: 'pods', name: 'pods' },
        summary:
          "4 of 4 blocks of pods (10.244.0.0/26) are claimed (100 %); 14 of 14 free addresses are in nodes' blocks, and strict affinity keeps other nodes from them; 1 node can get no address: n1.",
        evidence: {
          cidr: '10.244.0.0/26',
          blocksClaimed: 4,
          blocksTotal: 4,
          blocksPercent: 100,
          blocksUnclaimed: 0,
          freeInBlocks: 14,
          freeTotal: 14,
          fragmentation: 1,
          strictAffinity: true,
          maxBlocksPerHost: 0,
          strandedNodes: ['n1'],
        },
        timeToImpact: 'immediate',
        remediation: 'add-ip-pool',
      },
    ]);
  });
});

describe('a node at maxBlocksPerHost', () => {
  const limit = (strictAffinity: boolean, maxBlocksPerHost = 1) => config({ strictAffinity, maxBlocksPerHost });
  test.each<[string, readonly CustomResource[], Verdict | undefined]>([
    ['with room', [limit(true), block(0, 'n1', 12)], undefined],
    ['filling up', [limit(true), block(0, 'n1', 13)], 'warning'],
    ['full, and affinity is strict', [limit(true), block(0, 'n1', 16)], 'critical'],
    ['full, and it may borrow', [limit(false), block(0, 'n1', 16)], 'warning'],
    ['full, and a block more is allowed', [limit(true, 2), block(0, 'n1', 16)], undefined],
    ['no limit', [STRICT, block(0, 'n1', 16)], undefined],
  ])('%s', (_name, resources, verdict) => {
    expect(judge([POOL, ...resources]).findings.find(({ resource }) => resource.id === 'n1')?.verdict).toBe(verdict);
  });

  test('few nodes get a finding, the fullest first', () => {
    const resources = [POOL, limit(true), block(0, 'n1', 14), block(1, 'n2', 16), block(2, 'n3', 15)];
    expect(verdictsOf(resources, {}, { nodeFindings: 2 }).slice(1)).toEqual([
      ['critical', 'n2'],
      ['warning', 'n3'],
    ]);
  });
});

describe('addresses of pods that are gone', () => {
  const OLD = '2026-11-24 02:00:00.795537491 +0000 UTC';
  const held = (over: Held): readonly CustomResource[] => [POOL, aBlock('10.244.0.0/28', 'n1', [{ namespace: 'shop', ...over }])];
  test.each<[string, readonly CustomResource[], readonly (readonly string[])[]]>([
    ['the pod is there', held({ pod: 'web-1', timestamp: OLD }), []],
    ['it is gone', held({ pod: 'gone', timestamp: OLD }), [['warning', 'cluster']]],
    ['of another namespace', held({ pod: 'web-1', namespace: 'other', timestamp: OLD }), [['warning', 'cluster']]],
    ['taken a moment ago', held({ pod: 'gone', timestamp: '2026-11-24 02:59:00 +0000 UTC' }), []],
    ['nobody knows when it was taken', held({ pod: 'gone' }), [['warning', 'cluster']]],
    ['given back, and cooling down', held({ pod: 'gone', timestamp: OLD, releasedAt: '2026-11-24T02:59:00Z' }), []],
    ['of a tunnel', held({ pod: 'gone', type: 'vxlanTunnelAddress', timestamp: OLD }), []],
    ['of no pod', held({ type: 'ipipTunnelAddress' }), []],
  ])('%s', (_name, resources, expected) => {
    expect(verdictsOf(resources)).toEqual([['ok', 'pods'], ...expected]);
  });

  test('the finding names them', () => {
    const { findings } = judge(held({ pod: 'gone', timestamp: OLD }));
    expect(findings[1]).toMatchObject({
      evidence: { leaked: 1, leaks: [{ address: '10.244.0.0', pod: 'shop/gone', node: 'n1' }] },
      remediation: 'release-leaked-ips',
    });
  });

  test('pods were not read', () => {
    expect(verdictsOf(held({ pod: 'gone' }), { pods: DENIED })).toEqual([
      ['ok', 'pods'],
      ['unknown', 'cluster'],
    ]);
  });
});

describe('nothing to judge', () => {
  test.each<[string, readonly CustomResource[], Given, Verdict]>([
    ['no Calico', [], { daemonSets: [awsNode()] }, 'not-applicable'],
    ['policies alone', [], { daemonSets: [awsNode(), calicoNode()] }, 'not-applicable'],
    ['an etcd of its own', [], {}, 'unknown'],
    ['objects were not read', [], { cniResources: DENIED }, 'unknown'],
  ])('%s', (_name, resources, over, verdict) => {
    expect(verdictsOf(resources, over)).toEqual([[verdict, 'cluster']]);
  });

  test.each<[string, CustomResource, Verdict]>([
    ['a block', { ...block(0, 'n1', 1), spec: {} }, 'unknown'],
    ['the configuration', config({ maxBlocksPerHost: -1 }), 'unknown'],
  ])('%s that cannot be understood leaves the pool open', (_name, broken, verdict) => {
    expect(verdictsOf([POOL, broken, block(1, 'n2', 3)])).toEqual([
      ['unknown', 'cluster'],
      [verdict, 'pods'],
    ]);
  });
});

test('a malformed object and a leak are one finding of the cluster', () => {
  const broken = anObject('IPReservation', 'kept', { reservedCIDRs: ['x'] });
  const { findings } = judge([POOL, broken, aBlock('10.244.0.0/28', 'n1', [{ pod: 'gone', namespace: 'shop' }])]);
  expect(findings[0]).toMatchObject({
    verdict: 'unknown',
    summary: expect.stringMatching(/IPReservation kept.*kept for pods that are gone/),
    evidence: { malformed: [expect.any(String)], leaked: 1 },
  });
  expect(findings).toHaveLength(2);
});
