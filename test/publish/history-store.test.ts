/** The history through the real S3 client, against conditional writes as S3 does them. */
import { gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { clusterArn } from '#lib/model/target.ts';
import type { Bucket } from '#lib/publish/bucket.ts';
import { formatHistory, HistoryTooNew, HistoryUnreadable, parseHistory } from '#lib/publish/history-file.ts';
import { appendReadings, ringHistory } from '#lib/publish/history-ring.ts';
import { getHistory, putHistory } from '#lib/publish/history-store.ts';
import { type S3Server, startS3 } from '#test/functions/s3-server.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';

const TARGET = { account: ACCOUNT, region: REGION, name: 'shop-prod', arn: clusterArn(ACCOUNT, REGION, 'shop-prod') };
const KEY = `history/${ACCOUNT}/${REGION}/shop-prod.json.gz`;
const at = (minutes: number) => new Date(Date.parse('2026-11-24T03:00:00Z') + minutes * 60_000);
const free = (value: number) => [{ series: 'SubnetFreeIps', id: 'subnet-a', value }];

let server: S3Server;
let bucket: Bucket;
beforeAll(async () => {
  server = await startS3();
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  bucket = {
    s3: new S3Client({ region: REGION, endpoint: server.endpoint, forcePathStyle: true, credentials, maxAttempts: 1 }),
    bucket: 'runs',
  };
});
afterAll(() => server.close());
beforeEach(() => server.objects.clear());

const values = async () => {
  const { ring } = await getHistory(bucket, TARGET);
  return ringHistory(ring)
    .points('SubnetFreeIps', 'subnet-a')
    .map(({ value }) => value);
};
const run = async (value: number, minutes: number) =>
  putHistory(bucket, TARGET, await getHistory(bucket, TARGET), free(value), at(minutes));

it('is empty before the first run, and grows by one reading a run', async () => {
  expect(await values()).toEqual([]);
  await run(100, 0);
  await run(90, 5);
  expect(await values()).toEqual([100, 90]);
});

it('loses no reading where two runs overlap', async () => {
  await run(100, 0);
  const seenByBoth = await getHistory(bucket, TARGET);
  await putHistory(bucket, TARGET, seenByBoth, free(90), at(5));
  await putHistory(bucket, TARGET, seenByBoth, free(80), at(10));
  expect(await values()).toEqual([100, 90, 80]);
});

it('gives up, and says so, where others write in between on every attempt', async () => {
  await run(100, 0);
  const stored = await getHistory(bucket, TARGET);
  const contended = {
    ...bucket,
    s3: {
      send: async (command: { constructor: { name: string } }, options: object) => {
        server.objects.set(KEY, formatHistory(appendReadings(new Map(), free(Math.random()), at(0))));
        return bucket.s3.send(command as never, options);
      },
    } as never,
  };
  await expect(putHistory(contended, TARGET, stored, free(1), at(5))).rejects.toThrow(/written by others on each of 4 attempts/);
});

it('starts anew over what is no history, and says why', async () => {
  server.objects.set(KEY, Buffer.from('{"version":1,"series":[]}'));
  const stored = await getHistory(bucket, TARGET);
  expect(stored.unreadable).toBeInstanceOf(HistoryUnreadable);
  expect(await putHistory(bucket, TARGET, stored, free(7), at(0))).toBe(true);
  expect(await values()).toEqual([7]);
});

it('leaves what a newer cniwatch wrote', async () => {
  const newer = Buffer.from('{"version":2}');
  server.objects.set(KEY, newer);
  const stored = await getHistory(bucket, TARGET);
  expect(stored.unreadable).toBeInstanceOf(HistoryTooNew);
  expect(await putHistory(bucket, TARGET, stored, free(7), at(0))).toBe(false);
  expect(server.objects.get(KEY)).toEqual(newer);
});

it('is written as gzip of JSON that reads back the same, and small', () => {
  let ring = new Map() as ReturnType<typeof parseHistory>;
  for (let index = 0; index < 600; index++) ring = appendReadings(ring, free(1000 - index), at(5 * index));
  const bytes = formatHistory(ring);
  expect(parseHistory(bytes)).toEqual(ring);
  expect(parseHistory(gunzipSync(bytes))).toEqual(ring);
  expect(bytes.length).toBeLessThan(8_000);
});

it.each([
  ['nothing', ''],
  ['half a document', '{"version":1,'],
  ['another document', '[]'],
  ['values that are no numbers', '{"version":1,"series":{"a":{"b":{"at":[1],"value":["x"]}}}}'],
  ['a time that is no number', '{"version":1,"series":{"a":{"b":{"at":["x"],"value":[1]}}}}'],
])('refuses %s, saying what it is', (_, text) => {
  expect(() => parseHistory(Buffer.from(text))).toThrow(HistoryUnreadable);
});
