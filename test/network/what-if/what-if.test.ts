import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SliceData } from '#lib/model/snapshot.ts';
import { parseIpv4Block } from '#lib/network/ipv4.ts';
import type { Change } from '#lib/network/what-if/change.ts';
import { type WhatIfAnswered, whatIf } from '#lib/network/what-if/what-if.ts';
import { WHAT_IF_NEEDS } from '#lib/network/what-if/world.ts';
import { aSmallCluster, type SmallCluster } from '#test/network/what-if/cluster.ts';
import { aCluster, aDaemonSet, aNode, aPod, aSnapshot, aSubnet, awsNode, DENIED } from '#test/scenarios/slices.ts';

const ask = (world: Parameters<typeof aSnapshot>[0], change: Change = {}) => whatIf(aSnapshot(world).slices, change);
const answered = (world: Parameters<typeof aSnapshot>[0], change: Change = {}): WhatIfAnswered => {
  const answer = ask(world, change);
  if (answer.kind !== 'answered') throw new Error(`${answer.kind}: ${answer.reason}`);
  return answer;
};
const added = (cidr: string, availabilityZone: string) => ({
  block: parseIpv4Block(cidr) ?? { first: 0, size: 16 },
  availabilityZone,
});

describe('two zones of two m5.large, 4 pods each, each zone a /24', () => {
  test('today: max-pods stops it first, and the numbers say so', () => {
    const { verdict, before, after } = answered(aSmallCluster());
    expect(after).toEqual(before);
    expect({ verdict, before }).toMatchObject({
      verdict: 'fits',
      before: {
        prefixDelegation: false,
        nodes: 4,
        nodesNotStarted: 0,
        podsNeeded: 16,
        podsThatFit: 4 * 27,
        podsThatFitAtMost: 4 * 27,
        fits: 'yes',
        firstLimit: { kind: 'max-pods', resource: 'm5.large', podsByThen: 4 * 27 },
        limits: { 'max-pods': 4, 'node-addresses': 0, 'minimum-ip-target': 0, 'subnet-addresses': 0, 'subnet-prefixes': 0 },
        subnets: [
          { subnetId: 'subnet-a', availabilityZone: 'eu-west-1a', freeAddresses: 211, freePrefixes: 12 },
          { subnetId: 'subnet-b', availabilityZone: 'eu-west-1b', freeAddresses: 211, freePrefixes: 12 },
        ],
        zones: [
          { availabilityZone: 'eu-west-1a', nodes: 2, podsThatFit: 54 },
          { availabilityZone: 'eu-west-1b', nodes: 2, podsThatFit: 54 },
        ],
      },
    });
  });

  // Of a /24 with 251 addresses a node takes 20 with 4 pods, 30 with 27, and 10 at its start.
  test.each<[string, SmallCluster, Change, object]>([
    ['more nodes', {}, { nodes: 4 }, { nodes: 8, podsThatFit: 8 * 27, firstLimit: { kind: 'max-pods' } }],
    ['fewer nodes', {}, { nodes: -2 }, { nodes: 2, podsThatFit: 2 * 27, podsNeeded: 16 }],
    ['fewer nodes than the pods need', {}, { nodes: -4 }, { nodes: 0, podsThatFit: 0, fits: 'no', firstLimit: { kind: 'none' } }],
    [
      'more nodes than the addresses carry',
      {},
      { nodes: 20 },
      { nodes: 24, nodesNotStarted: 0, podsThatFit: 2 * 225, firstLimit: { kind: 'subnet-addresses' } },
    ],
    [
      'more nodes than can start',
      {},
      { nodes: 60 },
      { nodes: 64, nodesNotStarted: 16, fits: 'no', firstLimit: { kind: 'subnet-addresses' } },
    ],
    ['another type for all', {}, { instanceType: 'm5.xlarge', replaceNodes: true }, { nodes: 4, podsThatFit: 4 * 56 }],
    ['another type for those that are added', {}, { nodes: 2, instanceType: 'm5.xlarge' }, { podsThatFit: 4 * 27 + 2 * 56 }],
    [
      'a zone lost',
      {},
      { loseZone: 'eu-west-1a' },
      { nodes: 4, podsThatFit: 4 * 27, podsNeeded: 16, zones: [{ availabilityZone: 'eu-west-1b', nodes: 4 }] },
    ],
    [
      'a zone lost with no room in the other',
      { taken: 210 },
      { loseZone: 'eu-west-1a' },
      { nodes: 4, nodesNotStarted: 1, fits: 'no' },
    ],
    [
      'prefixes on new nodes',
      {},
      { prefixDelegation: true, replaceNodes: true },
      { prefixDelegation: true, podsThatFit: 4 * 108, firstLimit: { kind: 'max-pods' } },
    ],
    [
      'prefixes on the nodes that are there',
      {},
      { prefixDelegation: true },
      { podsThatFit: 4 * 27, firstLimit: { kind: 'max-pods' } },
    ],
    ['a surge by percent', {}, { surge: { kind: 'percent', percent: 25 } }, { nodes: 5, podsNeeded: 20 }],
    [
      'the surge of the node group: twice its zones',
      {},
      { surge: { kind: 'update-config', otherPercent: 25 } },
      { nodes: 8, podsNeeded: 32 },
    ],
    [
      'all at once',
      {},
      { nodes: 2, loseZone: 'eu-west-1b', surge: { kind: 'percent', percent: 50 } },
      { nodes: 8, podsNeeded: 24 },
    ],
  ])('%s', (_, cluster, change, side) => expect(answered(aSmallCluster(cluster), change).after).toMatchObject(side));

  test('lower warm targets give addresses back to the subnets', () => {
    const { before, after } = answered(aSmallCluster(), { warmIpTarget: 2 });
    expect(before.subnets[0]?.freeAddresses).toBe(211);
    expect(after.subnets[0]?.freeAddresses).toBe(211 + 2 * (18 - 6));
  });
  test('a target of 0 is off', () => {
    const cluster = aSmallCluster({ cniEnv: { WARM_IP_TARGET: '2' } });
    const left = (change: Change) => answered(cluster, { nodes: 2, ...change }).after.subnets[0]?.freeAddressesLeft;
    expect(left({ warmIpTarget: 0 })).toBe(211 - 10);
    expect(left({})).toBeGreaterThan(211 - 10);
  });
});

describe('a further subnet', () => {
  const full = { taken: 211 } as const;
  const change = { addSubnets: [added('100.64.0.0/24', 'eu-west-1a')] };
  test('carries the pods of its zone, and of no other', () => {
    expect(answered(aSmallCluster(full)).before.podsThatFit).toBe(4 * 18);
    expect(answered(aSmallCluster(full), change).after).toMatchObject({
      podsThatFit: 2 * 27 + 2 * 18,
      subnets: [{ subnetId: 'subnet-a' }, { subnetId: 'subnet-b' }, { subnetId: 'added 100.64.0.0/24', freeAddresses: 251 }],
    });
  });
  test('gives nothing where the CNI does not look for tagged subnets, and says so', () => {
    const cluster = aSmallCluster({ ...full, cniEnv: { ENABLE_SUBNET_DISCOVERY: 'false' } });
    const { after, assumptions } = answered(cluster, change);
    expect(after.podsThatFit).toBe(4 * 18);
    expect(assumptions.join(' ')).toContain('does not look for tagged subnets');
  });
  test('may give something where the version of the CNI does not tell', () => {
    const { after, verdict } = answered(aSmallCluster({ ...full, podsPerNode: 9 }, { daemonSets: [versionless(awsNode())] }), {
      ...change,
      nodes: 0,
    });
    expect(after).toMatchObject({ podsThatFit: 4 * 18, podsThatFitAtMost: 2 * 27 + 2 * 18, fits: 'yes' });
    expect(verdict).toBe('fits');
  });
  test('is named by the ENIConfig of its zone under custom networking: new nodes draw from it', () => {
    const cluster = customNetworking();
    expect(answered(cluster, change).after.podsThatFit).toBe(answered(cluster).after.podsThatFit);
    const { after } = answered(cluster, { ...change, replaceNodes: true });
    expect(after.subnets.find(({ subnetId }) => subnetId.startsWith('added'))?.freeAddressesLeft).toBeLessThan(251);
  });
});

describe('prefix delegation', () => {
  const cniEnv = { ENABLE_PREFIX_DELEGATION: 'true' };
  test('a reservation for prefixes leaves open what comes from outside of it', () => {
    const reservation = {
      subnetCidrReservationId: 'scr-1',
      subnetId: 'subnet-a',
      cidr: '10.0.0.128/27',
      reservationType: 'prefix',
    } as const;
    const { after, verdict } = answered(
      aSmallCluster({ cniEnv, maxPods: 110, podsPerNode: 9 }, { subnetCidrReservations: [reservation] }),
      { nodes: 6 },
    );
    expect(after.podsThatFit).toBeLessThan(after.podsThatFitAtMost);
    expect({ verdict, fits: after.fits }).toEqual({ verdict: 'fits', fits: 'yes' });
  });
  test('and the verdict, where the pods that have to run hang on it', () => {
    const reservation = {
      subnetCidrReservationId: 'scr-1',
      subnetId: 'subnet-a',
      cidr: '10.0.0.128/28',
      reservationType: 'prefix',
    } as const;
    const waiting = Array.from({ length: 300 }, (_, index) =>
      aPod({ name: `w${index}`, nodeName: 'i-a0', podIps: [], phase: 'Pending' }),
    );
    const cluster = aSmallCluster({ cniEnv, maxPods: 110 });
    const { verdict, after, unknowns } = answered({
      ...cluster,
      pods: [...(cluster.pods ?? []), ...waiting],
      subnetCidrReservations: [reservation],
    });
    expect({ verdict, fits: after.fits }).toEqual({ verdict: 'unknown', fits: 'unknown' });
    expect(unknowns).toEqual([expect.stringContaining('a prefix reservation')]);
  });
  test('switched off, new nodes take single addresses', () => {
    const { before, after } = answered(aSmallCluster({ cniEnv }), { prefixDelegation: false, replaceNodes: true });
    expect([before.prefixDelegation, after.prefixDelegation]).toEqual([true, false]);
    expect(after.podsThatFit).toBe(4 * 27);
  });
  test('max-pods of a mode that no node shows yet is taken from AWS, and said', () => {
    const { assumptions } = answered(aSmallCluster(), { prefixDelegation: true, replaceNodes: true });
    expect(assumptions.join(' ')).toContain('max-pods of a new m5.large is taken to be 110');
  });
});

test('DaemonSets put a pod on every node that is added', () => {
  const pods = (aSmallCluster().pods ?? []).map((pod, index) =>
    index % 4 === 0 ? { ...pod, owner: { kind: 'DaemonSet', name: 'logs' } } : pod,
  );
  expect(answered(aSmallCluster({}, { pods }), { nodes: 3 }).after.podsNeeded).toBe(16 + 3);
});

test('a pod that waits for an address has to run, too', () => {
  const pods = [...(aSmallCluster().pods ?? []), aPod({ name: 'waits', nodeName: 'i-a0', podIps: [], phase: 'Pending' })];
  expect(answered(aSmallCluster({}, { pods })).before.podsNeeded).toBe(17);
});

test('a cluster without nodes is asked about its first ones by their type', () => {
  const empty = aSmallCluster({ nodes: 0 }, { nodegroups: [] });
  expect(answered(empty, { nodes: 2, instanceType: 'm5.large' }).after).toMatchObject({ nodes: 2, podsThatFit: 2 * 27 });
  expect(ask(empty, { nodes: 2 })).toMatchObject({ kind: 'unknown' });
  expect(answered(empty).before.firstLimit.kind).toBe('none');
});

describe('no number is given', () => {
  test.each(WHAT_IF_NEEDS)('where %s were not read', (key) => {
    expect(ask({ ...aSmallCluster(), [key]: DENIED })).toEqual({
      kind: 'unknown',
      reason: `${key} were not read (the call was denied)`,
    });
  });
  test.each<[string, Partial<SliceData>, Change, string, string]>([
    ['where another CNI gives the addresses', { daemonSets: [cilium()] }, {}, 'not-applicable', 'Cilium'],
    ['in EKS Auto Mode', { cluster: aCluster({ autoMode: true }), daemonSets: [] }, {}, 'not-applicable', 'Auto Mode'],
    ['where no CNI is known', { daemonSets: [] }, {}, 'unknown', 'what gives pods their addresses'],
    ['for a type that is not known', {}, { nodes: 1, instanceType: 'x9.huge' }, 'unknown', 'x9.huge'],
    ['where a subnet of the nodes was not read', { subnets: [aSubnet()] }, {}, 'unknown', 'subnet-b'],
    ['where no node can be judged', { instanceTypes: [] }, {}, 'unknown', 'm5.large'],
    ['for a zone that is not used', {}, { loseZone: 'eu-west-1z' }, 'impossible', 'eu-west-1a, eu-west-1b'],
    ['for more nodes taken away than there are', {}, { nodes: -9 }, 'impossible', 'only 4 nodes'],
  ])('%s', (_, over, change, kind, reason) => {
    expect(ask(aSmallCluster({}, over), change)).toEqual({ kind, reason: expect.stringContaining(reason) });
  });
  test('where ENIConfigs were not read under custom networking', () => {
    expect(ask({ ...customNetworking(), eniConfigs: DENIED }, { nodes: 2 })).toMatchObject({ kind: 'unknown' });
  });
  test('for the surge of node groups that were not read; what does not need them is answered, and says so', () => {
    const cluster = { ...aSmallCluster(), nodegroups: DENIED };
    expect(ask(cluster, { surge: { kind: 'update-config', otherPercent: 25 } })).toMatchObject({ kind: 'unknown' });
    const { after, assumptions } = answered(cluster, { surge: { kind: 'percent', percent: 25 } });
    expect(after.nodes).toBe(5);
    expect(assumptions.join(' ')).toContain('The node groups were not read');
  });
  test('and the loss of the only zone cannot be meant', () => {
    const cluster = aSmallCluster();
    const one = {
      ...cluster,
      nodes: cluster.nodes?.slice(0, 2) ?? [],
      nodegroups: [],
      instances: cluster.instances?.slice(0, 2) ?? [],
    };
    expect(ask(one, { loseZone: 'eu-west-1a' })).toMatchObject({ kind: 'impossible' });
  });
});

test('a node that cannot be judged leaves open what fits without it', () => {
  const nodes = [...(aSmallCluster().nodes ?? []), aNode({ name: 'win', instanceId: 'i-win', operatingSystem: 'windows' })];
  const { verdict, after, assumptions, unknowns } = answered(aSmallCluster({}, { nodes }));
  expect(unknowns).toEqual([expect.stringContaining('1 node could not be judged (a Windows node')]);
  expect({ verdict, fits: after.fits }).toEqual({ verdict: 'unknown', fits: 'yes' });
  expect(assumptions.join(' ')).toContain('Left out: 1 node');
});

test('whatever is asked, the numbers agree with one another', () => {
  const changes = fc.record(
    {
      nodes: fc.integer({ min: -4, max: 40 }),
      prefixDelegation: fc.boolean(),
      warmIpTarget: fc.integer({ min: 0, max: 20 }),
      replaceNodes: fc.boolean(),
      instanceType: fc.constantFrom('m5.large', 'm5.xlarge'),
      loseZone: fc.constantFrom('eu-west-1a', 'eu-west-1b'),
    },
    { requiredKeys: [] },
  );
  const clusters = fc.record({ podsPerNode: fc.integer({ min: 0, max: 9 }), taken: fc.integer({ min: 0, max: 171 }) });
  fc.assert(
    fc.property(clusters, changes, (cluster, change) => {
      const answer = ask(aSmallCluster(cluster), change);
      if (answer.kind !== 'answered') return;
      const { after } = answer;
      expect(after.podsThatFit).toBeLessThanOrEqual(after.podsThatFitAtMost);
      expect(after.zones.reduce((sum, { podsThatFit }) => sum + podsThatFit, 0)).toBe(after.podsThatFit);
      expect(after.zones.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(after.nodes);
      if (after.fits === 'yes') expect(after.podsThatFit).toBeGreaterThanOrEqual(after.podsNeeded);
      for (const subnet of after.subnets) {
        expect(subnet.freeAddressesLeft).toBeLessThanOrEqual(subnet.freeAddresses);
        expect(subnet.freeAddressesLeft).toBeGreaterThanOrEqual(0);
      }
      // More room never fits fewer: the same question with a further subnet in each zone that is left.
      const addSubnets = after.zones.map(({ availabilityZone }, index) => added(`100.64.${index}.0/24`, availabilityZone));
      expect(answered(aSmallCluster(cluster), { ...change, addSubnets }).after.podsThatFit).toBeGreaterThanOrEqual(
        after.podsThatFit,
      );
    }),
    { numRuns: 200 },
  );
});

function customNetworking(): Partial<SliceData> {
  const cluster = aSmallCluster({
    cniEnv: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' },
  });
  const pods = ['a', 'b'].map((letter, index) =>
    aSubnet({ subnetId: `pods-${letter}`, availabilityZone: `eu-west-1${letter}`, cidrBlock: `100.65.${index}.0/24` }),
  );
  return {
    ...cluster,
    subnets: [...(cluster.subnets ?? []), ...pods],
    eniConfigs: pods.map(({ subnetId, availabilityZone }) => ({ name: availabilityZone, subnet: subnetId, securityGroups: [] })),
  };
}

function cilium() {
  return aDaemonSet({
    name: 'cilium',
    labels: { 'k8s-app': 'cilium' },
    containers: [{ name: 'cilium-agent', image: 'cilium:v1.18.0', init: false, env: {}, args: [] }],
  });
}

function versionless(daemonSet: SliceData['daemonSets'][number]): SliceData['daemonSets'][number] {
  return { ...daemonSet, containers: daemonSet.containers.map((container) => ({ ...container, image: 'cni@sha256:0' })) };
}
