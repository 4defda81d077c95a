import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExplainSubnetOptions } from '#lib/cli/explain-subnet.ts';
import type { SubnetDocument } from '#lib/cli/explain-subnet-document.ts';
import { HOW_TO_RELEASE } from '#lib/cli/explain-subnet-releases.ts';
import { runExplainSubnetCommand } from '#lib/cli/run-explain-subnet.ts';
import { writeSnapshot } from '#lib/cli/snapshot-file.ts';
import { RELEASES } from '#lib/network/prefix-blockers.ts';
import { BLOCKS } from '#lib/network/subnet-map.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { startSandbox } from '#lib/sandbox/sandbox.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { run } from '#test/cli/run-cniwatch.ts';
import { aDetachedEni } from '#test/network/worlds.ts';
import { aNode, aNodeEni, anEni, anInstance, aPod, aSnapshot, aSubnet, awsNode, DENIED } from '#test/scenarios/slices.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-explain-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type World = Parameters<typeof aSnapshot>[0];

/** A /22 of which the cluster, a load balancer, a leak and an unnamed cluster each hold something. */
const SHARED: World = {
  subnets: [
    aSubnet({ cidrBlock: '10.0.0.0/22', availableIpAddressCount: 996, tags: { Name: 'pods-a' } }),
    aSubnet({ subnetId: 'subnet-b', cidrBlock: '10.0.8.0/24', tags: { Name: 'elsewhere' } }),
  ],
  networkInterfaces: [
    aNodeEni('i-1', 0, { privateIpAddresses: ['10.0.0.10', '10.0.0.11', '10.0.0.20'] }),
    aNodeEni('i-1', 1, { privateIpAddresses: ['10.0.0.12'], ipv4Prefixes: ['10.0.0.32/28'] }),
    anEni({ networkInterfaceId: 'eni-lb', description: 'ELB app/shop/1', privateIpAddresses: ['10.0.0.50'] }),
    aDetachedEni(120, { networkInterfaceId: 'eni-leak', privateIpAddresses: ['10.0.0.70'] }),
    anEni({ networkInterfaceId: 'eni-blog', description: 'Amazon EKS blog', privateIpAddresses: ['10.0.0.13'] }),
  ],
  instances: [anInstance()],
  nodes: [aNode()],
  pods: [aPod({ podIps: ['10.0.0.20'] })],
  daemonSets: [awsNode()],
};

async function explain(world: World, options: Partial<ExplainSubnetOptions> = {}, subnet = 'subnet-a', tty = false) {
  const snapshot = path.join(folder, 'snapshot.json');
  await writeSnapshot(snapshot, aSnapshot(world));
  const system = aSystem({ tty });
  const code = await runExplainSubnetCommand(subnet, { output: 'text', snapshot, ...options }, system);
  return { code, out: system.out() };
}
const documentOf = async (world: World): Promise<SubnetDocument> => JSON.parse((await explain(world, { output: 'json' })).out);

test('the text says what is free, who holds the rest, draws the map, and says what is cheapest to free, by whom and how', async () => {
  expect(await explain(SHARED)).toEqual({
    code: 0,
    out: `subnet-a (pods-a): 10.0.0.0/22, eu-west-1a
as shop-prod in eu-west-1 sees it, read at 2026-11-24 03:00:00 UTC

996 of 1019 addresses are free, 2.2 % used.
58 of 62 /28 blocks are free; fragmentation index 0.068.

Who holds the addresses
  this cluster: nodes and pods       3
  this cluster: warm pool           17
  control planes                     1
  leaked by the VPC CNI              1
  load balancers                     1

Of these, by the cluster that is named
  shop-prod      20
  blog            1

Of these, by the service
  Elastic Load Balancing       1

Map, a character a /28 block
  10.0.0.0  ao#xl...........
  10.0.1.0  ................  to 10.0.2.0: 2 rows alike
  10.0.3.0  ...............a

  .    58  free: can be delegated as a prefix
  a     2  first or last: AWS's own addresses are in it
  #     1  prefix of this cluster
  l     1  leaked interfaces alone
  o     1  this cluster's single addresses, maybe with leaked ones
  x     1  single addresses, with somebody else's among them

Blocks to free, the cheapest first
  10.0.0.64/28  delete-detached: 10.0.0.70 of eni-leak (aws-K8S-i-gone)
  10.0.0.16/28  unassign: 10.0.0.20 of eni-i-1-0 (ip-10-0-0-10.eu-west-1.compute.internal) with
                default/web-1
  10.0.0.48/28  not-ours: 10.0.0.50 of eni-lb (Elastic Load Balancing)

Who frees them, and how
  delete-detached  a person: nothing uses the interface. aws ec2 delete-network-interface
                   --network-interface-id ENI; EC2 refuses if it is attached after all.
  unassign         the CNI, once no pod has the address and the node holds more than its warm
                   targets ask for: move the pods (kubectl delete pod, or drain the node). Without
                   WARM_IP_TARGET it gives back whole interfaces only.
  not-ours         its owner: another cluster or an AWS service holds it. A service moves only when
                   its resource is made again in another subnet.
`,
  });
});

test('JSON is one document with every holder of every block', async () => {
  const document = await documentOf(SHARED);
  expect(document).toMatchObject({
    schemaVersion: 1,
    subnet: { subnetId: 'subnet-a', name: 'pods-a', cidr: '10.0.0.0/22' },
    total: 1019,
    free: 996,
    holders: { held: 23, unaccounted: 0, byCluster: { 'shop-prod': 20, blog: 1 } },
    prefixes: { freePrefixes: 58, maxPrefixes: 62 },
    unread: [],
  });
  expect(document.map).toHaveLength(64);
  expect(document.blocksToFree?.[1]).toEqual({
    block: '10.0.0.16/28',
    release: 'unassign',
    addresses: 1,
    heldBy: [
      {
        holder: 'thisCluster',
        cluster: 'shop-prod',
        eniId: 'eni-i-1-0',
        ips: ['10.0.0.20'],
        release: 'unassign',
        description: '',
        node: 'ip-10-0-0-10.eu-west-1.compute.internal',
        pods: ['default/web-1'],
      },
    ],
  });
});

test('colours say nothing that the text does not, and obey NO_COLOR', async () => {
  const plain = await explain(SHARED, {}, 'subnet-a');
  const onTerminal = await explain(SHARED, {}, 'subnet-a', true);
  expect(onTerminal.out).toContain('\u001b[34m#');
  const words = (text: string) => stripVTControlCharacters(text).replace(/\s+/g, ' ');
  expect(words(onTerminal.out)).toBe(words(plain.out));
});

test('lines fit a terminal of 80 columns, but for ids that are there to be copied', async () => {
  const { out } = await explain(SHARED, {}, 'subnet-a', true);
  const lines = stripVTControlCharacters(out).split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test('no text of a tag reaches the terminal as a control', async () => {
  const world = { ...SHARED, subnets: [aSubnet({ tags: { Name: '\u001b[2Jx' } })] };
  expect([...(await explain(world)).out].filter((character) => character !== '\n' && character < ' ')).toEqual([]);
});

describe('what was not read leaves its part open, said so, and exit code 3', () => {
  test.each<[string, World, string, boolean]>([
    ['interfaces', { networkInterfaces: DENIED }, 'the interfaces were not read', false],
    ['reservations', { subnetCidrReservations: DENIED }, 'the reservations were not read', true],
    ['pods', { pods: DENIED }, 'the pods were not read', true],
    ['nodes', { nodes: DENIED }, 'the nodes were not read', true],
  ])('%s', async (_, over, text, mapped) => {
    const { code, out } = await explain({ ...SHARED, ...over });
    expect(code).toBe(3);
    expect(out).toContain(`Not known: ${text}`);
    expect(out.includes('Map, a character a /28 block')).toBe(mapped);
  });

  test('a subnet that nobody of the cluster draws from is not shown as free', async () => {
    const { code, out } = await explain(SHARED, {}, 'elsewhere');
    expect(code).toBe(3);
    expect(out).toContain('Not known: no node or pod of shop-prod draws from it');
    expect(out).not.toContain('Map');
  });

  test.each(['subnets', 'cluster'] as const)('%s', async (key) => {
    await expect(explain({ ...SHARED, [key]: DENIED })).rejects.toThrow('the call was denied');
  });
});

test('interfaces that cannot be seen make the map an upper bound', async () => {
  const world = { ...SHARED, subnets: [aSubnet({ availableIpAddressCount: 200 })] };
  const { out } = await explain(world);
  expect(out).toMatch(/not to be seen +\d+/);
  expect(out).toContain('used addresses cannot be seen, so at least 0 blocks are free, and the map is an upper bound.');
});

test.each([
  ['10.0.0.0/28', 11, '  10.0.0.0  a\n'],
  ['10.0.0.0/26', 59, '  10.0.0.0  a..a\n'],
])('an empty %s', async (cidrBlock, availableIpAddressCount, map) => {
  const { code, out } = await explain({ subnets: [aSubnet({ cidrBlock, availableIpAddressCount })] });
  expect(code).toBe(0);
  expect(out).toContain('Nobody holds any.');
  expect(out).toContain(map);
});

test('an IPv6-only subnet has nothing to hand out', async () => {
  const { code, out } = await explain({ subnets: [aSubnet({ cidrBlock: '', availableIpAddressCount: 0 })] });
  expect(code).toBe(0);
  expect(out).toContain('It has no IPv4 addresses to hand out.');
});

test.each([
  ['subnet-aa', 'the VPC of shop-prod has no subnet "subnet-aa": the nearest are subnet-a (pods-a), subnet-b (elsewhere)'],
  ['elsewere', 'the nearest are subnet-b (elsewhere), subnet-a (pods-a)'],
])('a subnet that there is not, %s, is answered with the nearest', async (wanted, message) =>
  expect(explain(SHARED, {}, wanted)).rejects.toThrow(message),
);

test('a name finds its subnet, unless several have it', async () => {
  expect((await explain(SHARED, {}, 'pods-a')).out).toMatch(/^subnet-a /);
  const subnets = ['subnet-a', 'subnet-b'].map((subnetId) => aSubnet({ subnetId, tags: { Name: 'pods' } }));
  await expect(explain({ subnets }, {}, 'pods')).rejects.toThrow('"pods" is the name of several subnets');
});

test('it takes a cluster or a Snapshot, not both', async () => {
  await expect(explain(SHARED, { cluster: 'shop-prod' })).rejects.toThrow('--snapshot excludes --cluster');
  await expect(runExplainSubnetCommand('subnet-a', { output: 'text' }, aSystem())).rejects.toThrow('which cluster?');
});

test('every release has its way, and every block its meaning', () => {
  expect(Object.keys(HOW_TO_RELEASE)).toEqual([...RELEASES]);
  expect(new Set(Object.values(BLOCKS)).size).toBe(Object.keys(BLOCKS).length);
});

test('live, by the command line: the fragmented subnet of the embedded fleet', async () => {
  const sandbox = await startSandbox(embeddedFleet(new Date()));
  try {
    const argv = ['explain', 'subnet', 'analytics-private-a', '--cluster', 'analytics-prod', '--output', 'json'];
    const { code, out } = await run(argv, sandbox.environment);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ prefixes: { freePrefixes: 0 }, map: expect.stringMatching(/^a#+x+a$/) });
  } finally {
    await sandbox.close();
  }
});
