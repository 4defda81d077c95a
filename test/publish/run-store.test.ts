import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Assessment } from '#lib/model/assessment.ts';
import { parseSnapshot } from '#lib/model/snapshot.ts';
import { clusterArn } from '#lib/model/target.ts';
import type { Bucket } from '#lib/publish/bucket.ts';
import { resultKey, snapshotKey, summaryKey, targetsKey } from '#lib/publish/run-keys.ts';
import {
  getConfigText,
  getResult,
  getTargets,
  listResults,
  putResult,
  putSnapshot,
  putSummary,
  putTargets,
} from '#lib/publish/run-store.ts';
import { memoryBucket } from '#test/publish/memory-bucket.ts';
import { ACCOUNT, aSnapshot, NOW, REGION } from '#test/scenarios/slices.ts';

const target = (name: string) => ({ account: ACCOUNT, region: REGION, name, arn: clusterArn(ACCOUNT, REGION, name) });
const anAssessment = (name: string): Assessment => ({
  ...target(name),
  verdict: 'ok',
  summary: { ok: 0, warning: 0, critical: 0, unknown: 0, notApplicable: 0 },
  findings: [],
  readings: [],
  metrics: [{ name: 'NodeIps', unit: 'Count', dimensions: { Cluster: name }, values: [1, 2], counts: [3, 4] }],
  collectors: [],
  takenAt: NOW,
  configHash: 'c0ffee',
});

let store: ReturnType<typeof memoryBucket>;
let bucket: Bucket;
beforeEach(() => {
  store = memoryBucket({ pageSize: 2 });
  bucket = { s3: new S3Client({ region: REGION }), bucket: 'cniwatch', owner: ACCOUNT };
});
afterEach(() => store.s3.restore());

test.each([
  [targetsKey('r1'), 'runs/r1/targets.json'],
  [resultKey('r1', target('shop')), `runs/r1/results/${ACCOUNT}/${REGION}/shop.json`],
  [summaryKey('r1'), 'runs/r1/summary.json'],
  [snapshotKey(target('shop'), NOW), `snapshots/${ACCOUNT}/${REGION}/shop/2026-11-24T030000.000Z.json.gz`],
])('%s is where it stands', (key, expected) => expect(key).toBe(expected));

test('targets come back as they were written, an empty fleet too', async () => {
  for (const targets of [[], [target('a'), target('b')]]) {
    expect(await putTargets(bucket, 'r1', targets)).toBe('runs/r1/targets.json');
    expect(await getTargets(bucket, 'r1')).toEqual(targets);
  }
});

test('results are listed over all pages, and only those of the run', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await putResult(bucket, 'r1', anAssessment(name));
  await putResult(bucket, 'r10', anAssessment('other'));
  const read = await Promise.all((await listResults(bucket, 'r1')).map((key) => getResult(bucket, key)));
  expect(read).toEqual(['a', 'b', 'c', 'd', 'e'].map(anAssessment));
  expect(store.s3.commandCalls(ListObjectsV2Command)).toHaveLength(3);
});

test('a result written again takes its own place', async () => {
  await putResult(bucket, 'r1', anAssessment('a'));
  await putResult(bucket, 'r1', anAssessment('a'));
  expect([...store.objects.keys()]).toEqual([resultKey('r1', target('a'))]);
});

test('a Snapshot is stored compressed and can be replayed', async () => {
  const snapshot = aSnapshot();
  const key = await putSnapshot(bucket, snapshot);
  expect(parseSnapshot(gunzipSync(store.objects.get(key) ?? '').toString())).toEqual(snapshot);
});

test('the summary is one JSON document', async () => {
  const document = { schemaVersion: 1, generatedAt: NOW, clusters: [anAssessment('a')] } as const;
  const key = await putSummary(bucket, 'r1', document);
  expect(store.json(key)).toEqual(document);
});

test('the configuration is its text, and undefined where there is none', async () => {
  expect(await getConfigText(bucket)).toBeUndefined();
  store.objects.set('config/cniwatch.yaml', Buffer.from('fleet: []\n'));
  expect(await getConfigText(bucket)).toBe('fleet: []\n');
});

test('every call names the owner that the bucket must have', async () => {
  await putTargets(bucket, 'r1', []);
  await getTargets(bucket, 'r1');
  await listResults(bucket, 'r1');
  const inputs = [PutObjectCommand, GetObjectCommand, ListObjectsV2Command].flatMap((command) =>
    store.s3.commandCalls(command as typeof PutObjectCommand).map((call) => call.args[0].input),
  );
  expect(inputs).toHaveLength(3);
  for (const input of inputs) expect(input).toMatchObject({ Bucket: 'cniwatch', ExpectedBucketOwner: ACCOUNT });
});

test('a refusal is no "there is none"', async () => {
  store.s3.on(GetObjectCommand).rejects(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }));
  await expect(getConfigText(bucket)).rejects.toThrow('Access Denied');
});

const unreadable: [string, string, (b: Bucket) => Promise<unknown>, RegExp][] = [
  ['a configuration above 1 MiB', 'config/cniwatch.yaml', getConfigText, /bytes and at most/],
  ['targets cut short', targetsKey('r1'), (b) => getTargets(b, 'r1'), /JSON/],
  ['targets of another shape', targetsKey('r2'), (b) => getTargets(b, 'r2'), /account/],
  ['no targets', 'elsewhere', (b) => getTargets(b, 'r3'), /run r3 has no runs\/r3\/targets.json/],
  [
    'a result of another shape',
    resultKey('r1', target('a')),
    (b) => getResult(b, resultKey('r1', target('a'))),
    /no result of this version/,
  ],
  ['a result that went away', 'elsewhere', (b) => getResult(b, 'runs/r1/results/gone.json'), /is not there/],
];
const bodies: Record<string, string> = {
  'a configuration above 1 MiB': '#'.repeat(2 ** 20 + 1),
  'targets cut short': '[{"account":',
  'targets of another shape': '[{"name":"a"}]',
  'a result of another shape': JSON.stringify(target('a')),
};
test.each(unreadable)('%s is an error that names it', async (title, key, read, message) => {
  store.objects.set(key, Buffer.from(bodies[title] ?? ''));
  await expect(read(bucket)).rejects.toThrow(message);
});
