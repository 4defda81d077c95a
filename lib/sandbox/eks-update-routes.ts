import { updateAddon } from '#lib/sandbox/addon-update.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { type EksAnswer, page } from '#lib/sandbox/eks.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';

interface UpdateRequest {
  readonly method: string;
  readonly kind: string | undefined;
  readonly item: string | undefined;
  readonly below: string | undefined;
  readonly url: URL;
  readonly body: string;
}

/** UpdateAddon, DescribeUpdate and ListUpdates. Source: Amazon EKS API Reference. */
export function routeUpdates(
  cluster: () => LiveCluster,
  { method, kind, item, below, url, body }: UpdateRequest,
): EksAnswer | undefined {
  if (kind === 'addons' && below === 'update' && method === 'POST')
    return { operation: 'UpdateAddon', answer: () => ({ update: updateAddon(cluster(), item ?? '', JSON.parse(body || '{}')) }) };
  if (kind !== 'updates' || method !== 'GET') return undefined;
  const updates = () => {
    const { name, live } = cluster();
    live.agenda.settle();
    return live.updates.of({
      cluster: name,
      addon: url.searchParams.get('addonName') ?? undefined,
      nodegroup: url.searchParams.get('nodegroupName') ?? undefined,
    });
  };
  if (item === undefined)
    return {
      operation: 'ListUpdates',
      answer: () =>
        page(
          url,
          'updateIds',
          updates().map(({ id }) => id),
        ),
    };
  return {
    operation: 'DescribeUpdate',
    answer() {
      const update = updates().find(({ id }) => id === item);
      if (update === undefined) throw new AwsError('ResourceNotFoundException', `No update found for ID: ${item}`, 404);
      return { update };
    },
  };
}
