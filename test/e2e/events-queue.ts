import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { EVENT_SOURCE } from '#lib/model/event.ts';
import type { Clients } from './clients.ts';

export interface DeliveredEvent {
  readonly 'detail-type': string;
  readonly detail: unknown;
}

/** A queue that gets every event of the bus, as a consumer of the hub makes it. */
export async function subscribe({ events, sqs }: Clients, busArn: string): Promise<() => Promise<readonly DeliveredEvent[]>> {
  const bus = busArn.split('/').at(-1) ?? '';
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'what-cniwatch-tells' }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const arn = Attributes?.['QueueArn'] ?? '';
  const statement = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: arn };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const pattern = { source: [EVENT_SOURCE] };
  await events.send(new PutRuleCommand({ Name: 'all', EventBusName: bus, EventPattern: JSON.stringify(pattern) }));
  await events.send(new PutTargetsCommand({ Rule: 'all', EventBusName: bus, Targets: [{ Id: 'queue', Arn: arn }] }));
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map(({ Body = '{}' }) => JSON.parse(Body) as DeliveredEvent);
  };
}
