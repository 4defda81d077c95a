import { Duration } from 'aws-cdk-lib';
import type { AlarmWindow } from '#infra/constructs/alarm-window.ts';
import type { RunGaps } from '#lib/config/run-gaps.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** For a report to be made in, after it is due. */
const SLACK = HOUR;

/**
 * How long no report may come before somebody is told. An alarm looks back on seven days at most, where its period is an hour or longer
 * (CloudWatch API reference, PutMetricAlarm, Period); so a weekly report is watched by periods of a day, of which CloudWatch looks at a few
 * more than asked for where data is missing. Undefined for reports that may be farther apart than a week, and the hour by which a clock is changed.
 */
export function reportsWindow({ longest }: RunGaps): AlarmWindow | undefined {
  if (longest > WEEK + HOUR) return undefined;
  if (longest + SLACK > WEEK - DAY) return { period: Duration.days(1), evaluationPeriods: 7 };
  return { period: Duration.hours(1), evaluationPeriods: Math.ceil((longest + SLACK) / HOUR) };
}
