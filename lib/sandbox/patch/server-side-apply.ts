import { type FieldPath, fieldSet, fromFieldsV1, spokenPath, without } from '#lib/sandbox/patch/field-set.ts';
import { isEqual, isObject } from '#lib/sandbox/patch/json-object.ts';
import { listKey } from '#lib/sandbox/patch/list-keys.ts';
import { isOf, type ManagedFields, managersOf, type Writer, withManager } from '#lib/sandbox/patch/managed-fields.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

/** A field that another manager owns and has another value. */
export interface ApplyConflict {
  /** `"kubectl" using apps/v1` */
  readonly manager: string;
  readonly field: string;
}

export type Applied =
  | { readonly ok: true; readonly object: KubernetesObject }
  | { readonly ok: false; readonly conflicts: readonly ApplyConflict[] };

/**
 * Server-side apply: what the writer no longer says and nobody else owns goes; what another manager owns and has otherwise is a
 * conflict, unless it is forced. Source: Kubernetes documentation, "Server-Side Apply".
 */
export function serverSideApply(
  live: KubernetesObject,
  applied: KubernetesObject,
  { writer, force }: { readonly writer: Writer; readonly force: boolean },
): Applied {
  const wanted = fieldSet(applied);
  const present = fieldSet(live);
  const managers = managersOf(live);
  const others = managers.filter((entry) => !isOf(entry, writer));
  const differing = new Set([...wanted].filter(([path, value]) => !isEqual(present.get(path), value)).map(([path]) => path));
  const conflicts = others.flatMap((entry) =>
    [...fromFieldsV1(entry.fieldsV1)]
      .filter((path) => differing.has(path))
      .map((path) => ({ manager: spokenManager(entry), field: spokenPath(path) })),
  );
  if (conflicts.length > 0 && !force) return { ok: false, conflicts };
  const ownedByOthers = new Set(others.flatMap(({ fieldsV1 }) => [...fromFieldsV1(fieldsV1)]));
  const given = managers.filter((entry) => isOf(entry, writer)).flatMap(({ fieldsV1 }) => [...fromFieldsV1(fieldsV1)]);
  const dropped = given.filter((path) => !wanted.has(path) && !ownedByOthers.has(path));
  const left = dropped.reduce<unknown>((whole, path) => without(whole, JSON.parse(path) as FieldPath), live);
  const merged = merge(left, applied) as KubernetesObject;
  const { managedFields: _, ...metadata } = merged.metadata as KubernetesObject['metadata'] & { managedFields?: unknown };
  const managedFields = withManager(managers, writer, { owned: wanted.keys(), taken: differing });
  return { ok: true, object: { ...merged, metadata: { ...metadata, managedFields } as KubernetesObject['metadata'] } };
}

function merge(live: unknown, applied: unknown, field = ''): unknown {
  if (isObject(applied)) {
    const whole: Record<string, unknown> = isObject(live) ? { ...live } : {};
    for (const [name, value] of Object.entries(applied)) whole[name] = merge(whole[name], value, name);
    return whole;
  }
  if (!Array.isArray(applied) || !Array.isArray(live)) return applied;
  const keys = listKey(field, applied)?.apply;
  if (keys === undefined) return applied;
  const same = (one: JsonObject, other: JsonObject) => keys.every((key) => isEqual(one[key], other[key]));
  return [
    ...live.map((element) => {
      const own = applied.find((each) => same(each, element));
      return own === undefined ? element : merge(element, own);
    }),
    ...applied.filter((element) => !live.some((each) => same(each, element))),
  ];
}

function spokenManager({ manager, operation, apiVersion, time }: ManagedFields): string {
  if (operation === 'Apply') return `"${manager}"`;
  return `"${manager}" using ${apiVersion}${time === undefined ? '' : ` at ${time}`}`;
}
