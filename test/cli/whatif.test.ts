import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { writeSnapshot } from '#lib/cli/snapshot-file.ts';
import type { WhatIfDocument } from '#lib/cli/whatif-document.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { run } from '#test/cli/run-cniwatch.ts';
import { aSmallCluster } from '#test/network/what-if/cluster.ts';
import { aSnapshot, DENIED, NOW } from '#test/scenarios/slices.ts';

let sandbox: Sandbox;
let folder = '';
const at = (name: string): string => path.join(folder, name);
beforeAll(async () => {
  sandbox = await startSandbox(embeddedFleet(new Date()));
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-whatif-'));
  await writeSnapshot(at('small.json'), aSnapshot(aSmallCluster()));
  await writeSnapshot(at('tight.json'), aSnapshot(aSmallCluster({ taken: 210 })));
  await writeSnapshot(at('unread.json'), aSnapshot({ ...aSmallCluster(), pods: DENIED }));
});
afterAll(async () => {
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

const whatif = async (file: string, ...argv: readonly string[]) => {
  const system = aSystem();
  const code = await main(['whatif', '--snapshot', at(file), ...argv], { version: '1', system });
  return { code, out: system.out(), err: system.err() };
};
const documentOf = async (file: string, ...argv: readonly string[]): Promise<WhatIfDocument> =>
  JSON.parse((await whatif(file, '--output', 'json', ...argv)).out);

describe('of a Snapshot', () => {
  test.each([
    ['small.json', [], 0, 'How many pods fit into shop-prod in eu-west-1?', 'It fits: 108 pods fit and 16 have to run.'],
    ['small.json', ['--nodes', '+4'], 0, 'had 4 nodes more?', 'It fits: 216 pods fit'],
    ['small.json', ['--nodes', '-1'], 0, 'had 1 node fewer?', 'It fits: 81 pods fit'],
    ['small.json', ['--nodes', '+1', '--instance-type', 'm5.xlarge'], 0, 'had 1 node more, of m5.xlarge?', 'It fits: 164 pods'],
    ['small.json', ['--instance-type', 'm5.xlarge'], 0, 'had all nodes of m5.xlarge?', 'It fits: 224 pods fit'],
    ['small.json', ['--prefix-delegation', 'on'], 0, 'had prefix delegation on?', 'It fits: 432 pods fit'],
    ['small.json', ['--prefix-delegation', 'on', '--no-replace-nodes'], 0, 'had prefix delegation on?', 'It fits: 108 pods fit'],
    ['small.json', ['--surge'], 0, "rolled its nodes with its node groups' own surge?", 'and 32 have to run'],
    ['small.json', ['--surge', '25%'], 0, 'with 25 % more at once?', 'and 20 have to run'],
    ['tight.json', ['--lose-zone', 'eu-west-1a'], 1, 'lost eu-west-1a?', 'It runs out: no address is left for 1 new node'],
    ['tight.json', ['--nodes', '+2', '--warm-ip-target', '1'], 0, 'had 2 nodes more and had WARM_IP_TARGET=1?', 'It fits'],
    ['unread.json', [], 3, 'How many pods fit', 'Unknown: pods were not read (the call was denied).'],
  ])('%s with %j ends with %i', async (file, argv, code, question, answer) => {
    const told = await whatif(file, ...argv);
    expect(told).toEqual({ code, out: expect.stringContaining(question), err: '' });
    expect(told.out).toContain(answer);
  });

  test('the text stands today beside after, says what runs out first, what would fix it and what it assumes', async () => {
    const { out } = await whatif('tight.json', '--lose-zone', 'eu-west-1a', '--add-subnet', '100.64.0.0/24@eu-west-1b');
    expect(out).toMatchInlineSnapshot(`
      "What if shop-prod in eu-west-1 lost eu-west-1a and had the subnet 100.64.0.0/24 in eu-west-1b?

        It runs out: no address is left for 1 new node to start with; 72 pods fit and 16 have to run.

                                                            today                         after
        nodes                                                   4                             4
        pods that have to run                                  16                            16
        pods that fit                                          72                            72
        runs out first               single addresses of a subnet  single addresses of a subnet
        pods that fit in eu-west-1a                            36                             0
        pods that fit in eu-west-1b                            36                            72

        today: subnet-a (10.0.0.0/24, eu-west-1a) has no address left, with 72 pods in the cluster.
        after: subnet-b (10.0.1.0/24, eu-west-1b) has no address for 1 new node to start with.

        free addresses                       today         after  once the pods run
        subnet-b 10.0.1.0/24 eu-west-1b  1 (0 /28)     1 (0 /28)          0 (0 /28)
        added 100.64.0.0/24 eu-west-1b           -  251 (14 /28)       231 (14 /28)

      What would fix it
        hold fewer addresses warm: --warm-ip-target 2 (89 pods fit)
        delegate prefixes, with max-pods raised and nodes replaced: --prefix-delegation on (240 pods
          fit)

      Taken for granted
        Addresses and max-pods alone are counted: CPU, memory, taints and affinities are not.
        The added subnet is tagged kubernetes.io/role/cni=1, and its routes and rules are those of the
          others.
      "
    `);
  });

  test('JSON is one document: the question, both sides, and nothing that is not known', async () => {
    expect(await documentOf('small.json', '--nodes', '+4', '--add-subnet', '100.64.0.0/24@eu-west-1b')).toMatchObject({
      schemaVersion: 1,
      generatedAt: NOW,
      takenAt: NOW,
      cluster: { name: 'shop-prod', region: 'eu-west-1' },
      change: { nodes: 4, addSubnets: [{ cidr: '100.64.0.0/24', availabilityZone: 'eu-west-1b' }] },
      verdict: 'fits',
      before: { nodes: 4, podsThatFit: 108 },
      after: { nodes: 8, podsThatFit: 216, firstLimit: { kind: 'max-pods', resource: 'm5.large' } },
      fixes: [],
    });
    const unknown = await documentOf('unread.json');
    expect(unknown).toMatchObject({ verdict: 'unknown', reason: 'pods were not read (the call was denied)' });
    expect(Object.keys(unknown)).not.toContain('after');
  });
  test('JSON names the fixes that were tried', async () => {
    const { fixes } = await documentOf('tight.json', '--lose-zone', 'eu-west-1a');
    expect(fixes).toEqual([
      { description: 'hold fewer addresses warm: --warm-ip-target 2', podsThatFit: 35 },
      { description: expect.stringContaining('--prefix-delegation on'), podsThatFit: 16 },
    ]);
  });
});

test.each([
  [['--nodes', '20'], 'a number with its sign'],
  [['--surge', '0'], 'a percentage above 0'],
  [['--warm-ip-target', '-1'], 'a whole number from 0'],
  [['--prefix-delegation', 'yes'], 'on, off'],
  [['--lose-zone', 'eu-west-1z'], 'its zones are eu-west-1a, eu-west-1b'],
  [['--nodes', '-9'], 'only 4 nodes'],
  [['--add-subnet', '10.0.0.0/25@eu-west-1a'], 'overlaps the subnet subnet-a (10.0.0.0/24)'],
  [['--add-subnet', '100.64.0.0/24'], 'which zone'],
  [['--add-subnet', '100.64.0.0/24@eu-west-1a', '--add-subnet', '100.64.0.0/25@eu-west-1a'], 'which is added too'],
  [['--instance-type', 'c7g.large'], 'not of c7g.large: ask the live cluster'],
  [['--cluster', 'shop-prod'], '--snapshot excludes --cluster'],
])('%j is wrong usage, and says why', async (argv, reason) => {
  const { code, out, err } = await whatif('small.json', ...argv);
  expect({ code, out }).toEqual({ code: 64, out: '' });
  expect(err).toContain(reason);
});

test('without a cluster or a Snapshot it says what to give', async () => {
  const system = aSystem();
  expect(await main(['whatif'], { version: '1', system })).toBe(64);
  expect(system.err()).toContain('Give --cluster NAME or --snapshot FILE');
});

describe('of a live cluster', () => {
  const live = (...argv: readonly string[]) => run(['whatif', ...argv], sandbox.environment);
  test('a type that no node has is read from EC2', async () => {
    const { code, out } = await live('--cluster', 'identity-prod', '--nodes', '+3', '--instance-type', 'm5.xlarge');
    expect(code).toBe(0);
    expect(out).toContain('had 3 nodes more, of m5.xlarge?');
    expect(out).toContain('330 pods fit');
  });
  test.each([
    [['--cluster', 'identity-prod', '--instance-type', 'z9.huge'], 64, 'EC2 has no instance type z9.huge in eu-west-1'],
    [['--cluster', 'no-such-cluster'], 3, 'no-such-cluster'],
  ])('%j ends with %i', async (argv, expected, reason) => {
    const { code, err } = await live(...argv);
    expect(code).toBe(expected);
    expect(err).toContain(reason);
  });
  test('a new node in a full subnet does not start', async () => {
    const { code, out } = await live('--cluster', 'shop-prod', '--nodes', '+2');
    expect(code).toBe(1);
    expect(out).toContain('no address is left for 1 new node to start with');
  });
});
