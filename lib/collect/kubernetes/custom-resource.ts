import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { ABSENT, type Absent, type PartlyRead, partlyRead } from '#lib/model/collector.ts';
import { ReadFailure } from '#lib/model/failure.ts';
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

/**
 * Lists every kind that is served; ABSENT where none is. A kind that was refused or failed is stated, and the others go on.
 * @throws ReadFailure where none of those that are served was read
 */
export async function listWhole(
  kubernetes: KubernetesReader,
  kinds: readonly WholeKind[],
): Promise<CustomResource[] | Absent | PartlyRead<CustomResource[]>> {
  const settled = await Promise.allSettled(kinds.map((kind) => listFirstServed(kubernetes, kind)));
  const served: CustomResource[][] = [];
  const failed: { readonly kind: string; readonly failure: ReadFailure }[] = [];
  for (const [at, result] of settled.entries()) {
    if (result.status === 'fulfilled') {
      if (result.value !== ABSENT) served.push(result.value);
    } else if (result.reason instanceof ReadFailure) failed.push({ kind: nameOf(kinds, at), failure: result.reason });
    else throw result.reason;
  }
  const [first] = failed;
  if (first === undefined) return served.length === 0 ? ABSENT : served.flat();
  if (served.length === 0) throw first.failure;
  return partlyRead(
    served.flat(),
    failed.map(({ kind, failure: { code, message: reason, remedy } }) => ({ kind, code, reason, remedy })),
  );
}

/** With its group where its name alone would not tell: Kubernetes has NetworkPolicies too. */
function nameOf(kinds: readonly WholeKind[], at: number): string {
  const { kind = '', groups = [] } = kinds[at] ?? {};
  const told = kind !== 'NetworkPolicy' && kinds.filter((other) => other.kind === kind).length === 1;
  return told ? kind : `${kind}.${groups[0]}`;
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
