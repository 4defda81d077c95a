import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import type { ChatTarget, SnsTarget } from '#lib/model/notification-target.ts';
import { chatMessage } from '#lib/publish/notify/chat-message.ts';
import { clip } from '#lib/publish/notify/clip.ts';
import type { Message } from '#lib/publish/notify/message.ts';
import type { Sent } from '#lib/publish/notify/outcome.ts';
import { snsText } from '#lib/publish/notify/sns-text.ts';

/** Publishes a message to a topic, in the Region of the topic. */
export async function sendSns(
  target: SnsTarget | ChatTarget,
  message: Message,
  clientOf: (region: string) => SNSClient,
): Promise<Sent> {
  const { topic } = target;
  const input = {
    TopicArn: topic,
    ...(target.kind === 'chat' ? chatInput(message) : textInput(message)),
    ...fifo(topic, message),
  };
  try {
    await clientOf(topic.split(':')[3] ?? '').send(new PublishCommand(input));
    return { outcome: 'sent' };
  } catch (error) {
    const { name, message: said } = error as Error;
    return { outcome: 'failed', reason: `SNS refused ${topic} (${name}: ${clip(said, 200)})`, remedy: remedyOf(name) };
  }
}

type Input = Pick<PublishCommandInput, 'Subject' | 'Message' | 'MessageStructure'>;

/** Mail and queues get all of it, phones one text message. Source: SNS API reference, Publish, "MessageStructure". */
function textInput(message: Message): Input {
  const { subject, text, sms } = snsText(message);
  return { Subject: subject, MessageStructure: 'json', Message: JSON.stringify({ default: text, sms }) };
}

const chatInput = (message: Message): Input => ({ Message: JSON.stringify(chatMessage(message)) });

/** A FIFO topic drops a message of the same id for five minutes. Source: SNS developer guide, "Message deduplication for FIFO topics". */
function fifo(topic: string, { id, target }: Message): Partial<PublishCommandInput> {
  return topic.endsWith('.fifo') ? { MessageGroupId: target, MessageDeduplicationId: id } : {};
}

function remedyOf(name: string): string {
  if (name.startsWith('KMS'))
    return 'The key of the topic must allow the role of the notify function kms:GenerateDataKey and kms:Decrypt.';
  return REMEDIES[name.replace(/Exception$/, '')] ?? 'It is sent again in the next minutes, for a day.';
}

const REMEDIES: Readonly<Record<string, string>> = {
  NotFound: 'The topic is gone: make it again, or name another one in cniwatch.yaml and deploy with it.',
  AuthorizationError:
    'Deploy with this cniwatch.yaml (-c config=cniwatch.yaml), which lets the role of the notify function publish; a topic of another account must allow it in its own policy.',
  AccessDenied:
    'Deploy with this cniwatch.yaml (-c config=cniwatch.yaml), which lets the role of the notify function publish; a topic of another account must allow it in its own policy.',
  InvalidParameter: 'This is a defect of cniwatch: report it with the reason.',
};
