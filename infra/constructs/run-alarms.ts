import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { missingRunsWindow, runPeriod } from '#infra/constructs/alarm-window.ts';
import type { StepName } from '#infra/constructs/bundling.ts';
import type { Settings } from '#infra/settings.ts';
import { runGaps } from '#lib/config/run-gaps.ts';
import { NAMESPACE } from '#lib/publish/put-metrics.ts';

export interface RunAlarmsProps {
  readonly pipeline: IStateMachine;
  readonly functions: Readonly<Record<StepName, IFunction>>;
  readonly undelivered: IQueue;
  readonly settings: Pick<Settings, 'schedule' | 'config' | 'alarmTopicArn'>;
}

/** The share of its deadline from which reading a cluster is slow. */
const SLOW = 0.8;

/**
 * Alarms on cniwatch itself: a checker that has stopped looks like a fleet in good health. Each is on one metric, so that this stack
 * deploys wherever CloudFormation does.
 */
export function runAlarms(scope: Construct, { pipeline, functions, undelivered, settings }: RunAlarmsProps): void {
  const { schedule, config, alarmTopicArn } = settings;
  const action = alarmTopicArn === undefined ? undefined : new SnsAction(Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopicArn));
  const gaps = runGaps(schedule);
  const period = Duration.minutes(runPeriod(gaps));
  const ofRun = (metricName: string, every = period) =>
    new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { Account: Aws.ACCOUNT_ID, Region: Aws.REGION },
      period: every,
      statistic: 'Maximum',
    });
  const alarm = (id: string, alarmDescription: string, props: Pick<AlarmProps, 'metric'> & Partial<AlarmProps>) => {
    const made = new Alarm(scope, id, {
      alarmDescription,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
    if (!action) return;
    made.addAlarmAction(action);
    made.addOkAction(action);
  };

  const missing = missingRunsWindow(gaps);
  const window = `${missing.period.toMinutes() * missing.evaluationPeriods} minutes`;
  alarm(
    'RunsMissing',
    `No run of cniwatch has completed for ${window}: nothing is being checked. Look at the executions of the pipeline.`,
    {
      metric: ofRun('RunCompleted', missing.period),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: missing.evaluationPeriods,
      treatMissingData: TreatMissingData.BREACHING,
    },
  );
  alarm('RunFailed', 'A run of cniwatch failed: the execution names the cause, as Regions that could not be listed.', {
    metric: pipeline.metricFailed({ period }),
  });
  alarm('RunTimedOut', 'A run of cniwatch took longer than it may: the fleet needs more concurrency, or a cluster hangs.', {
    metric: pipeline.metricTimedOut({ period }),
  });
  alarm('RunAborted', 'Somebody stopped a run of cniwatch.', { metric: pipeline.metricAborted({ period }) });
  alarm(
    'RunsSkipped',
    'Runs of cniwatch are skipped, since the ones before take longer than the schedule: raise maxConcurrency, or run less often.',
    {
      metric: ofRun('RunSkipped'),
      evaluationPeriods: 6,
      datapointsToAlarm: 3,
    },
  );
  alarm('ClustersMissing', 'Clusters of the fleet left no result in a run: the summary of the run names them.', {
    metric: ofRun('ClustersMissing'),
    evaluationPeriods: 2,
  });
  alarm('StartsUndelivered', 'The scheduler could not start a run: the message in the queue says why.', {
    metric: undelivered.metricApproximateNumberOfMessagesVisible({ period }),
  });
  alarm(
    'FindingsUnrecorded',
    'What runs found could not be written to the table: findings neither open nor close. The log of check-cluster and of summarise says why.',
    {
      metric: ofRun('FindingsUnrecorded'),
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    },
  );
  alarm(
    'EventsUntold',
    'The event bus does not take what changed; it is kept and told by a later run. The log of summarise says why.',
    {
      metric: ofRun('EventsUntold'),
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    },
  );
  alarm(
    'ReadsThrottled',
    'AWS or Kubernetes refused calls for their rate in three runs: some checks are unknown. Lower maxConcurrency, or run less often.',
    {
      metric: ofRun('CollectorsThrottled'),
      evaluationPeriods: 3,
    },
  );
  alarm(
    'ReadsCutOff',
    'Clusters were not read within the deadline in three runs: some checks are unknown. Raise collect.deadlineSeconds.',
    {
      metric: ofRun('CollectorsCutOff'),
      evaluationPeriods: 3,
    },
  );
  alarm(
    'ChecksSlow',
    `The slowest check of a cluster takes over ${SLOW * 100} % of collect.deadlineSeconds, after which the rest is unknown. Raise it before that.`,
    {
      metric: functions['check-cluster'].metricDuration({ period, statistic: 'Maximum' }),
      threshold: SLOW * config.collect.deadlineSeconds * 1_000,
      evaluationPeriods: 3,
    },
  );
  for (const [id, name] of [
    ['DiscoverThrottled', 'discover'],
    ['CheckClusterThrottled', 'check-cluster'],
    ['SummariseThrottled', 'summarise'],
  ] as const)
    alarm(
      id,
      `Lambda refuses invocations of ${name}: the account has too little concurrency. Lower maxConcurrency, or ask for a higher quota.`,
      {
        metric: functions[name].metricThrottles({ period, statistic: 'Sum' }),
        evaluationPeriods: 2,
      },
    );
}
