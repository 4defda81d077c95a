import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import type { Clients } from './clients.ts';
import { queueFor } from './queues.ts';

export interface Phone {
  readonly topic: string;
  /** What came since: the texts. */
  read(): Promise<readonly string[]>;
}

/** Somebody who is told by SNS. */
export async function aPhone(clients: Clients): Promise<Phone> {
  const { TopicArn: topic = '' } = await clients.sns.send(new CreateTopicCommand({ Name: 'on-call' }));
  const queue = await queueFor(clients, 'sns.amazonaws.com', 'phone');
  await clients.sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: queue.arn }));
  return { topic, read: async () => (await queue.receive()).map((body) => (JSON.parse(body) as { Message: string }).Message) };
}
