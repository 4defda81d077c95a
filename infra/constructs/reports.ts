import { Aws, Duration, TimeZone, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PipelineFunction } from '#infra/constructs/pipeline-function.ts';
import type { HubResources } from '#infra/constructs/policy.ts';
import { reportsWindow } from '#infra/constructs/reports-window.ts';
import { acknowledgeWildcards } from '#infra/constructs/wildcards.ts';
import { runGaps } from '#lib/config/run-gaps.ts';
import type { Schedules } from '#lib/config/schedules.ts';
import type { ReportKind } from '#lib/model/fleet-report.ts';
import { NAMESPACE, PUBLISH_PERMISSIONS } from '#lib/publish/put-metrics.ts';
import { REPORT_PERMISSIONS } from '#lib/publish/reports/reports-hub.ts';

export interface ReportsProps {
  readonly hub: HubResources;
  /** The folder of the function's bundle. */
  readonly bundle: string;
  readonly schedules: Pick<Schedules, 'reports' | 'timezone'>;
  readonly alarmTopicArn: string | undefined;
}

/** Makes reports of the fleet on their schedules, and watches that they come. Made only where there is a schedule. */
export class Reports extends Construct {
  readonly report: PipelineFunction;

  constructor(scope: Construct, id: string, { hub, bundle, schedules, alarmTopicArn }: ReportsProps) {
    super(scope, id);
    this.report = new PipelineFunction(this, 'Report', {
      name: 'report',
      description: 'cniwatch: reports what changed in the fleet',
      bundle,
      hub,
      // Holds the problems of a thousand clusters twice, as text and parsed.
      memoryMiB: 2048,
      timeout: Duration.minutes(10),
      permissions: [REPORT_PERMISSIONS, PUBLISH_PERMISSIONS],
    });
    const undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(undelivered).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the dead-letter queue itself, of schedules: the rule knows only those of queues.',
    });
    const { reports, timezone } = schedules;
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      description: 'Invokes the function that makes the reports of cniwatch',
    });
    const { functionArn } = this.report.lambda;
    acknowledgeWildcards(role, [{ resources: [`${functionArn}:*`] }], () => 'The versions of exactly this function.');
    const action = alarmTopicArn === undefined ? undefined : new SnsAction(Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn));
    const alarm = (name: string, alarmDescription: string, metric: IMetric, missing?: number) => {
      const made = new Alarm(this, name, {
        alarmDescription,
        metric,
        threshold: missing === undefined ? 0 : 1,
        comparisonOperator:
          missing === undefined ? ComparisonOperator.GREATER_THAN_THRESHOLD : ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: missing ?? 1,
        treatMissingData: missing === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
      });
      if (!action) return;
      made.addAlarmAction(action);
      made.addOkAction(action);
    };
    for (const [kind, expression] of scheduled(reports)) {
      const name = kind === 'daily' ? 'Daily' : 'Weekly';
      new Schedule(this, name, {
        description: `Makes the ${kind} report of cniwatch`,
        schedule: ScheduleExpression.expression(expression, TimeZone.of(timezone)),
        target: new LambdaInvoke(this.report.lambda, {
          role,
          input: ScheduleTargetInput.fromObject({ kind, timezone, scheduledAt: ContextAttribute.scheduledTime }),
          deadLetterQueue: undelivered,
          retryAttempts: 3,
          maxEventAge: Duration.hours(6),
        }),
      });
      const window = reportsWindow(runGaps({ check: expression, timezone }));
      // Nothing looks back far enough for reports that are farther apart: the alarms on errors and on the queue are left.
      if (window === undefined) continue;
      const { period, evaluationPeriods } = window;
      const dimensionsMap = { Account: Aws.ACCOUNT_ID, Region: Aws.REGION, Report: kind };
      const published = new Metric({
        namespace: NAMESPACE,
        metricName: 'ReportPublished',
        dimensionsMap,
        period,
        statistic: 'Sum',
      });
      const told = `No ${kind} report of cniwatch was made for ${period.toHours() * evaluationPeriods} hours, or none yet: the log of the report function says why.`;
      alarm(`${name}Missing`, told, published, evaluationPeriods);
    }
    const period = Duration.minutes(15);
    const failed = 'A report of cniwatch could not be made: the log of the report function says why. It is tried again twice.';
    alarm('ReportErrors', failed, this.report.lambda.metricErrors({ period }));
    const unsent = 'The scheduler could not start a report of cniwatch: the message in the queue says why.';
    alarm('ReportsUndelivered', unsent, undelivered.metricApproximateNumberOfMessagesVisible({ period }));
  }
}

function scheduled({ daily, weekly }: Schedules['reports']): readonly (readonly [ReportKind, string])[] {
  return [
    ...(daily === undefined ? [] : [['daily', daily] as const]),
    ...(weekly === undefined ? [] : [['weekly', weekly] as const]),
  ];
}
