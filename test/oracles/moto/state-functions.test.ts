/** The deployed handlers: clusters of the sandbox, states and events in moto, objects in the tests' own S3. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultConfig } from '#lib/config/config.ts';
import { clusterArn } from '#lib/model/target.ts';
import { findingsHub } from '#lib/publish/state/findings-hub.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { type S3Server, startS3 } from '#test/functions/s3-server.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';
import { type Moto, startMoto } from './server.ts';
import { createStateTable } from './state-table.ts';

const world = embeddedFleet(new Date());
const NAME = 'analytics-prod';
const ARN = clusterArn(ACCOUNT, REGION, NAME);
const HUB = { account: ACCOUNT, region: REGION, bucket: 'runs', table: 'state', eventBus: 'cniwatch' };
let moto: Moto;
let sandbox: Sandbox;
let s3: S3Server;

beforeAll(async () => {
  [moto, sandbox, s3] = await Promise.all([startMoto({ account: ACCOUNT, region: REGION }), startSandbox(world), startS3()]);
  const environment = {
    ...sandbox.environment,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: moto.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: moto.endpoint,
    CNIWATCH_ACCOUNT: ACCOUNT,
    CNIWATCH_BUCKET: HUB.bucket,
    CNIWATCH_TABLE: HUB.table,
    CNIWATCH_EVENT_BUS: HUB.eventBus,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const settings = { region: REGION, endpoint: moto.endpoint, credentials: moto.credentials };
  await new EventBridgeClient(settings).send(new CreateEventBusCommand({ Name: HUB.eventBus }));
  await createStateTable(new DynamoDBClient(settings), HUB.table);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([moto?.stop(), sandbox?.close(), s3?.close()]);
});

/** A run of a fleet of one, from where discover leaves it. */
async function run(runId: string, { check = true } = {}) {
  const checkCluster = await import('#functions/check-cluster.ts');
  const summarise = await import('#functions/summarise.ts');
  const target = { account: ACCOUNT, region: REGION, name: NAME, arn: ARN };
  s3.objects.set(`runs/${runId}/config.json`, Buffer.from(JSON.stringify(defaultConfig())));
  s3.objects.set(`runs/${runId}/targets.json`, Buffer.from(JSON.stringify([target])));
  const context = { getRemainingTimeInMillis: () => 300_000 };
  if (check) await checkCluster.handler({ runId, target }, context);
  await summarise.handler({ runId, unread: [] });
}

const problemsOf = (runId: string): string[] =>
  JSON.parse(s3.objects.get(`runs/${runId}/summary.json`)?.toString() ?? '{}')
    .clusters[0].findings.filter(({ verdict }: { verdict: string }) => verdict === 'critical' || verdict === 'warning')
    .map(({ fingerprint }: { fingerprint: string }) => fingerprint)
    .sort();
const openIn = async (scope: string) => {
  const { states } = await findingsHub(HUB)().store.read(scope);
  return [...states.values()].filter(({ status }) => status === 'open');
};

test('what is bad in two runs is open in the table, under the fingerprint of the summary, and nothing waits to be told', async () => {
  await run('r1');
  expect(await openIn(ARN)).toEqual([]);
  await run('r2');
  const problems = problemsOf('r2');
  expect(problems.length).toBeGreaterThan(0);
  expect((await openIn(ARN)).map(({ fingerprint }) => fingerprint).sort()).toEqual(problems);
  for await (const events of findingsHub(HUB)().outbox.pending()) expect(events).toEqual([]);
  const metrics = sandbox.metrics().map(({ name }) => name);
  expect(metrics).toContain('RunCompleted');
  expect(metrics).not.toContain('FindingsUnrecorded');
  expect(metrics).not.toContain('EventsUntold');
});

test('a cluster that leaves no result in two runs is a finding of the fleet, and its own findings stay open', async () => {
  const before = await openIn(ARN);
  await run('r3', { check: false });
  await run('r4', { check: false });
  expect(await openIn('FLEET')).toMatchObject([{ check: 'cluster-not-seen', cluster: { name: NAME }, told: 'critical' }]);
  expect(await openIn(ARN)).toEqual(before);
});
