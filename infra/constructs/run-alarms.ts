import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { NAMESPACE } from '#lib/publish/put-metrics.ts';

export interface RunAlarmsProps {
  readonly pipeline: IStateMachine;
  readonly undelivered: IQueue;
  readonly minutes: number;
  readonly topicArn: string | undefined;
}

/** Alarms on cniwatch itself: a checker that has stopped looks like a fleet in good health. */
export function runAlarms(scope: Construct, { pipeline, undelivered, minutes, topicArn }: RunAlarmsProps): void {
  const action = topicArn === undefined ? undefined : new SnsAction(Topic.fromTopicArn(scope, 'AlarmTopic', topicArn));
  const period = Duration.minutes(minutes);
  const ofRun = (metricName: string) =>
    new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { Account: Aws.ACCOUNT_ID, Region: Aws.REGION },
      period,
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
    if (action) made.addAlarmAction(action);
  };

  alarm('RunsMissing', 'No run of cniwatch has completed for three intervals: nothing is being checked.', {
    metric: ofRun('RunCompleted'),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 3,
    treatMissingData: TreatMissingData.BREACHING,
  });
  alarm('RunFailed', 'A run of cniwatch failed: the execution names the cause, as Regions that could not be listed.', {
    metric: pipeline.metricFailed({ period }),
  });
  alarm('RunTimedOut', 'A run of cniwatch took longer than it may: the fleet needs more concurrency, or a cluster hangs.', {
    metric: pipeline.metricTimedOut({ period }),
  });
  alarm('RunAborted', 'Somebody stopped a run of cniwatch.', { metric: pipeline.metricAborted({ period }) });
  alarm('ClustersMissing', 'Clusters of the fleet left no result in a run: the summary of the run names them.', {
    metric: ofRun('ClustersMissing'),
    evaluationPeriods: 2,
  });
  alarm('StartsUndelivered', 'The scheduler could not start a run: the message in the queue says why.', {
    metric: undelivered.metricApproximateNumberOfMessagesVisible({ period }),
  });
}
