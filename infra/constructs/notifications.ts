import { Aws, Duration, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PipelineFunction } from '#infra/constructs/pipeline-function.ts';
import type { HubResources } from '#infra/constructs/policy.ts';
import { acknowledgeWildcards } from '#infra/constructs/wildcards.ts';
import { EVENT_SOURCE, FINDING_EVENTS } from '#lib/model/event.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import { NOTIFY_PERMISSIONS } from '#lib/publish/notify/notifier.ts';
import { NAMESPACE, PUBLISH_PERMISSIONS } from '#lib/publish/put-metrics.ts';
import { CONFIG_PERMISSIONS } from '#lib/publish/run-store.ts';

export interface NotificationsProps {
  readonly hub: HubResources;
  /** The folder of the function's bundle. */
  readonly bundle: string;
  /** Those of the configuration at hand: the function may publish to these topics and read these secrets, and no others. */
  readonly targets: readonly NotificationTarget[];
  readonly alarmTopicArn: string | undefined;
}

/** Of one invocation. What it still sends must be over before its claim runs out. */
const TIMEOUT = Duration.minutes(2);

/**
 * Tells people of findings: the bus delivers events to a queue, the function keeps them in the table for each target, and a schedule has
 * it send what is due, each minute. Made only where somebody is to be told.
 */
export class Notifications extends Construct {
  readonly notify: PipelineFunction;

  constructor(scope: Construct, id: string, { hub, bundle, targets, alarmTopicArn }: NotificationsProps) {
    super(scope, id);
    const dead = new Queue(this, 'Dead', { ...QUEUE, retentionPeriod: Duration.days(14) });
    Validations.of(dead).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the dead-letter queue itself, of the queue and of the rule.',
    });
    const queue = new Queue(this, 'Events', {
      ...QUEUE,
      retentionPeriod: Duration.days(14),
      // Six times the function's timeout, so that a batch that waits for a free function is not delivered twice (Lambda developer guide,
      // "Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.minutes(6 * TIMEOUT.toMinutes()),
      // At that rate for five hours: the table may be throttled, or the configuration not valid.
      deadLetterQueue: { queue: dead, maxReceiveCount: 25 },
    });
    new Rule(this, 'Rule', {
      description: 'cniwatch: findings that open, escalate and close, for those who are notified',
      eventBus: hub.bus,
      eventPattern: { source: [EVENT_SOURCE], detailType: Object.keys(FINDING_EVENTS) },
      targets: [new SqsQueue(queue, { deadLetterQueue: dead })],
    });
    const topics = targets.flatMap((target) => (target.kind === 'webhook' ? [] : [target.topic]));
    const secrets = targets.flatMap((target) => (target.kind === 'webhook' ? [target.secret] : []));
    const notified = { queue: queue.queueArn, topics: [...new Set(topics)], secrets: [...new Set(secrets)] };
    this.notify = new PipelineFunction(this, 'Notify', {
      name: 'notify',
      description: 'cniwatch: tells people of findings',
      bundle,
      hub: { ...hub, notified },
      memoryMiB: 256,
      timeout: TIMEOUT,
      permissions: [NOTIFY_PERMISSIONS, CONFIG_PERMISSIONS, PUBLISH_PERMISSIONS],
    });
    this.notify.lambda.addEventSource(
      new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: 5 }),
    );
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
      description: 'Lets the schedule of the notifications invoke their function',
    });
    const { functionArn } = this.notify.lambda;
    acknowledgeWildcards(role, [{ resources: [`${functionArn}:*`] }], () => 'The versions of exactly this function.');
    new Schedule(this, 'Schedule', {
      description: 'Sends the notifications of cniwatch that are due',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: new LambdaInvoke(this.notify.lambda, {
        role,
        input: ScheduleTargetInput.fromObject({ deliver: true }),
        // The next one is due in a minute.
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    });
    this.alarms(dead, alarmTopicArn);
  }

  private alarms(dead: Queue, topicArn: string | undefined): void {
    const action = topicArn === undefined ? undefined : new SnsAction(Topic.fromTopicArn(this, 'AlarmTopic', topicArn));
    const alarm = (id: string, alarmDescription: string, metric: IMetric, evaluationPeriods: number) => {
      const made = new Alarm(this, id, {
        alarmDescription,
        metric,
        evaluationPeriods,
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (action) made.addAlarmAction(action);
    };
    const period = Duration.minutes(15);
    const failed = new Metric({
      namespace: NAMESPACE,
      metricName: 'NotificationsFailed',
      dimensionsMap: { Account: Aws.ACCOUNT_ID, Region: Aws.REGION },
      period,
      statistic: 'Maximum',
    });
    alarm(
      'NotificationsFailed',
      'A target of notifications cannot be told: what it is to know waits, for a day. The log of the notify function says why.',
      failed,
      2,
    );
    alarm(
      'NotifyErrors',
      'The notify function fails, as with targets in cniwatch.yaml that are not valid: nobody is told. Its log says why.',
      this.notify.lambda.metricErrors({ period }),
      1,
    );
    alarm(
      'EventsUndelivered',
      'Events of findings could not be kept for notifications: correct what the log of the notify function says, and redrive the queue.',
      dead.metricApproximateNumberOfMessagesVisible({ period }),
      1,
    );
  }
}

const QUEUE = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } as const;
