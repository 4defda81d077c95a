import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Subnet } from '#lib/model/ec2.ts';
import { eniConfigName } from '#lib/network/eni-config.ts';
import { nodeInventory } from '#lib/network/node-inventory.ts';
import { MANIFEST_SETTINGS, type PodIpam } from '#lib/network/pod-ipam.ts';
import { type PodSubnetSources, podSubnets } from '#lib/network/pod-subnets.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { aNode, aNodeEni, anInstance, aSubnet } from '#test/scenarios/slices.ts';

const ROLE = 'kubernetes.io/role/cni';
const FOR = 'cni.networking.k8s.aws/cluster/';
const vpcCni = (over: Partial<VpcCniSettings> = {}): PodIpam => ({
  kind: 'vpc-cni',
  settings: { ...MANIFEST_SETTINGS, version: 'v1.23.1', ...over },
});
const own = aSubnet({ subnetId: 'own' });
const tagged = (value: string, tags: Record<string, string> = {}, over: Partial<Subnet> = {}) =>
  aSubnet({ subnetId: 'sibling', tags: { [ROLE]: value, ...tags }, ...over });
const oneHost = nodeInventory('shop-prod', [aNode()], [anInstance({ subnetId: 'own' })], [], []).hosts;

const drawn = (subnets: readonly Subnet[], ipam: PodIpam, over: Partial<PodSubnetSources> = {}) =>
  podSubnets({ hosts: oneHost, subnets, ipam, eniConfigs: [], clusterSubnetIds: ['own'], ...over });
const podIds = (...args: Parameters<typeof drawn>) =>
  drawn(...args)
    .subnets.filter(({ servesPods }) => servesPods)
    .map(({ subnetId }) => subnetId)
    .sort();

test.each<[string, readonly Subnet[], Partial<VpcCniSettings>, readonly string[]]>([
  ['the own subnet without a tag', [own, aSubnet({ subnetId: 'sibling' })], {}, ['own']],
  ['a tagged sibling', [own, tagged('1')], {}, ['own', 'sibling']],
  ['a sibling tagged with any value but 0', [own, tagged('yes')], {}, ['own', 'sibling']],
  ['no sibling tagged 0', [own, tagged('0')], {}, ['own']],
  ['not the own subnet tagged 0', [aSubnet({ subnetId: 'own', tags: { [ROLE]: '0' } }), tagged('1')], {}, ['sibling']],
  [
    'a sibling tagged for this cluster',
    [own, tagged('1', { [`${FOR}shop-prod`]: '' })],
    { clusterName: 'shop-prod' },
    ['own', 'sibling'],
  ],
  ['no sibling tagged for others', [own, tagged('1', { [`${FOR}blog`]: '' })], { clusterName: 'shop-prod' }, ['own']],
  [
    'a sibling tagged for others where CLUSTER_NAME is not set',
    [own, tagged('1', { [`${FOR}blog`]: '' })],
    {},
    ['own', 'sibling'],
  ],
  ['no sibling in another zone', [own, tagged('1', {}, { availabilityZone: 'eu-west-1b' })], {}, ['own']],
  ['no sibling in another VPC', [own, tagged('1', {}, { vpcId: 'vpc-2' })], {}, ['own']],
  ['up to 1.22.0, a sibling tagged 0', [own, tagged('0')], { version: 'v1.22.0' }, ['own', 'sibling']],
  [
    'up to 1.22.0, the own subnet whatever its tag',
    [aSubnet({ subnetId: 'own', tags: { [ROLE]: '0' } })],
    { version: 'v1.21.1' },
    ['own'],
  ],
  ['before 1.18, the own subnet only', [own, tagged('1')], { version: 'v1.17.1' }, ['own']],
  ['with discovery off, the own subnet only', [own, tagged('1')], { subnetDiscovery: false }, ['own']],
])('pods draw from %s', (_, subnets, settings, ids) => expect(podIds(subnets, vpcCni(settings))).toEqual(ids));

test('siblings relieve each other, but only possibly where the version cannot be told', () => {
  const [first] = drawn([own, tagged('1')], vpcCni()).subnets;
  expect([...(first?.siblings ?? [])]).toEqual(['sibling']);
  const [unsure] = drawn([own, tagged('1')], vpcCni({ version: 'latest' })).subnets;
  expect([...(unsure?.siblings ?? [])]).toEqual([]);
  expect([...(unsure?.possibleSiblings ?? [])]).toEqual(['sibling']);
});

test('under custom networking pods draw from the ENIConfig of the node, and nodes alone from their own subnet', () => {
  const eniConfigs = [
    { name: 'default', subnet: 'pods-default', securityGroups: [] },
    { name: 'eu-west-1a', subnet: 'pods-a', securityGroups: [] },
  ];
  const custom = vpcCni({ customNetworking: true, eniConfigLabel: 'topology.kubernetes.io/zone' });
  const subnets = [own, aSubnet({ subnetId: 'pods-a' })];
  expect(podIds(subnets, custom, { eniConfigs })).toEqual(['pods-a']);
  expect(drawn(subnets, custom, { eniConfigs }).subnets.map(({ subnetId }) => subnetId)).toEqual(['own', 'pods-a']);
  expect(podIds(subnets, vpcCni({ customNetworking: true }), { eniConfigs })).toEqual(['pods-default']);
  expect(drawn(subnets, custom, { eniConfigs: [] }).unresolved).toMatchObject([
    { reason: 'there is no ENIConfig named eu-west-1a' },
  ]);
  expect(drawn(subnets, custom, { eniConfigs: undefined }).unresolved).toMatchObject([
    { reason: 'the ENIConfigs were not read' },
  ]);
});

test.each([
  ['the external label first', { 'vpc.amazonaws.com/externalEniConfig': 'x', zone: 'label' }, { zone: 'annotation' }, 'x'],
  ['then the annotation', { zone: 'label' }, { zone: 'annotation' }, 'annotation'],
  ['then the label', { zone: 'label' }, {}, 'label'],
  ['at last the default', {}, {}, 'default'],
])('the name of an ENIConfig is %s', (_, labels, annotations, name) =>
  expect(eniConfigName(aNode({ labels, annotations }), { eniConfigAnnotation: 'zone', eniConfigLabel: 'zone' })).toBe(name),
);

test('interfaces that hold addresses for pods show subnets that no rule names', () => {
  const eni = aNodeEni('i-1', 1, { subnetId: 'old', privateIpAddresses: ['10.0.9.1', '10.0.9.2'] });
  const { hosts } = nodeInventory('shop-prod', [aNode()], [anInstance({ subnetId: 'own' })], [eni], []);
  expect(podIds([own, aSubnet({ subnetId: 'old' })], { kind: 'other-cni', cni: 'cilium' }, { hosts })).toEqual(['old']);
  expect(podIds([own, aSubnet({ subnetId: 'old' })], vpcCni(), { hosts })).toEqual(['old', 'own']);
});

test.each([
  ['a cluster without nodes has its own subnets', [], ['own']],
  [
    'and so has one of Fargate alone',
    nodeInventory('shop-prod', [aNode({ labels: { 'eks.amazonaws.com/compute-type': 'fargate' }, instanceId: '' })], [], [], [])
      .hosts,
    ['own'],
  ],
])('%s', (_, hosts, ids) => expect(podIds([own], vpcCni(), { hosts })).toEqual(ids));

test('a subnet that was not read is still named', () => {
  const [only] = drawn([], vpcCni()).subnets;
  expect(only?.subnetId).toBe('own');
  expect(only?.subnet).toBeUndefined();
});

/** The rules one by one, as the CNI's releases state them. */
function ruleByRule(candidate: Subnet, home: Subnet | undefined, discovery: boolean, version: string, named: boolean): boolean {
  const isOwn = candidate === home;
  if (!discovery || version === 'v1.17.1') return isOwn;
  if (candidate.availabilityZone !== home?.availabilityZone) return false;
  const role = candidate.tags[ROLE];
  if (role === undefined) return isOwn;
  if (version === 'v1.18.0' || version === 'v1.22.0') return true;
  const clusters = Object.keys(candidate.tags).filter((key) => key.startsWith(FOR));
  return role !== '0' && (!named || clusters.length === 0 || clusters.includes(`${FOR}shop-prod`));
}

test('every node draws from exactly the subnets that the rules name one by one', () => {
  const subnet = fc.record({
    zone: fc.constantFrom('a', 'b'),
    role: fc.constantFrom(undefined, '0', '1', ''),
    clusters: fc.subarray(['shop-prod', 'blog']),
  });
  const cases = fc.record({
    subnets: fc.array(subnet, { minLength: 1, maxLength: 8 }),
    homes: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
    version: fc.constantFrom('v1.17.1', 'v1.18.0', 'v1.22.0', 'v1.22.1', 'v1.23.1'),
    discovery: fc.boolean(),
    named: fc.boolean(),
  });
  fc.assert(
    fc.property(cases, ({ subnets: drafts, homes, version, discovery, named }) => {
      const subnets = drafts.map(({ zone, role, clusters }, at) =>
        aSubnet({
          subnetId: `s${at}`,
          availabilityZone: zone,
          tags: {
            ...(role === undefined ? {} : { [ROLE]: role }),
            ...Object.fromEntries(clusters.map((name) => [FOR + name, 'shared'])),
          },
        }),
      );
      const instances = homes.map((home, at) => anInstance({ instanceId: `i-${at}`, subnetId: `s${home % subnets.length}` }));
      const nodes = homes.map((_, at) => aNode({ name: `n${at}`, instanceId: `i-${at}` }));
      const { hosts } = nodeInventory('shop-prod', nodes, instances, [], []);
      const settings = { version, subnetDiscovery: discovery, ...(named ? { clusterName: 'shop-prod' } : {}) };
      const found = drawn(subnets, vpcCni(settings), { hosts });
      for (const host of hosts) {
        const home = subnets.find(({ subnetId }) => subnetId === host.subnetId);
        const expected = subnets.filter((candidate) => ruleByRule(candidate, home, discovery, version, named));
        const actual = found.subnets.filter(({ podHosts }) => podHosts.has(host)).map(({ subnetId }) => subnetId);
        expect(actual.sort()).toEqual(expected.map(({ subnetId }) => subnetId).sort());
      }
    }),
    { numRuns: 500 },
  );
});
