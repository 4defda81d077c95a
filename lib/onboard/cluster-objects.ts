import { applyObject, deleteObject, type WriteOptions } from '#lib/collect/kubernetes/apply.ts';
import { object, textMap } from '#lib/collect/kubernetes/json.ts';
import { type Cluster, kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { startTally } from '#lib/collect/progress.ts';
import { MANAGED_BY, type ManifestObject } from '#lib/onboard/manifest.ts';
import { placeOf } from '#lib/onboard/place.ts';

/** How an object of the manifest stands in the cluster. */
export type Standing = 'absent' | 'ours' | 'of somebody else';

export interface ObjectStanding {
  readonly object: ManifestObject;
  readonly standing: Standing;
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
      return { object: of, standing: labels[MANAGED_LABEL] === MANAGED_VALUE ? 'ours' : 'of somebody else' };
    }),
  );
}

/**
 * Applies what is absent or ours as it is; of what somebody else made, only what the manifest says of it, and not the label that would
 * make offboarding delete it.
 * @throws ReadFailure
 */
export async function applyStanding(
  cluster: Cluster,
  { object: of, standing }: ObjectStanding,
  options: WriteOptions & { readonly force: boolean },
): Promise<void> {
  await applyObject(cluster, placeOf(of), standing === 'of somebody else' ? withoutLabel(of) : of, options);
}

/** Deletes an object that is ours. @throws ReadFailure */
export async function deleteStanding(cluster: Cluster, { object: of }: ObjectStanding, options: WriteOptions): Promise<void> {
  await deleteObject(cluster, placeOf(of), options);
}

function withoutLabel(of: ManifestObject): ManifestObject {
  const { [MANAGED_LABEL]: _, ...labels } = of.metadata.labels ?? {};
  return { ...of, metadata: { ...of.metadata, labels } };
}
