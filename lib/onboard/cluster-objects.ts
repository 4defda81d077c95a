import { isDeepStrictEqual } from 'node:util';
import { applyObject, deleteObject, type WriteOptions } from '#lib/collect/kubernetes/apply.ts';
import { type JsonObject, object, textMap } from '#lib/collect/kubernetes/json.ts';
import { type Cluster, kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { startTally } from '#lib/collect/progress.ts';
import { MANAGED_BY, type ManifestObject } from '#lib/onboard/manifest.ts';
import { placeOf } from '#lib/onboard/place.ts';

/** How an object of the manifest stands in the cluster. */
export type Standing = 'absent' | 'ours' | 'of somebody else';

export interface ObjectStanding {
  readonly object: ManifestObject;
  readonly standing: Standing;
  /** As the server has it; absent where there is none. */
  readonly there?: JsonObject;
}

/** Bytes: the policy of the node probes has some 20 kB. */
const LIMIT = 512 * 1024;
const [[MANAGED_LABEL, MANAGED_VALUE] = ['', '']] = Object.entries(MANAGED_BY);

/** Looks up every object of a manifest. @throws ReadFailure */
export function standings(cluster: Cluster, manifest: readonly ManifestObject[]): Promise<readonly ObjectStanding[]> {
  const reader = kubernetesReader(
    cluster,
    startTally(() => undefined),
  );
  return Promise.all(
    manifest.map(async (of): Promise<ObjectStanding> => {
      const there = await reader.get({ ...placeOf(of), limit: LIMIT });
      if (there === undefined) return { object: of, standing: 'absent' };
      const labels = textMap(object(there['metadata'])['labels']);
      return { object: of, standing: labels[MANAGED_LABEL] === MANAGED_VALUE ? 'ours' : 'of somebody else', there };
    }),
  );
}

/**
 * Whether applying an object would make it, change it or change nothing, by a dry run: only the server knows its own defaults. What
 * somebody else set otherwise counts as a change here, and is refused when it is made, unless `force`.
 * @throws ReadFailure
 */
export async function changeOf(cluster: Cluster, each: ObjectStanding): Promise<'create' | 'change' | 'keep'> {
  const { there } = each;
  if (there === undefined) return 'create';
  const then = await applied(cluster, each, { dryRun: true, force: true });
  return isDeepStrictEqual(content(there), content(then)) ? 'keep' : 'change';
}

/**
 * Applies what is absent or ours as it is; of what somebody else made, only what the manifest says of it, and not the label that would
 * make offboarding delete it.
 * @throws ReadFailure
 */
export async function applyStanding(
  cluster: Cluster,
  each: ObjectStanding,
  options: WriteOptions & { readonly force: boolean },
): Promise<void> {
  await applied(cluster, each, options);
}

/** Deletes an object that is ours. @throws ReadFailure */
export async function deleteStanding(cluster: Cluster, { object: of }: ObjectStanding, options: WriteOptions): Promise<void> {
  await deleteObject(cluster, placeOf(of), options);
}

function applied(
  cluster: Cluster,
  { object: of, standing }: ObjectStanding,
  options: WriteOptions & { readonly force: boolean },
): Promise<JsonObject> {
  return applyObject(cluster, placeOf(of), standing === 'of somebody else' ? withoutLabel(of) : of, options);
}

/** Without the server's own book-keeping, which says who wrote and not what. */
function content({ metadata, ...rest }: JsonObject): JsonObject {
  const { managedFields: _, resourceVersion: __, generation: ___, ...kept } = object(metadata);
  return { ...rest, metadata: kept };
}

function withoutLabel(of: ManifestObject): ManifestObject {
  const { [MANAGED_LABEL]: _, ...labels } = of.metadata.labels ?? {};
  return { ...of, metadata: { ...of.metadata, labels } };
}
