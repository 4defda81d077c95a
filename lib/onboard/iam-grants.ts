import type { InitializeMiddleware } from '@smithy/types';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import type { AwsPermission } from '#lib/model/permissions.ts';
import type { Grant } from '#lib/onboard/grant.ts';

/** Any client of the SDK. */
interface WatchedClient {
  readonly middlewareStack: {
    add(middleware: InitializeMiddleware<object, object>, options: { step: 'initialize'; name: string; override: true }): void;
  };
}

/** What became of the IAM actions that were used. */
export interface IamRecord {
  grants(permissions: readonly AwsPermission[]): readonly Grant[];
}

/** The IAM prefix of each service that collectors call. Source: AWS service authorization reference. */
const SERVICES = { eks: 'eks', ec2: 'ec2', autoScaling: 'autoscaling', serviceQuotas: 'servicequotas' } as const;

/** Watches the calls of these clients from now on: the real reads tell what a simulation could only guess. */
export function watchActions(clients: { readonly [Client in keyof typeof SERVICES]: WatchedClient }): IamRecord {
  const denied = new Map<string, string>();
  const granted = new Set<string>();
  const watch = (service: string, client: WatchedClient): void =>
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const action = `${service}:${String(commandName).replace(/Command$/, '')}`;
          try {
            const answer = await next(args);
            granted.add(action);
            return answer;
          } catch (error) {
            const failure = awsFailure(error, { action });
            if (failure.code === 'AccessDenied') denied.set(action, failure.message);
            // What AWS answers with an error of its own, as "not found", it has authorized.
            else if (isAnswered(error)) granted.add(action);
            throw error;
          }
        },
      { step: 'initialize', name: 'watchActions', override: true },
    );
  watch(SERVICES.eks, clients.eks);
  watch(SERVICES.ec2, clients.ec2);
  watch(SERVICES.autoScaling, clients.autoScaling);
  watch(SERVICES.serviceQuotas, clients.serviceQuotas);
  return {
    grants: (permissions) =>
      permissions.map(({ action: name }): Grant => {
        const reason = denied.get(name);
        if (reason !== undefined) return { name, kind: 'iam', state: 'missing', reason };
        return { name, kind: 'iam', state: granted.has(name) ? 'granted' : 'untried' };
      }),
  };
}

const isAnswered = (error: unknown): boolean =>
  error instanceof Error && /^(ResourceNotFoundException|NoSuchResourceException)$/.test(error.name);
