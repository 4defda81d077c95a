import { Stack } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';

/** The bus on which findings open, escalate and close; it bears the stack's name, for rules that are made elsewhere. */
export function eventBus(scope: Construct): IEventBus {
  const bus = new EventBus(scope, 'Events', {
    eventBusName: Stack.of(scope).stackName,
    description: 'cniwatch: findings that open, escalate and close',
  });
  // Its `eventSourceName` may be set to undefined, which exactOptionalPropertyTypes tells apart from one that may be absent.
  return bus as IEventBus;
}
