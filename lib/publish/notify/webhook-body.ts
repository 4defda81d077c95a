import type { Notice, WebhookBody } from '#lib/model/notification.ts';
import type { Message } from '#lib/publish/notify/message.ts';
import { title } from '#lib/publish/notify/words.ts';

const MOST_TITLE = 200;

/** A message for machines: every notice as it is, the worst first. */
export function webhookBody(message: Message): WebhookBody {
  const ofFindings = message.topics.flatMap(({ root, symptoms }) => [root, ...symptoms]).flatMap(({ notices }) => notices);
  const notices: Notice[] = [...message.service, ...ofFindings];
  return {
    schemaVersion: 1,
    messageId: message.id,
    sentAt: message.at.toISOString(),
    target: message.target,
    title: title(message, MOST_TITLE),
    ...(message.link && { link: message.link }),
    notices,
  };
}
