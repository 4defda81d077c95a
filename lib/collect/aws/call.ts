import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { DeserializeMiddleware, HandlerExecutionContext, InitializeMiddleware } from '@smithy/types';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import type { RateCap } from '#lib/collect/aws/rate-cap.ts';
import { readAnswer } from '#lib/collect/aws/read-answer.ts';
import type { Tally } from '#lib/collect/progress.ts';

/** `EC2Client.send`, bounded: throws a ReadFailure and nothing else. */
export type Ec2Call = Sender<EC2Client>;
export type EksCall = Sender<EKSClient>;
export type AutoScalingCall = Sender<AutoScalingClient>;
export type ServiceQuotasCall = Sender<ServiceQuotasClient>;

/** The promise form of a client's `send`, which keeps each command's own output type. */
type Sender<Client> = Client extends { send: infer Send } ? Send : never;

interface AnyClient {
  send(command: AnyCommand, options: { abortSignal: AbortSignal }): Promise<unknown>;
}

interface AnyCommand {
  readonly middlewareStack: {
    add(middleware: InitializeMiddleware<object, object>, options: { step: 'initialize'; name: string; override: true }): void;
    add(
      middleware: DeserializeMiddleware<object, object>,
      options: { step: 'deserialize'; name: string; priority: 'low'; override: true },
    ): void;
  };
}

/**
 * Bounds a client for one collector: each attempt, the SDK's own retries included, waits for its token, is counted under its IAM
 * action, and has its answer looked at before the SDK parses it.
 */
export function boundedCall<Client extends EC2Client | EKSClient | AutoScalingClient | ServiceQuotasClient>(
  client: Client,
  service: 'ec2' | 'eks' | 'autoscaling' | 'servicequotas',
  { region, signal, tally, rate }: { region: string; signal: AbortSignal; tally: Tally; rate: RateCap },
): Sender<Client> {
  const call = async (command: AnyCommand): Promise<unknown> => {
    let action = service as string;
    command.middlewareStack.add(
      (next, context) => (args) => {
        action = `${service}:${operationOf(context)}`;
        return next(args);
      },
      { step: 'initialize', name: 'namedCall', override: true },
    );
    command.middlewareStack.add(
      (next) => async (args) => {
        await rate.take(action, signal);
        tally.call(action);
        const result = await next(args);
        await readAnswer(result.response, action);
        return result;
      },
      // Closest to the wire: inside the SDK's retry, outside its parser.
      { step: 'deserialize', name: 'boundedCall', priority: 'low', override: true },
    );
    try {
      return await (client as unknown as AnyClient).send(command, { abortSignal: signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw awsFailure(error, { action, region });
    }
  };
  return call as Sender<Client>;
}

/** Not the class's name, which a bundler may shorten. */
function operationOf({ commandName }: HandlerExecutionContext): string {
  return String(commandName).replace(/Command$/, '');
}
