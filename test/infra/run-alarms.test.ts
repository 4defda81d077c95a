import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missingRunsWindow } from '#infra/constructs/alarm-window.ts';
import { runGaps } from '#lib/config/run-gaps.ts';
import { DEFAULTS, resolved, resourcesOf, synthesisedHub } from '#test/infra/synthesised-hub.ts';

interface Alarm {
  readonly AlarmDescription: string;
  readonly Metrics?: unknown;
  readonly MetricName: string;
  readonly Namespace: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
}
function alarmsOf(...settings: Parameters<typeof synthesisedHub>): ReadonlyMap<string, Alarm> {
  const alarms = resourcesOf(synthesisedHub(...settings), 'AWS::CloudWatch::Alarm');
  return new Map(alarms.map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), resolved(Properties) as Alarm]));
}
const alarms = alarmsOf();

test('each is on one metric: no math, no query', () => {
  for (const [, { Metrics, MetricName }] of alarms) expect([Metrics, MetricName]).toEqual([undefined, expect.any(String)]);
});

test.each([
  ['RunsMissing', 'CNIWatch', 'RunCompleted', 1, 3, undefined, 'breaching'],
  ['RunFailed', 'AWS/States', 'ExecutionsFailed', 0, 1, undefined, 'notBreaching'],
  ['RunTimedOut', 'AWS/States', 'ExecutionsTimedOut', 0, 1, undefined, 'notBreaching'],
  ['RunAborted', 'AWS/States', 'ExecutionsAborted', 0, 1, undefined, 'notBreaching'],
  ['RunsSkipped', 'CNIWatch', 'RunSkipped', 0, 6, 3, 'notBreaching'],
  ['ClustersMissing', 'CNIWatch', 'ClustersMissing', 0, 2, undefined, 'notBreaching'],
  ['StartsUndelivered', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 0, 1, undefined, 'notBreaching'],
  ['FindingsUnrecorded', 'CNIWatch', 'FindingsUnrecorded', 0, 3, 2, 'notBreaching'],
  ['EventsUntold', 'CNIWatch', 'EventsUntold', 0, 3, 2, 'notBreaching'],
  ['ReadsThrottled', 'CNIWatch', 'CollectorsThrottled', 0, 3, undefined, 'notBreaching'],
  ['ReadsCutOff', 'CNIWatch', 'CollectorsCutOff', 0, 3, undefined, 'notBreaching'],
  ['ChecksSlow', 'AWS/Lambda', 'Duration', 96_000, 3, undefined, 'notBreaching'],
  ['DiscoverThrottled', 'AWS/Lambda', 'Throttles', 0, 2, undefined, 'notBreaching'],
  ['CheckClusterThrottled', 'AWS/Lambda', 'Throttles', 0, 2, undefined, 'notBreaching'],
  ['SummariseThrottled', 'AWS/Lambda', 'Throttles', 0, 2, undefined, 'notBreaching'],
])('%s looks at %s %s', (name, Namespace, MetricName, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData) => {
  const { Period, ...alarm } = alarms.get(name) as Alarm;
  expect(alarm).toMatchObject({ Namespace, MetricName, Threshold, EvaluationPeriods, TreatMissingData });
  expect([alarm.DatapointsToAlarm, Period]).toEqual([DatapointsToAlarm, 300]);
});

test('there is no other', () => expect(alarms.size).toBe(15));

test('what a run says of itself is looked for under the account and Region of the hub', () => {
  for (const [, { Namespace, Dimensions }] of alarms) {
    if (Namespace !== 'CNIWatch') continue;
    expect(Dimensions).toEqual([
      { Name: 'Account', Value: '111122223333' },
      { Name: 'Region', Value: 'eu-west-1' },
    ]);
  }
});

test('a topic is told of each alarm, and of its end', () => {
  const alarmTopicArn = 'arn:aws:sns:eu-west-1:111122223333:alarms';
  for (const [, { AlarmActions, OKActions }] of alarmsOf({ alarmTopicArn }))
    expect([AlarmActions, OKActions]).toEqual([[alarmTopicArn], [alarmTopicArn]]);
  for (const [, { AlarmActions }] of alarms) expect(AlarmActions).toBeUndefined();
});

test('a check is slow at four fifths of the deadline of the configuration', () => {
  const config = { ...DEFAULTS.config, collect: { ...DEFAULTS.config.collect, deadlineSeconds: 300 } };
  expect(alarmsOf({ config }).get('ChecksSlow')?.Threshold).toBe(240_000);
});

describe('periods follow the schedule', () => {
  test.each<[string, number, number, number]>([
    ['rate(1 minute)', 1, 1, 3],
    ['rate(10 minutes)', 10, 10, 3],
    ['rate(2 hours)', 120, 120, 3],
    ['rate(12 hours)', 720, 720, 3],
    ['rate(2 days)', 1440, 1440, 6],
    // Over the weekend no run is due: a period of five minutes would look back on a day at most.
    ['cron(0/5 8-18 ? * MON-FRI *)', 5, 60, 62],
  ])('%s: %i minutes; runs are missing after %i minutes, %i times', (check, period, missing, periods) => {
    const set = alarmsOf({ schedule: { check, timezone: 'UTC' } });
    expect(set.get('ClustersMissing')?.Period).toBe(period * 60);
    expect(set.get('RunsMissing')).toMatchObject({ Period: missing * 60, EvaluationPeriods: periods });
  });

  test.each(['cron(0 7 1 * ? *)', 'rate(7 days)'])('%s leaves too long without a run for an alarm to tell', (check) => {
    expect(() => missingRunsWindow(runGaps({ check, timezone: 'UTC' }))).toThrow('at least every six days');
  });

  /** In minutes. */
  const gap = fc.oneof(
    fc.integer({ min: 1, max: 90 }),
    fc.integer({ min: 1_200, max: 1_500 }),
    fc.integer({ min: 1, max: 8_640 }),
  );
  test('an alarm on missing runs waits for every gap of the schedule, within what CloudWatch looks back on', () => {
    fc.assert(
      fc.property(gap, gap, (one, other) => {
        const gaps = { shortest: Math.min(one, other), longest: Math.max(one, other) };
        const { period, evaluationPeriods } = missingRunsWindow(gaps);
        const minutes = period.toMinutes();
        expect(minutes * evaluationPeriods).toBeGreaterThan(gaps.longest);
        expect(minutes).toBeLessThanOrEqual(1_440);
        expect(minutes * evaluationPeriods).toBeLessThanOrEqual(minutes < 60 ? 1_440 : 10_080);
      }),
    );
  });
});
