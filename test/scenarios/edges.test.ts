/** Clusters at the edges of what there is, quiet but for what they are: what each check says of them, where it is not ok. */
import { describe, expect, it } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { contradictions } from '#test/sandbox/world-consistency.ts';
import { assessWorld } from './assess-world.ts';
import * as nodes from './worlds/nodes.ts';
import { GENERAL, shop, ZONES } from './worlds/shop.ts';
import * as subnets from './worlds/subnets.ts';

type Verdicts = Readonly<Record<string, Verdict>>;

/** Features that a plain cluster does not use. */
const UNUSED: Verdicts = { 'branch-eni-capacity': 'not-applicable', 'eni-config': 'not-applicable', ipamd: 'not-applicable' };
const OF_NODES = ['node-ip-capacity', 'max-pods-mismatch', 'warm-pool', 'prefix-delegation', 'surge-headroom'] as const;
const noneOf = (...ids: readonly string[]): Verdicts => Object.fromEntries(ids.map((id) => [id, 'not-applicable' as const]));

const SLASH_28S = [
  { name: 'nodes-a', cidr: '10.0.0.0/28', zone: 'a' },
  { name: 'nodes-b', cidr: '10.0.0.16/28', zone: 'b' },
];
const POD_SUBNETS = [
  { name: 'pods-a', cidr: '100.64.0.0/22', zone: 'a' },
  { name: 'pods-b', cidr: '100.64.4.0/22', zone: 'b' },
];

const CASES: Readonly<Record<string, readonly [world: () => World, verdicts: Verdicts]>> = {
  'no node': [subnets.noNodes, noneOf('surge-headroom', 'node-ip-capacity', 'max-pods-mismatch', 'node-readiness')],
  'one node': [() => shop({ group: { count: 1 } }), {}],
  'subnets of eleven addresses': [
    () =>
      shop({
        subnets: SLASH_28S,
        group: { count: 2, podsPerNode: 2 },
        cluster: { cniEnv: { WARM_IP_TARGET: '2', MINIMUM_IP_TARGET: '2' } },
      }),
    { 'control-plane-subnets': 'warning', 'surge-headroom': 'warning' },
  ],
  'a subnet without any interface of the cluster': [
    () =>
      shop({
        subnets: [...ZONES, { name: 'nodes-c', cidr: '10.0.8.0/22', zone: 'c' }],
        group: { subnets: ['nodes-a', 'nodes-b', 'nodes-c'], count: 2 },
      }),
    {},
  ],
  'two clusters in the same subnets': [
    () => {
      const other = { name: 'shop-test', controlPlaneSubnets: ['nodes-a', 'nodes-b'], nodegroups: [GENERAL] };
      const first = { ...other, name: 'shop-prod', cniVersion: 'v1.22.4-eksbuild.1' };
      return shop({ vpc: { clusters: [first, other] } });
    },
    {},
  ],
  'a shared VPC': [() => subnets.sharedVpc(100), {}],
  IPv6: [() => subnets.ipv6({ maxPods: 110 }), noneOf('subnet-prefix-fragmentation', 'warm-pool', 'prefix-delegation')],
  'Fargate alone': [
    () => shop({ group: { count: 0 }, cluster: { fargate: { subnets: ['nodes-a', 'nodes-b'], count: 4 } } }),
    noneOf(...OF_NODES),
  ],
  'Auto Mode': [nodes.autoMode, noneOf(...OF_NODES)],
  'a Windows node beside': [
    () => nodes.besideGeneral({ ami: 'windows' }),
    { 'node-ip-capacity': 'unknown', 'max-pods-mismatch': 'unknown', 'surge-headroom': 'unknown' },
  ],
  Karpenter: [() => shop({ group: { startedBy: 'karpenter' }, cluster: { nodePools: { general: { cpu: '100' } } } }), {}],
  'an Auto Scaling group of one’s own': [() => nodes.besideGeneral({ startedBy: 'own-auto-scaling-group' }), {}],
  'Bottlerocket beside Amazon Linux': [() => nodes.besideGeneral({ ami: 'bottlerocket' }), {}],
  'an AMI of one’s own that sets too many pods': [
    () => nodes.besideGeneral({ ami: 'custom-al2023', maxPods: 60 }),
    { 'max-pods-mismatch': 'warning' },
  ],
  'bare metal with prefixes': [() => nodes.prefixes({ instanceType: 'm5.metal', maxPods: 250 }), {}],
  'Xen, which takes no prefixes': [() => shop({ group: { instanceType: 'm4.large', maxPods: 20 } }), {}],
  'MAX_ENI below what the type takes': [() => nodes.cni({ MAX_ENI: '2' }, { maxPods: 20 }), {}],
  'single addresses and prefixes on one node': [
    () => nodes.prefixes({ addressesFromBefore: 3 }),
    { 'prefix-delegation': 'warning' },
  ],
  'custom networking, as many pods as it has addresses for': [
    () => shop({ subnets: [...ZONES, ...POD_SUBNETS], group: { maxPods: 20 }, cluster: nodes.CUSTOM_NETWORKING }),
    { 'eni-config': 'ok' },
  ],
  'custom networking and a trunk': [
    () =>
      shop({
        subnets: [...ZONES, ...POD_SUBNETS],
        group: { maxPods: 11, podsPerNode: 4, securityGroupPods: 2 },
        cluster: {
          ...nodes.CUSTOM_NETWORKING,
          cniEnv: { ...nodes.CUSTOM_NETWORKING.cniEnv, ENABLE_POD_ENI: 'true' },
          securityGroupPolicies: { ledger: ['pods'] },
        },
      }),
    { 'eni-config': 'ok', 'branch-eni-capacity': 'ok' },
  ],
};

describe.each(Object.entries(CASES))('%s', (_, [makeWorld, verdicts]) => {
  it('is judged as what it is', async () => {
    const world = makeWorld();
    expect(contradictions(world)).toEqual([]);
    const { findings } = await assessWorld(world, { optIn: [] });
    const areas = new Set(CHECKS.filter(({ area }) => area === 'subnet' || area === 'node').map(({ id }) => id));
    const judged = [...Map.groupBy(findings, ({ check }) => check)]
      .filter(([check]) => areas.has(check))
      .map(([check, own]) => [check, worstVerdict(own.map(({ verdict }) => verdict))] as const);
    const expected = Object.entries({ ...UNUSED, ...verdicts }).filter(([, verdict]) => verdict !== 'ok');
    const said = findings.filter(({ verdict, check }) => areas.has(check) && verdict !== 'ok' && verdict !== 'not-applicable');
    expect(
      Object.fromEntries(judged.filter(([, verdict]) => verdict !== 'ok')),
      said.map(({ summary }) => summary).join('\n'),
    ).toEqual(Object.fromEntries(expected));
    expect(judged).toHaveLength(areas.size);
  });
});
