import type { TargetMatch } from '#lib/model/target-match.ts';
import type { TimeWindow } from '#lib/model/time-window.ts';

/** Someone who is told when findings open, escalate and close. */
export type NotificationTarget = SnsTarget | ChatTarget | WebhookTarget;

interface Told {
  readonly name?: string | undefined;
  readonly minimumSeverity: 'warning' | 'unknown' | 'critical';
  /** At least so long from one message to the next. */
  readonly batchMinutes: number;
  readonly quietHours?: TimeWindow | undefined;
  readonly resolved: boolean;
  readonly match: TargetMatch;
}

/** Plain text to an SNS topic, by its ARN. */
export interface SnsTarget extends Told {
  readonly kind: 'sns';
  readonly topic: string;
}

/** The schema of Amazon Q Developer in chat applications, to an SNS topic. */
export interface ChatTarget extends Told {
  readonly kind: 'chat';
  readonly topic: string;
}

/** A POST of JSON; `secret` is the ARN of the secret that signs it. */
export interface WebhookTarget extends Told {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: string;
}
