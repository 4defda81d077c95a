/** What a change would do to a world, beside the world that is built that way: read through the real SDK clients. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { discoverRegion } from '#lib/discover/discover.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Change } from '#lib/network/what-if/change.ts';
import { type WhatIfAnswered, whatIf } from '#lib/network/what-if/what-if.ts';
import { buildWorld } from '#lib/sandbox/builder/build-world.ts';
import type { ClusterSpec, NodegroupSpec, SubnetSpec, VpcSpec } from '#lib/sandbox/builder/spec.ts';
import { type Entered, enter, NOW } from '#test/sandbox/start.ts';

const REGION = 'eu-west-1';
const ZONES = ['a', 'b', 'c'];
const subnetsOf = (size: number, zones: readonly string[] = ZONES): readonly SubnetSpec[] =>
  zones.map((zone) => ({ name: `nodes-${zone}`, cidr: `10.0.${ZONES.indexOf(zone) * 16}.0/${size}`, zone }));

interface Built {
  readonly subnets: readonly SubnetSpec[];
  readonly group?: Partial<NodegroupSpec>;
  readonly cluster?: Partial<ClusterSpec>;
}

function vpc(name: string, { subnets, group, cluster }: Built): VpcSpec {
  const names = subnets.filter((subnet) => subnet.name.startsWith('nodes')).map((subnet) => subnet.name);
  const general = { name: 'general', instanceType: 'm5.large', count: 6, subnets: names, podsPerNode: 5, maxPods: 29, ...group };
  const made = { name, controlPlaneSubnets: names.slice(0, 2), nodegroups: [general], ...cluster };
  return { name, cidrs: ['10.0.0.0/16', '100.64.0.0/16'], subnets, clusters: [made] };
}

const PODS: readonly SubnetSpec[] = ZONES.map((zone, index) => ({
  name: `pods-${zone}`,
  cidr: `100.64.${index}.0/24`,
  zone,
  tags: { 'kubernetes.io/role/cni': '1' },
}));
const PD = { cniEnv: { ENABLE_PREFIX_DELEGATION: 'true' } };
const CUSTOM: Partial<ClusterSpec> = {
  cniEnv: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' },
  eniConfigs: Object.fromEntries(ZONES.map((zone) => [`${REGION}${zone}`, { subnet: `pods-${zone}`, securityGroups: [] }])),
};

const CASES: Readonly<Record<string, readonly [today: Built, change: Change, built: Built]>> = {
  'nodes-in-roomy-subnets': [{ subnets: subnetsOf(22) }, { nodes: 6 }, { subnets: subnetsOf(22), group: { count: 12 } }],
  'nodes-in-tight-subnets': [{ subnets: subnetsOf(25) }, { nodes: 9 }, { subnets: subnetsOf(25), group: { count: 15 } }],
  'nodes-with-tagged-subnets': [
    { subnets: [...subnetsOf(26), ...PODS] },
    { nodes: 6 },
    { subnets: [...subnetsOf(26), ...PODS], group: { count: 12 } },
  ],
  'nodes-with-prefixes': [
    { subnets: subnetsOf(24), cluster: PD, group: { maxPods: 110 } },
    { nodes: 3 },
    { subnets: subnetsOf(24), cluster: PD, group: { maxPods: 110, count: 9 } },
  ],
  'nodes-with-custom-networking': [
    { subnets: [...subnetsOf(24), ...PODS], cluster: CUSTOM, group: { maxPods: 20 } },
    { nodes: 6 },
    { subnets: [...subnetsOf(24), ...PODS], cluster: CUSTOM, group: { maxPods: 20, count: 12 } },
  ],
  'prefix-delegation-on': [
    { subnets: subnetsOf(23) },
    { prefixDelegation: true, replaceNodes: true },
    { subnets: subnetsOf(23), cluster: PD, group: { maxPods: 110 } },
  ],
  'warm-ip-target': [
    { subnets: subnetsOf(25), group: { count: 12 } },
    { warmIpTarget: 2, replaceNodes: true },
    { subnets: subnetsOf(25), group: { count: 12 }, cluster: { cniEnv: { WARM_IP_TARGET: '2' } } },
  ],
  'zone-lost': [{ subnets: subnetsOf(24) }, { loseZone: `${REGION}c` }, { subnets: subnetsOf(24, ['a', 'b']) }],
};

const slices = new Map<string, Slices>();
let entered: Entered;
beforeAll(async () => {
  const vpcs = Object.entries(CASES).flatMap(([name, [today, , built]]) => [
    vpc(`${name}-today`, today),
    vpc(`${name}-built`, built),
  ]);
  entered = await enter(buildWorld({ account: '111122223333', region: REGION, now: NOW, vpcs }));
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const targets = await discoverRegion({ region: REGION }, entered);
  const reads = targets.map(async (target) => {
    const kubernetes = eksAccess({ target, credentials });
    slices.set(target.name, (await collect(target, { aws: entered, kubernetes, deadlineMs: 60_000 })).slices);
  });
  await Promise.all(reads);
});
afterAll(() => entered?.[Symbol.asyncDispose]());

function ask(cluster: string, change: Change): WhatIfAnswered {
  const read = slices.get(cluster);
  if (read === undefined) throw new Error(`${cluster} was not found`);
  const answer = whatIf(read, change);
  if (answer.kind !== 'answered') throw new Error(`${cluster}: ${answer.reason}`);
  return answer;
}

describe.each(Object.entries(CASES))('%s', (name, [, change]) => {
  test('fits what the world fits that is built so', () => {
    const { after } = ask(`${name}-today`, change);
    const { before } = ask(`${name}-built`, {});
    const told = ({ nodes, nodesNotStarted, podsThatFit, limits, zones }: WhatIfAnswered['after']) => ({
      nodes,
      nodesNotStarted,
      podsThatFit,
      limits,
      zones,
    });
    expect(told(after)).toEqual(told(before));
  });
});
