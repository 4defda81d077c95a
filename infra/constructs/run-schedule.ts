import { Duration, TimeZone, Validations } from 'aws-cdk-lib';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Settings } from '#infra/settings.ts';
import { runGaps } from '#lib/config/run-gaps.ts';

export interface RunScheduleProps {
  readonly schedule: Settings['schedule'];
  readonly pipeline: IStateMachine;
}

/** The longest that EventBridge Scheduler keeps a start. Minutes. Source: EventBridge Scheduler API reference, RetryPolicy. */
const LONGEST_KEPT = 1_440;

/** Starts runs when the schedule says. A start that could not be delivered waits in the queue, on which an alarm stands. */
export class RunSchedule extends Construct {
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { schedule, pipeline }: RunScheduleProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.undelivered).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the dead-letter queue itself, of a schedule: the rule knows only those of queues.',
    });
    const { shortest } = runGaps(schedule);
    new Schedule(this, 'Schedule', {
      description: 'Starts a run of cniwatch',
      schedule: ScheduleExpression.expression(schedule.check, TimeZone.of(schedule.timezone)),
      // Spreads the starts of many stacks over a minute, where there is a minute to spread them over.
      timeWindow: shortest > 1 ? TimeWindow.flexible(Duration.minutes(1)) : TimeWindow.off(),
      target: new StepFunctionsStartExecution(pipeline, {
        input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
        deadLetterQueue: this.undelivered,
        retryAttempts: 3,
        // A start that comes later than the next one is of no use.
        maxEventAge: Duration.minutes(Math.min(shortest, LONGEST_KEPT)),
      }),
    });
  }
}
