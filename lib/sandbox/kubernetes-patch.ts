import { parse } from 'yaml';
import type { Answer } from '#lib/sandbox/aws-answer.ts';
import { notFound, status } from '#lib/sandbox/kubernetes-status.ts';
import type { KubernetesWrite } from '#lib/sandbox/kubernetes-writes.ts';
import { PatchInvalid } from '#lib/sandbox/patch/json-object.ts';
import { jsonPatch } from '#lib/sandbox/patch/json-patch.ts';
import { recordUpdate, type Writer } from '#lib/sandbox/patch/managed-fields.ts';
import { mergePatch } from '#lib/sandbox/patch/merge-patch.ts';
import { serverSideApply } from '#lib/sandbox/patch/server-side-apply.ts';
import { strategicMerge } from '#lib/sandbox/patch/strategic-merge.ts';
import type { KubernetesObject, KubernetesResource } from '#lib/sandbox/world.ts';

interface Patch {
  readonly resource: KubernetesResource;
  readonly before: KubernetesObject | undefined;
  readonly write: KubernetesWrite;
  readonly writer: Omit<Writer, 'operation'>;
}

const APPLY = 'application/apply-patch+yaml';
const STRATEGIC = 'application/strategic-merge-patch+json';
const MERGES: Readonly<Record<string, (target: unknown, patch: never) => unknown>> = {
  'application/merge-patch+json': mergePatch,
  'application/json-patch+json': jsonPatch,
  [STRATEGIC]: strategicMerge,
};

/** What a patch makes of an object, or the server's refusal. Source: Kubernetes documentation, "API concepts", patch media types. */
export function patched({ resource, before, write, writer }: Patch): Answer | { readonly object: KubernetesObject } {
  const [mediaType = ''] = write.contentType.split(';');
  if (mediaType === APPLY) return applied({ resource, before, write, writer });
  const merge = Object.hasOwn(MERGES, mediaType) ? MERGES[mediaType] : undefined;
  if (merge === undefined || (mediaType === STRATEGIC && isCustom(resource)))
    return status(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${[...Object.keys(MERGES), APPLY].join(', ')}`,
    );
  if (before === undefined) return notFound(resource.plural, nameIn(write));
  try {
    const object = merge(before, JSON.parse(write.body) as never) as KubernetesObject;
    return { object: recordUpdate(before, object, { ...writer, operation: 'Update' }) };
  } catch (error) {
    if (error instanceof PatchInvalid) return status(error.code, error.code === 422 ? 'Invalid' : 'BadRequest', error.message);
    throw error;
  }
}

function applied({ resource, before, write, writer }: Patch): Answer | { readonly object: KubernetesObject } {
  if (!write.parameters.has('fieldManager'))
    return status(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  const wanted = parse(write.body) as KubernetesObject;
  const live = before ?? { apiVersion: resource.apiVersion, kind: resource.kind, metadata: { name: nameIn(write) } };
  const force = write.parameters.get('force') === 'true';
  const outcome = serverSideApply(live, wanted, { writer: { ...writer, operation: 'Apply' }, force });
  if (outcome.ok) return { object: outcome.object };
  const { conflicts } = outcome;
  const causes = conflicts.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field,
  }));
  const told = conflicts.map(({ manager, field }) => `conflict with ${manager}: ${field}`);
  return status(
    409,
    'Conflict',
    `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}: ${told.join(', ')}`,
    { causes },
  );
}

const nameIn = ({ path }: KubernetesWrite) => path.split('/').at(-1) ?? '';

/** Groups of Kubernetes itself have no dot, or end in k8s.io. */
function isCustom({ apiVersion }: KubernetesResource): boolean {
  const [group = ''] = apiVersion.split('/');
  return group.includes('.') && !group.endsWith('.k8s.io');
}
