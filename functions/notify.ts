import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod';
import { notificationTargets } from '#lib/config/notification-targets.ts';
import { hubFrom } from '#lib/publish/hub.ts';
import type { ToldTarget } from '#lib/publish/notify/deliver-all.ts';
import { notifier } from '#lib/publish/notify/notifier.ts';

const hub = hubFrom(process.env);
const notify = notifier(hub);
const logger = new Logger({ serviceName: 'notify' });
const event = z.union([
  z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) }),
  z.object({ deliver: z.literal(true) }),
]);

type Notified = SQSBatchResponse | { outcome: 'delivered'; targets: number } | { outcome: 'invalid-event'; reason: string };

/** Keeps what events tell for the targets of cniwatch.yaml, and, when the schedule asks for it, sends the messages that are due. */
export async function handler(input: unknown): Promise<Notified> {
  const parsed = event.safeParse(input);
  if (!parsed.success) return { outcome: 'invalid-event', reason: z.prettifyError(parsed.error) };
  const targets = notificationTargets(await notify.configText());
  if ('deliver' in parsed.data) {
    const told = await notify.deliver(targets);
    for (const each of told) log(each);
    return { outcome: 'delivered', targets: told.length };
  }
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of parsed.data.Records) {
    try {
      await notify.accept(body, targets);
    } catch (error) {
      // It stays in the queue, and goes to the dead-letter queue in the end: an alarm stands there.
      logger.error('an event could not be kept', { messageId, error: error as Error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

function log(told: ToldTarget): void {
  if (told.outcome === 'failed' || told.outcome === 'unread') logger.error('a target could not be told', { ...told });
  else if (told.outcome === 'sent') logger.info('told', { ...told });
}
