import { fieldSet, fromFieldsV1, toFieldsV1 } from '#lib/sandbox/patch/field-set.ts';
import { isEqual } from '#lib/sandbox/patch/json-object.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: JsonObject;
}

export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time: string;
}

export function managersOf({ metadata }: KubernetesObject): readonly ManagedFields[] {
  return (metadata as { readonly managedFields?: readonly ManagedFields[] }).managedFields ?? [];
}

export function isOf({ manager, operation }: Pick<ManagedFields, 'manager' | 'operation'>, writer: Writer): boolean {
  return manager === writer.manager && operation === writer.operation;
}

/** With other paths for one manager, and without the `taken` ones for all others. */
export function withManager(
  managers: readonly ManagedFields[],
  writer: Writer,
  { owned, taken }: { owned: Iterable<string>; taken: ReadonlySet<string> },
): readonly ManagedFields[] {
  const others = managers
    .filter((entry) => !isOf(entry, writer))
    .map((entry) => ({ entry, left: [...fromFieldsV1(entry.fieldsV1)].filter((path) => !taken.has(path)) }))
    .filter(({ left }) => left.length > 0)
    .map(({ entry, left }) => ({ ...entry, fieldsV1: toFieldsV1(left) }));
  const own = [...owned];
  if (own.length === 0) return others;
  return [...others, { ...writer, fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(own) }];
}

/** Whoever changes a field by a patch or a replacement owns it from then on, alone. */
export function recordUpdate(before: KubernetesObject, after: KubernetesObject, writer: Writer): KubernetesObject {
  const was = fieldSet(before);
  const is = fieldSet(after);
  const changed = new Set(
    [...is].filter(([path, value]) => !was.has(path) || !isEqual(was.get(path), value)).map(([path]) => path),
  );
  const gone = [...was.keys()].filter((path) => !is.has(path));
  const managers = managersOf(before);
  const kept = managers.filter((entry) => isOf(entry, writer)).flatMap(({ fieldsV1 }) => [...fromFieldsV1(fieldsV1)]);
  const owned = new Set([...kept.filter((path) => is.has(path)), ...changed]);
  const taken = new Set([...changed, ...gone]);
  if (taken.size === 0) return after;
  const metadata = { ...after.metadata, managedFields: withManager(managers, writer, { owned, taken }) };
  return { ...after, metadata };
}
