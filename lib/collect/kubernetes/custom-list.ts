import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { ABSENT, type Absent } from '#lib/model/collector.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** Lists a CNI's own kind at the version that the server prefers. ABSENT where its CRD is not installed. */
export async function listCustom<T>(
  kubernetes: KubernetesReader,
  { group, resource }: { group: string; resource: string },
  map: (item: JsonObject, version: string) => T,
): Promise<T[] | Absent> {
  const version = (await kubernetes.discovery()).version(group, resource);
  if (version === undefined) return ABSENT;
  const path = `/apis/${group}/${version}/${resource}`;
  return kubernetes
    .list({ path, apiGroup: group, resource }, (item) => map(item, version))
    .catch((error: unknown) => {
      // The group is served and this kind of it is not: older servers tell only so much beforehand.
      if (error instanceof ReadFailure && error.code === 'NotServed') return ABSENT;
      throw error;
    });
}
