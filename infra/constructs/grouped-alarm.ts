import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { RunGaps } from '#lib/config/run-gaps.ts';
import type { StatePolicy } from '#lib/model/finding-state.ts';
import { type InsightsQuery, insightsQuery } from '#lib/publish/dashboard/insights-query.ts';

export interface GroupedAlarmProps {
  readonly description: string;
  readonly query: InsightsQuery;
  /** Bad from here on, in the direction of the query's `worst`. */
  readonly threshold: number;
  readonly window: GroupedWindow;
}

export interface GroupedWindow {
  readonly period: Duration;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
}

/** What an alarm on a query looks back on, in minutes. Source: Amazon CloudWatch User Guide, alarm "Limits", Metrics Insights queries. */
const LONGEST_WINDOW = 180;

/** As many bad runs of as many as open a finding, so that alarms and events agree; fewer where runs are hours apart. */
export function groupedWindow({ shortest }: RunGaps, { openAfter }: StatePolicy): GroupedWindow {
  const minutes = Math.min(shortest, LONGEST_WINDOW);
  const evaluationPeriods = Math.min(openAfter.of, Math.floor(LONGEST_WINDOW / minutes));
  const datapointsToAlarm = Math.min(openAfter.bad, evaluationPeriods);
  return { period: Duration.minutes(minutes), evaluationPeriods, datapointsToAlarm };
}

/**
 * One alarm on every series of a query: a cluster or a subnet past the threshold is a contributor. Where no data come, its state stays as
 * it is: what nobody measures any more is not mended, and that nobody does is told by alarms on the runs.
 */
export function groupedAlarm(scope: Construct, id: string, { description, query, threshold, window }: GroupedAlarmProps): Alarm {
  const { period, ...evaluation } = window;
  return new Alarm(scope, id, {
    alarmDescription: description,
    metric: new MathExpression({ expression: insightsQuery(query), label: query.metric, period }),
    threshold,
    comparisonOperator:
      query.worst === 'highest'
        ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.IGNORE,
    ...evaluation,
  });
}
