import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReportHeadline } from '#lib/model/fleet-report.ts';
import { reportPublished } from '#lib/model/report-event.ts';
import { announceReport, ReportUntold } from '#lib/publish/reports/announce.ts';
import { knownStates } from '#lib/publish/reports/known-states.ts';
import { previousReport, putIndex, putReport } from '#lib/publish/reports/report-store.ts';
import { storedRuns } from '#lib/publish/reports/stored-runs.ts';
import { headlineOf } from '#lib/report/fleet/headline.ts';
import { memoryBucket } from '#test/publish/memory-bucket.ts';
import { aReport, aState } from '#test/report/fleet/a-report.ts';
import { aDocument } from '#test/scenarios/assessments.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
const at = { s3: new S3Client({ region: REGION, credentials }), bucket: 'runs', owner: ACCOUNT };
const HEADLINE = headlineOf(aReport());
let store: ReturnType<typeof memoryBucket>;
beforeEach(() => {
  store = memoryBucket();
});
afterEach(() => store.s3.restore());
const put = (key: string, value: unknown) => store.objects.set(key, Buffer.from(JSON.stringify(value)));
const files = (headline: ReportHeadline) => [
  { name: 'headline.json', contentType: 'application/json', text: JSON.stringify(headline) },
];

test('runs are those that started in the time, the oldest first; what is no run is passed over', async () => {
  for (const id of [
    '2026-11-24T070000.000Z-d',
    '2026-11-23T070000.000Z-a',
    '2026-11-23T070500.123Z-b',
    '2026-11-24T070000.001Z-e',
    'by-hand',
  ])
    put(`runs/${id}/summary.json`, aDocument());
  const runs = await storedRuns(at).runs('2026-11-23T07:00:00Z', '2026-11-24T07:00:00Z');
  expect(runs).toEqual([
    { id: '2026-11-23T070500.123Z-b', at: '2026-11-23T07:05:00.123Z' },
    { id: '2026-11-24T070000.000Z-d', at: '2026-11-24T07:00:00.000Z' },
  ]);
});

test.each([
  ['there', aDocument(), aDocument()],
  ['none of this version', { schemaVersion: 2 }, 'runs/r/summary.json is no summary of this version of cniwatch.'],
  ['absent', undefined, undefined],
])('a summary that is %s', async (_title, stored, expected) => {
  if (stored !== undefined) put('runs/r/summary.json', stored);
  expect(await storedRuns(at).summary({ id: 'r', at: '' })).toEqual(expected);
});

test('the previous report is the last of an earlier date that can be read', async () => {
  for (const date of ['2026-11-20', '2026-11-21', '2026-11-24']) await putReport(at, 'daily', date, files({ ...HEADLINE, date }));
  put('reports/daily/2026-11-22/headline.json', { schemaVersion: 9 });
  put('reports/daily/2026-11-23/fleet.json', {});
  expect((await previousReport(at, 'daily', '2026-11-24'))?.date).toBe('2026-11-21');
  expect(await previousReport(at, 'daily', '2026-11-20')).toBeUndefined();
  expect(await previousReport(at, 'weekly', '2026-11-24')).toBeUndefined();
});

test('the index lists the reports of both kinds, and one that comes up while it is written', async () => {
  await putReport(at, 'daily', '2026-11-24', files(HEADLINE));
  let writes = 0;
  const render = (reports: readonly ReportHeadline[]) => {
    writes += 1;
    if (writes === 1) put('reports/weekly/2026-11-24/headline.json', { ...HEADLINE, kind: 'weekly' });
    return reports.map(({ kind, date }) => `${kind} ${date}`).join(', ');
  };
  await putIndex(at, render);
  expect(store.text('reports/index.html')).toBe('daily 2026-11-24, weekly 2026-11-24');
  expect(writes).toBe(2);
});

test('a report is told with a link that ends, and one that takes a sign-in', async () => {
  const events = mockClient(EventBridgeClient);
  events.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
  const bus = { eventBridge: new EventBridgeClient({ region: REGION, credentials }), bus: 'cniwatch' };
  const now = new Date('2026-11-24T07:00:05.000Z');
  const told = await announceReport(HEADLINE, at, { bus, region: REGION, now });
  const again = await announceReport(HEADLINE, at, { bus, region: REGION, now: new Date('2026-11-24T08:00:00.000Z') });
  expect(again.id).toBe(told.id);
  const [entry] = events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
  expect(entry).toMatchObject({ Source: 'cniwatch', DetailType: 'Report Published', EventBusName: 'cniwatch' });
  const detail = reportPublished.strict().parse(JSON.parse(entry?.Detail ?? ''));
  expect(detail).toMatchObject({ key: 'reports/daily/2026-11-24/index.html', linkExpiresAt: '2026-11-24T19:00:05.000Z' });
  const link = new URL(detail.link);
  expect([link.hostname, link.pathname]).toEqual([`runs.s3.${REGION}.amazonaws.com`, '/reports/daily/2026-11-24/index.html']);
  expect([link.searchParams.get('X-Amz-Expires'), link.searchParams.get('X-Amz-SignedHeaders')]).toEqual(['43200', 'host']);
  expect(detail.console).toBe(
    `https://console.aws.amazon.com/s3/object/runs?region=${REGION}&prefix=reports%2Fdaily%2F2026-11-24%2Findex.html`,
  );
  events
    .on(PutEventsCommand)
    .resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }] });
  await expect(announceReport(HEADLINE, at, { bus, region: REGION, now })).rejects.toThrow(ReportUntold);
  events.restore();
});

test('states that cannot be read are a note, and the others stand', async () => {
  const states = new Map([['x', aState({})]]);
  const read = async (arn: string) => {
    if (arn === 'broken') throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    return { head: undefined, states };
  };
  const known = await knownStates({ read }, ['a', 'broken']);
  expect(known.states).toEqual(states);
  expect(known.notes).toEqual(['Since when findings are open is not known of 1 of 2 clusters (ThrottlingException: slow down).']);
});
