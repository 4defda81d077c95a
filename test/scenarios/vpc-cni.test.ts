/** Each check of subnets and nodes in worlds in which it says this and that: found, read and judged through the real SDK clients. */
import { describe, expect, it } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { contradictions } from '#test/sandbox/world-consistency.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import * as nodes from './worlds/nodes.ts';
import { shop, zoneAWith } from './worlds/shop.ts';
import * as subnets from './worlds/subnets.ts';

interface Case {
  readonly situation: string;
  readonly world: () => World;
  readonly verdict: Verdict;
  readonly how?: HowToAssess;
}
type Row = readonly [situation: string, world: () => World, verdict: Verdict, how?: HowToAssess];

const INTERFACES_DENIED = { denied: ['ec2:DescribeNetworkInterfaces'] };
const noAddress = { why: 'no-free-address', hoursAgo: 1 } as const;
const notReady = (reason: string, message: string) => ({ type: 'Ready', status: 'False', reason, message }) as const;

const CASES: Readonly<Record<string, readonly Row[]>> = {
  'subnet-ip-exhaustion': [
    ['room everywhere', () => shop(), 'ok'],
    ['79 % used', () => subnets.zoneAHasFree(214), 'ok'],
    ['80 % used', () => subnets.zoneAHasFree(203), 'warning'],
    ['95 % used', () => subnets.zoneAHasFree(50), 'critical'],
    ['92 % used, and room for one more node', () => subnets.smallSubnetsWith(10), 'warning'],
    ['93 % used, and an address too few for one more node', () => subnets.smallSubnetsWith(9), 'critical'],
    ['full, and its tagged sibling has room', subnets.fullWithSibling, 'warning'],
    ['a shared VPC, with room', () => subnets.sharedVpc(100), 'ok'],
    ['a shared VPC, nearly full by others', () => subnets.sharedVpc(900, 10), 'critical'],
    ['IPv6: nodes take an address each', () => subnets.ipv6(), 'ok'],
    ['no node at all', subnets.noNodes, 'ok'],
  ],
  'subnet-prefix-fragmentation': [
    ['whole blocks', () => nodes.prefixes(), 'ok'],
    ['as many whole blocks as two nodes take', () => subnets.fragmentedZoneA(54), 'ok'],
    ['one less', () => subnets.fragmentedZoneA(55), 'warning'],
    ['one whole block', () => subnets.fragmentedZoneA(57), 'warning'],
    ['no whole block left', () => subnets.fragmentedZoneA(58), 'critical'],
    ['a /28, which has none ever', subnets.prefixesInASlash28, 'critical'],
    ['interfaces were not read', () => nodes.prefixes(), 'unknown', INTERFACES_DENIED],
  ],
  'subnet-zone-skew': [
    ['room in both zones', () => shop(), 'ok'],
    ['one zone short, the other with room', () => shop({ subnets: zoneAWith(40) }), 'warning'],
    ['a node group has no zone but the full one', subnets.groupBoundToFullZone, 'critical'],
    ['one zone', subnets.oneZone, 'not-applicable'],
  ],
  'control-plane-subnets': [
    ['/28 subnets of its own', subnets.smallestControlPlane, 'ok'],
    ['six left in one of them', () => subnets.controlPlaneShort(6), 'ok'],
    ['four left in one of two zones', () => subnets.controlPlaneShort(4), 'warning'],
    ['the same while an update is under way', () => subnets.controlPlaneReports({ status: 'UPDATING' }), 'critical'],
    [
      'EKS itself says so',
      () =>
        subnets.controlPlaneReports({
          health: { issues: [{ code: 'InsufficientFreeAddresses', message: 'x', resourceIds: [] }] },
        }),
      'critical',
    ],
    ['one short, another of its zone makes up for it', subnets.controlPlaneMadeUpFor, 'warning'],
  ],
  'leaked-enis': [
    ['none', () => shop(), 'ok'],
    ['some that name the cluster', () => subnets.leaks(5), 'warning'],
    ['some that name nobody', () => subnets.leaks(5, false), 'warning'],
    ['some of an hour, which the CNI may still clean up', () => subnets.leaks(1), 'ok'],
    ['those of another cluster', subnets.leaksOfAnother, 'ok'],
    ['interfaces were not read', () => shop(), 'unknown', INTERFACES_DENIED],
  ],
  'surge-headroom': [
    ['room for all', () => shop(), 'ok'],
    ['none for an update', subnets.noRoomForSurge, 'warning'],
    ['none for the autoscaler’s maximum', subnets.maximumBeyondRoom, 'warning'],
    ['Auto Mode', nodes.autoMode, 'not-applicable'],
  ],
  'node-launch-failures': [
    ['none', () => shop(), 'ok'],
    ['some, and the nodes came later', () => subnets.failedLaunches(noAddress, 0), 'warning'],
    ['some, and nodes are missing', () => subnets.failedLaunches(noAddress, 2), 'critical'],
    [
      'for want of capacity, which is no matter of the network',
      () => subnets.failedLaunches({ ...noAddress, why: 'no-capacity' }, 2),
      'ok',
    ],
    ['long ago', () => subnets.failedLaunches({ ...noAddress, hoursAgo: 30 }, 0), 'ok'],
    ['Karpenter’s claim without a node', subnets.unlaunchedClaim, 'critical'],
    ['activities were not read', () => shop(), 'unknown', { denied: ['autoscaling:DescribeScalingActivities'] }],
  ],
  'eni-quota': [
    ['far from it', () => shop(), 'ok'],
    ['85 %', () => subnets.interfacesAt(0.85), 'warning'],
    ['97 %', () => subnets.interfacesAt(0.97), 'critical'],
    ['quotas were not read', () => shop(), 'unknown', { denied: ['servicequotas:*'] }],
  ],
  'node-ip-capacity': [
    ['pods on a third of the addresses', () => shop(), 'ok'],
    ['pods on 85 % of the addresses', () => shop({ group: { podsPerNode: 23 } }), 'warning'],
    ['pods on all of them, and more wait', () => shop({ group: { podsPerNode: 30 } }), 'critical'],
    ['a Windows node beside', () => nodes.besideGeneral({ ami: 'windows' }), 'unknown'],
    ['IPv6', () => subnets.ipv6({ maxPods: 110 }), 'ok'],
    ['Auto Mode', nodes.autoMode, 'not-applicable'],
    [
      'Fargate alone',
      () => shop({ group: { count: 0 }, cluster: { fargate: { subnets: ['nodes-a'], count: 2 } } }),
      'not-applicable',
    ],
  ],
  'max-pods-mismatch': [
    ['as the interfaces give', () => shop(), 'ok'],
    ['more than they give', () => shop({ group: { maxPods: 60 } }), 'warning'],
    ['prefixes, and the number of before', () => nodes.prefixes({ maxPods: 29 }), 'warning'],
  ],
  'warm-pool': [
    ['an interface in reserve', () => shop(), 'ok'],
    ['a minimum that stands alone', () => nodes.cni({ MINIMUM_IP_TARGET: '10' }), 'warning'],
    ['prefixes with no warm one', () => nodes.cni({ ENABLE_PREFIX_DELEGATION: 'true', WARM_PREFIX_TARGET: '0' }), 'warning'],
    ['IPv6', () => subnets.ipv6(), 'not-applicable'],
    ['Auto Mode', nodes.autoMode, 'not-applicable'],
  ],
  'prefix-delegation': [
    ['on, and taking effect', () => nodes.prefixes(), 'ok'],
    ['on, and the number of pods of before', () => nodes.prefixes({ maxPods: 29 }), 'warning'],
    ['on, and a type that takes none', () => nodes.prefixes({ instanceType: 'm4.large', maxPods: 20 }), 'warning'],
    ['on, and single addresses from before', () => nodes.prefixes({ addressesFromBefore: 3 }), 'warning'],
    ['on, and the add-on’s configuration says otherwise', nodes.prefixDrift, 'warning'],
    ['IPv6', () => subnets.ipv6(), 'not-applicable'],
  ],
  'branch-eni-capacity': [
    ['a third in use', () => nodes.branches(3), 'ok'],
    ['eight of nine in use', () => nodes.branches(8), 'warning'],
    ['policies, and ENABLE_POD_ENI is off', nodes.policiesAndPodEniOff, 'warning'],
    ['no node whose type takes a trunk', nodes.typeWithoutTrunk, 'warning'],
    ['nobody asks for any', () => shop(), 'not-applicable'],
  ],
  'eni-config': [
    ['one for each zone', () => nodes.customNetworking(nodes.ENI_CONFIGS), 'ok'],
    ['none for zone b', () => nodes.customNetworking({ 'eu-west-1a': nodes.ENI_CONFIGS['eu-west-1a'] }), 'critical'],
    [
      'one with the subnet of another zone',
      () => nodes.customNetworking({ ...nodes.ENI_CONFIGS, 'eu-west-1b': { subnet: 'pods-a', securityGroups: ['pods'] } }),
      'critical',
    ],
    [
      'one whose subnet is gone',
      () => nodes.customNetworking({ ...nodes.ENI_CONFIGS, 'eu-west-1b': { subnet: 'subnet-0gone', securityGroups: ['pods'] } }),
      'critical',
    ],
    [
      'one that no node asks for, and whose group is gone',
      () => nodes.customNetworking({ ...nodes.ENI_CONFIGS, 'eu-west-1c': { subnet: 'pods-a', securityGroups: ['sg-0gone'] } }),
      'warning',
    ],
    ['off', () => shop(), 'not-applicable'],
  ],
  ipamd: [
    ['every agent answers, and nothing was refused', () => nodes.counters({}), 'ok'],
    ['a full pool, and pods wait', () => nodes.counters({}, { podsPerNode: 30 }), 'critical'],
    ['no agent answers', () => shop(), 'unknown'],
    ['nobody may ask', nodes.proxyRefused, 'unknown'],
    ['nobody switched it on', () => nodes.counters({}), 'not-applicable', { optIn: [] }],
  ],
  'node-readiness': [
    ['all ready', () => shop(), 'ok'],
    [
      'the CNI not set up',
      () =>
        nodes.trouble({
          condition: notReady('KubeletNotReady', 'container runtime network not ready: cni plugin not initialized'),
        }),
      'critical',
    ],
    [
      'not ready for another reason',
      () => nodes.trouble({ condition: notReady('KubeletNotReady', 'PLEG is not healthy') }),
      'warning',
    ],
    [
      'the monitoring agent’s condition alone, which can outlast the fault',
      () => nodes.trouble({ condition: { type: 'NetworkingReady', status: 'False', reason: 'IPAMDNotReady', message: 'x' } }),
      'warning',
    ],
    [
      'the same with an event',
      () =>
        nodes.trouble({
          condition: { type: 'NetworkingReady', status: 'False', reason: 'IPAMDNotReady', message: 'x' },
          event: { reason: 'IPAMDNotRunning', message: 'ipamd is not running' },
        }),
      'critical',
    ],
    [
      'a kubelet that reports no more',
      () =>
        nodes.trouble({
          condition: { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting' },
        }),
      'unknown',
    ],
  ],
};

const toCase = ([situation, world, verdict, how]: Row): Case => ({ situation, world, verdict, ...(how && { how }) });

describe.each(Object.entries(CASES))('%s', (id, cases) => {
  it.each(cases.map(toCase))('$situation', async ({ world: makeWorld, verdict, how }) => {
    const world = makeWorld();
    expect(contradictions(world)).toEqual([]);
    const { findings } = await assessWorld(world, how);
    const own = findings.filter(({ check }) => check === id);
    expect(own).not.toEqual([]);
    const worst = worstVerdict(own.map((finding) => finding.verdict));
    expect(worst, own.map((finding) => `${finding.verdict}: ${finding.summary}`).join('\n')).toBe(verdict);
  });
});

it('every check of subnets and nodes has its worlds', () => {
  const areas = CHECKS.filter(({ area }) => area === 'subnet' || area === 'node').map(({ id }) => id);
  expect(Object.keys(CASES).sort()).toEqual(areas.sort());
});
