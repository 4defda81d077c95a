import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { type AssessmentDocument, assessmentDocument } from '#lib/model/assessment.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { accountWorld } from '#test/scenarios/worlds/one-cluster.ts';

const HOME = '111122223333';
const PAY = '444455556666';
const WEST = 'eu-west-1';
const EAST = 'us-east-1';
let folder = '';
let sandbox: Sandbox;
const lifts: (() => void)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cniwatch-accounts-'));
  const now = new Date();
  const world = (account: string, region: string, ...names: readonly string[]) =>
    accountWorld({ account, region, now }, Object.fromEntries(names.map((name) => [name, {}])));
  sandbox = await startSandbox(world(HOME, WEST, 'prod', 'shop'), {
    members: [{ role: 'cniwatch-reader', externalId: 'pay-id', worlds: [world(PAY, WEST, 'prod'), world(PAY, EAST, 'prod')] }],
  });
  for (const [name, value] of Object.entries(sandbox.environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  for (const lift of lifts.splice(0)) lift();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

async function check(text: string, ...options: readonly string[]) {
  const file = join(folder, 'cniwatch.yaml');
  await writeFile(file, text);
  const system = aSystem({ now: () => new Date() });
  const argv = ['check', '--config', file, '--area', 'cluster', '--output', 'json', '--history', 'none', ...options];
  const code = await main(argv, { version: '0', system });
  const document: AssessmentDocument = system.out() === '' ? { clusters: [] } : JSON.parse(system.out());
  return { code, out: system.out(), err: system.err(), document };
}
const FLEET = (pay = 'externalId: pay-id') => `
fleet: [{ region: ${WEST} }]
accounts: [{ id: '${PAY}', name: payments, role: cniwatch-reader, ${pay}, regions: [${WEST}, ${EAST}] }]
`;
const placesOf = ({ clusters }: AssessmentDocument) =>
  clusters.map(({ account, region, name }) => `${account}/${region}/${name}`);

test('a fleet over accounts is read with the role of each, and clusters of one name are told apart', async () => {
  const { document, out, err } = await check(FLEET());
  expect(placesOf(document)).toEqual([
    `${HOME}/${WEST}/prod`,
    `${HOME}/${WEST}/shop`,
    `${PAY}/${WEST}/prod`,
    `${PAY}/${EAST}/prod`,
  ]);
  expect(assessmentDocument.parse(document).clusters.flatMap(({ collectors }) => collectors.filter(({ ok }) => !ok))).toEqual([]);
  expect(err).toContain(`prod (${PAY}, ${EAST}): `);
  expect(out).not.toContain('pay-id');
  expect(placesOf((await check(FLEET(), '--region', EAST)).document)).toEqual([`${PAY}/${EAST}/prod`]);
});

test('an account that cannot be entered is an unknown beside the clusters that were read', async () => {
  const { code, document, err } = await check(FLEET('externalId: wrong'));
  expect(code).toBe(3);
  expect(placesOf(document)).toEqual([`${HOME}/${WEST}/prod`, `${HOME}/${WEST}/shop`]);
  expect(err).toMatch(
    new RegExp(`^error: account ${PAY} \\(payments\\): sts:AssumeRole was denied: .*\\n  Check in that account`, 'm'),
  );
});

test('a cluster that is deleted after it was listed is unknown, and the others are as they are', async () => {
  const gone = {
    kind: 'error',
    code: 'ResourceNotFoundException',
    status: 404,
    message: 'No cluster found for name: prod.',
  } as const;
  lifts.push(sandbox.inject({ on: 'eks:DescribeCluster', times: 1, answer: gone }));
  const { code, document } = await check(FLEET(), '--concurrency', '1');
  expect(code).toBe(3);
  const [first, ...others] = document.clusters;
  expect(first?.verdict).toBe('unknown');
  expect(first?.collectors.find(({ id }) => id === 'cluster')).toMatchObject({ ok: false, code: 'ClusterNotFound' });
  expect(others.map(({ collectors }) => collectors.every(({ ok }) => ok))).toEqual([true, true, true]);
});

test('rules that are of no cluster are told, and a pattern that finds none', async () => {
  const stray = `${FLEET().replace(`{ region: ${WEST} }`, `{ region: ${WEST}, clusters: [prod, web-*] }`)}
overrides: [{ match: { clusters: [api-*] }, checks: { cluster-health: { enabled: false } } }]
`;
  const { err } = await check(stray);
  expect(err.split('\n').filter((line) => line.startsWith('warning'))).toEqual([
    `warning: fleet.0: no EKS cluster in ${WEST} matches web-*`,
    'warning: overrides.0.match: no cluster of the fleet matches api-*',
  ]);
  expect((await check(stray, '--region', WEST)).err).not.toContain('overrides');
});

test('one cluster of an account is read with the role of that account', async () => {
  const { code, document } = await check(FLEET(), '--account', 'payments', '--cluster', 'prod', '--region', EAST);
  expect([code, placesOf(document)]).toEqual([0, [`${PAY}/${EAST}/prod`]]);
  const { code: missing, err } = await check(FLEET(), '--account', PAY, '--cluster', 'prd');
  expect(missing).toBe(3);
  expect(err).toContain(
    `error: account ${PAY} (payments): There is no EKS cluster prd in ${WEST}, ${EAST}.\n  Did you mean prod`,
  );
  expect((await check(FLEET(), '--account', 'shop')).code).toBe(64);
});
