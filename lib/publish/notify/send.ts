import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Notice } from '#lib/model/notification.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import { composeMessage } from '#lib/publish/notify/message.ts';
import type { Sent } from '#lib/publish/notify/outcome.ts';
import { secretsManager } from '#lib/publish/notify/secret.ts';
import { sendSns } from '#lib/publish/notify/send-sns.ts';
import { sendWebhook, type WebhookPorts } from '#lib/publish/notify/send-webhook.ts';
import { targetName } from '#lib/publish/notify/target-name.ts';

export interface SendPorts {
  /** Clients of a Region. */
  readonly sns: (region: string) => SNSClient;
  readonly secrets: (region: string) => SecretsManagerClient;
  readonly now: () => Date;
  /** Where the summary of a run is read. */
  readonly linkTo?: (runId: string) => string;
  readonly connect?: WebhookPorts['connect'];
}

/**
 * Notices that one message has room for, by whom it is for: people read the worst and count the rest, machines want each. 200 with all
 * their texts at their longest are less than 1 MB.
 */
export function mostNotices({ kind }: NotificationTarget): number {
  return kind === 'webhook' ? 200 : 2_000;
}

/** Sends notices as one message, in the form of the target's medium. Never throws: what went wrong is the answer. */
export function sender({ sns, secrets: clientOf, now, linkTo, connect }: SendPorts) {
  const secrets = secretsManager(clientOf, now);
  return async (target: NotificationTarget, notices: readonly Notice[]): Promise<Sent> => {
    const message = composeMessage(notices, { target: targetName(target), at: now(), ...(linkTo && { linkTo }) });
    try {
      if (target.kind !== 'webhook') return await sendSns(target, message, sns);
      return await sendWebhook(target, message, { secrets, now, ...(connect && { connect }) });
    } catch (error) {
      const { name, message: said } = error as Error;
      return {
        outcome: 'failed',
        reason: `${name}: ${said}`,
        remedy: 'This is a defect of cniwatch: report it with the reason.',
      };
    }
  };
}
