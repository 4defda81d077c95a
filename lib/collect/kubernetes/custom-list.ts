import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { ABSENT, type Absent } from '#lib/model/collector.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** A kind that not every server has; of all namespaces unless one is named. */
interface CustomKind {
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** Lists such a kind at the version that the server prefers. ABSENT where it is not installed. */
export async function listCustom<T>(
  kubernetes: KubernetesReader,
  { group, resource, namespace, query = {} }: CustomKind,
  map: (item: JsonObject, version: string) => T,
): Promise<T[] | Absent> {
  const version = (await kubernetes.discovery()).version(group, resource);
  if (version === undefined) return ABSENT;
  const path = `/apis/${group}/${version}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${resource}`;
  return kubernetes
    .list({ path, apiGroup: group, resource, query }, (item) => map(item, version))
    .catch((error: unknown) => {
      // The group is served and this kind of it is not: older servers tell only so much beforehand.
      if (error instanceof ReadFailure && error.code === 'NotServed') return ABSENT;
      throw error;
    });
}
