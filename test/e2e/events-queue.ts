import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '#lib/model/event.ts';
import type { Clients } from './clients.ts';
import { queueFor } from './queues.ts';

export interface DeliveredEvent {
  readonly 'detail-type': string;
  readonly detail: unknown;
}

/** Every event of the bus, as a consumer of the hub hears it. */
export async function listenTo(clients: Clients, busArn: string): Promise<() => Promise<readonly DeliveredEvent[]>> {
  const EventBusName = busArn.split('/').at(-1) ?? '';
  const queue = await queueFor(clients, 'events.amazonaws.com', 'what-cniwatch-tells');
  const EventPattern = JSON.stringify({ source: [EVENT_SOURCE] });
  await clients.events.send(new PutRuleCommand({ Name: 'all', EventBusName, EventPattern }));
  await clients.events.send(new PutTargetsCommand({ Rule: 'all', EventBusName, Targets: [{ Id: 'queue', Arn: queue.arn }] }));
  return async () => (await queue.receive()).map((body) => JSON.parse(body) as DeliveredEvent);
}
