import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { ABSENT, type Absent } from '#lib/model/collector.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import type { KubernetesPermission } from '#lib/model/permissions.ts';

/**
 * A kind that is kept whole, with the groups that may serve it, the likelier first: Calico's aggregated API server shows the same
 * objects under a second group, and one list of them is enough.
 */
export interface WholeKind {
  readonly groups: readonly string[];
  readonly resource: string;
  readonly kind: string;
}

export const CALICO_GROUPS = ['crd.projectcalico.org', 'projectcalico.org'] as const;

/** Lists every kind that is served. ABSENT where none is. */
export async function listWhole(kubernetes: KubernetesReader, kinds: readonly WholeKind[]): Promise<CustomResource[] | Absent> {
  const lists = await Promise.all(kinds.map((kind) => listFirstServed(kubernetes, kind)));
  const served = lists.filter((list) => list !== ABSENT);
  return served.length === 0 ? ABSENT : served.flat();
}

/** Listing each kind in every group that may serve it. */
export function listRules(kinds: readonly WholeKind[]): KubernetesPermission[] {
  const groups = [...new Set(kinds.flatMap((kind) => kind.groups))];
  return groups.map((apiGroup) => ({
    apiGroup,
    resources: kinds.filter(({ groups: served }) => served.includes(apiGroup)).map(({ resource }) => resource),
    verbs: ['list'] as const,
  }));
}

async function listFirstServed(kubernetes: KubernetesReader, { groups, resource, kind }: WholeKind) {
  for (const group of groups) {
    const list = await listCustom(kubernetes, { group, resource }, (item, version) =>
      toCustomResource(item, `${group}/${version}`, kind),
    );
    if (list !== ABSENT) return list;
  }
  return ABSENT;
}

/** Lists of built-in API servers leave `apiVersion` and `kind` out of their elements. */
export function toCustomResource(item: JsonObject, apiVersion: string, kind: string): CustomResource {
  const { namespace, name, labels } = metadata(item);
  return {
    apiVersion: text(item['apiVersion']) ?? apiVersion,
    kind: text(item['kind']) ?? kind,
    name,
    labels,
    spec: item['spec'],
    status: item['status'],
    ...present({ namespace: namespace || undefined, specs: Array.isArray(item['specs']) ? item['specs'] : undefined }),
  };
}
