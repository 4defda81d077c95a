import { describe, expect, test } from 'vitest';
import { reportsWindow } from '#infra/constructs/reports-window.ts';
import { parseConfig } from '#lib/config/config.ts';
import { REPORT_PERMISSIONS } from '#lib/publish/reports/reports-hub.ts';
import { resolved, resourcesOf, synthesisedHub } from '#test/infra/synthesised-hub.ts';

const CONFIG = `schedules:
  timezone: Europe/Berlin
  reports: { daily: cron(0 7 * * ? *), weekly: cron(0 7 ? * MON *) }
`;
const ALARMS = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const hub = synthesisedHub({ configText: CONFIG, config: parseConfig(CONFIG, 'cniwatch.yaml'), alarmTopicArn: ALARMS });
const named = (type: string, id: RegExp) =>
  resourcesOf(hub, type)
    .filter(([name]) => id.test(name))
    .map(([, { Properties }]) => resolved(Properties));

test('nothing of it is deployed where no report has a schedule', () =>
  expect(Object.keys(synthesisedHub().Resources).filter((id) => /^Reports/.test(id))).toEqual([]));

test.each([
  ['Daily', 'daily', 'cron(0 7 * * ? *)'],
  ['Weekly', 'weekly', 'cron(0 7 ? * MON *)'],
])('%s reports start on their schedule, in its time zone, with the time that they are of', (id, kind, ScheduleExpression) => {
  const [schedule] = named('AWS::Scheduler::Schedule', new RegExp(`^Reports${id}`)) as { Target: { Input: string } }[];
  expect(schedule).toMatchObject({
    ...{ ScheduleExpression, ScheduleExpressionTimezone: 'Europe/Berlin' },
    Target: {
      DeadLetterConfig: { Arn: expect.stringContaining('ReportsUndelivered') },
      RetryPolicy: { MaximumRetryAttempts: 3 },
    },
  });
  expect(JSON.parse(schedule?.Target.Input ?? '')).toEqual({
    kind,
    timezone: 'Europe/Berlin',
    scheduledAt: '<aws.scheduler.scheduled-time>',
  });
});

test.each([
  ['Daily', 'daily', 3_600, 26],
  ['Weekly', 'weekly', 86_400, 7],
])('a %s report that is missing is an alarm, told where alarms are', (id, kind, Period, EvaluationPeriods) => {
  expect(named('AWS::CloudWatch::Alarm', new RegExp(`^Reports${id}Missing`))).toMatchObject([
    {
      ...{ MetricName: 'ReportPublished', Period, EvaluationPeriods, TreatMissingData: 'breaching', AlarmActions: [ALARMS] },
      Dimensions: expect.arrayContaining([{ Name: 'Report', Value: kind }]),
    },
  ]);
});

test.each(['ReportErrors', 'ReportsUndelivered'])('%s is an alarm', (id) =>
  expect(named('AWS::CloudWatch::Alarm', new RegExp(`^Reports${id}`))).toMatchObject([{ TreatMissingData: 'notBreaching' }]),
);

test('the function holds what its code declares', () => {
  const [policy] = named('AWS::IAM::Policy', /^ReportsReportRole/) as {
    PolicyDocument: { Statement: { Action: string | string[] }[] };
  }[];
  const actions = policy?.PolicyDocument.Statement.flatMap(({ Action }) => Action).filter(
    (action) => !/^(logs|xray):/.test(action),
  );
  expect(new Set(actions)).toEqual(new Set([...REPORT_PERMISSIONS.aws.map(({ action }) => action), 'cloudwatch:PutMetricData']));
});

describe('the window in which a report must come', () => {
  const DAY = 1_440;
  test.each([
    ['every day', DAY, 25],
    ['every day, where the clock is changed', DAY + 60, 26],
    ['on working days', 3 * DAY, 73],
    ['every hour', 60, 2],
  ])('%s: hours', (_title, longest, evaluationPeriods) => {
    const window = reportsWindow({ shortest: longest, longest });
    expect([window?.period.toMinutes(), window?.evaluationPeriods]).toEqual([60, evaluationPeriods]);
  });
  test.each([7 * DAY, 7 * DAY + 60])('every week (%i minutes): seven days, and no longer', (longest) =>
    expect(reportsWindow({ shortest: longest, longest })).toMatchObject({ evaluationPeriods: 7 }),
  );
  test('every month: none', () => expect(reportsWindow({ shortest: DAY, longest: Number.POSITIVE_INFINITY })).toBeUndefined());
});
