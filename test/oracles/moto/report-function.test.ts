/** The deployed report function: objects, findings and events in moto; the metrics go to the sandbox. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fleetReport } from '#lib/model/fleet-report.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';
import { type Moto, startMoto } from './server.ts';
import { createStateTable } from './state-table.ts';

let moto: Moto;
let sandbox: Sandbox;
let s3: S3Client;

beforeAll(async () => {
  [moto, sandbox] = await Promise.all([startMoto({ account: ACCOUNT, region: REGION }), startSandbox(embeddedFleet(new Date()))]);
  const environment = {
    ...sandbox.environment,
    AWS_ENDPOINT_URL_S3: moto.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: moto.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: moto.endpoint,
    CNIWATCH_ACCOUNT: ACCOUNT,
    CNIWATCH_BUCKET: 'runs',
    CNIWATCH_TABLE: 'state',
    CNIWATCH_EVENT_BUS: 'cniwatch',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const settings = { region: REGION, endpoint: moto.endpoint, credentials: moto.credentials };
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'runs', CreateBucketConfiguration: { LocationConstraint: REGION } }));
  await new EventBridgeClient(settings).send(new CreateEventBusCommand({ Name: 'cniwatch' }));
  await createStateTable(new DynamoDBClient(settings), 'state');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([moto?.stop(), sandbox?.close()]);
});

const run = (id: string, ...clusters: ReturnType<typeof anAssessment>[]) =>
  s3.send(new PutObjectCommand({ Bucket: 'runs', Key: `runs/${id}/summary.json`, Body: JSON.stringify(aDocument(...clusters)) }));
const keys = async () => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'runs', Prefix: 'reports/' }));
  return Contents.map(({ Key }) => Key);
};
const report = async (date: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'runs', Key: `reports/daily/${date}/fleet.json` }));
  return fleetReport.parse(JSON.parse((await Body?.transformToString()) ?? ''));
};

test('reports of two days and a repetition: each compares with the last, and writes the keys of its date', async () => {
  const { handler } = await import('#functions/report.ts');
  const due = (date: string) => handler({ kind: 'daily', timezone: 'UTC', scheduledAt: `${date}T07:00:00Z` });
  await run('2026-11-23T065500.000Z-a', anAssessment([]));
  expect(await due('2026-11-23')).toMatchObject({ outcome: 'published', key: 'reports/daily/2026-11-23/index.html' });
  expect((await report('2026-11-23')).notes).toEqual([expect.stringContaining('a first report')]);

  await run('2026-11-24T065500.000Z-b', anAssessment([aFinding()]));
  await due('2026-11-24');
  const first = await report('2026-11-24');
  expect(first).toMatchObject({ changes: { opened: 1 }, period: { from: '2026-11-23T07:00:00.000Z' }, notes: [] });
  const written = await keys();
  expect(written).toHaveLength(11);
  await due('2026-11-24');
  expect(await keys()).toEqual(written);
  expect({ ...(await report('2026-11-24')), generatedAt: '' }).toEqual({ ...first, generatedAt: '' });
  expect(sandbox.metrics().filter(({ name }) => name === 'ReportPublished')).toHaveLength(3);
});

test('an event that is none is a value, and nothing is written', async () => {
  const { handler } = await import('#functions/report.ts');
  expect(await handler({ kind: 'yearly' })).toMatchObject({ outcome: 'invalid-event' });
});
