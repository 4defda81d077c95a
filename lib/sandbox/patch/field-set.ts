import { isObject } from '#lib/sandbox/patch/json-object.ts';
import { listKey } from '#lib/sandbox/patch/list-keys.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

/** The way to one value: `f:spec`, `f:containers`, `k:{"name":"aws-node"}`, ... as `fieldsV1` has it. */
export type FieldPath = readonly string[];

/** Values by their way, each written as JSON so that it can be a key. Lists without a key and empty things are values themselves. */
export type FieldSet = ReadonlyMap<string, unknown>;

const NOT_OWNED: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
/** The name, and the server's own part of metadata. */
const SERVERS: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'managedFields',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
]);

/** Every value of an object, less what no manager owns. */
export function fieldSet(object: JsonObject): FieldSet {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, path: FieldPath, field: string): void => {
    const inner = isObject(value) ? fieldsIn(value, path) : Array.isArray(value) ? elementsIn(value, field) : undefined;
    if (inner === undefined) found.set(JSON.stringify(path), value);
    for (const [step, each] of inner ?? []) visit(each, [...path, step], step.startsWith('f:') ? step.slice(2) : '');
  };
  visit(object, [], '');
  return found;
}

type Steps = readonly (readonly [string, unknown])[] | undefined;

function fieldsIn(object: JsonObject, path: FieldPath): Steps {
  const entries = Object.entries(object);
  if (entries.length === 0) return undefined;
  const isTop = path.length === 0;
  const isMetadata = path.length === 1 && path[0] === 'f:metadata';
  const isOwned = (name: string) => !(isTop && NOT_OWNED.has(name)) && !(isMetadata && SERVERS.has(name));
  return entries.filter(([name]) => isOwned(name)).map(([name, value]) => [`f:${name}`, value]);
}

function elementsIn(list: readonly unknown[], field: string): Steps {
  const key = listKey(field, list);
  if (key === undefined || list.length === 0) return undefined;
  return list.map((element) => [`k:${keyOf(element as JsonObject, key.apply)}`, element]);
}

function keyOf(element: JsonObject, keys: readonly string[]): string {
  const usual: Readonly<Record<string, unknown>> = { protocol: 'TCP' };
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, element[key] ?? usual[key]])));
}

/** As `managedFields` writes it. */
export function toFieldsV1(paths: Iterable<string>): JsonObject {
  const whole: Record<string, unknown> = {};
  for (const path of paths) {
    let at = whole;
    for (const step of JSON.parse(path) as FieldPath) {
      at[step] ??= step.startsWith('k:') ? { '.': {} } : {};
      at = at[step] as Record<string, unknown>;
    }
  }
  return whole;
}

export function fromFieldsV1(fields: JsonObject): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: JsonObject, path: FieldPath): void => {
    const steps = Object.entries(value).filter(([step]) => step !== '.');
    if (steps.length === 0) found.add(JSON.stringify(path));
    for (const [step, inner] of steps) visit(inner as JsonObject, [...path, step]);
  };
  visit(fields, []);
  found.delete('[]');
  return found;
}

/** `.spec.template.spec.containers[name="aws-node"].image`, as the API server writes it. */
export function spokenPath(path: string): string {
  return (JSON.parse(path) as FieldPath)
    .map((step) => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`;
      const keys = Object.entries(JSON.parse(step.slice(2)) as JsonObject);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

/** Without the value at the end of a way; an element of a list goes when nothing but its key is left. */
export function without(value: unknown, [step, ...rest]: FieldPath): unknown {
  if (step === undefined) return undefined;
  if (step.startsWith('f:')) {
    if (!isObject(value)) return value;
    const inner = without(value[step.slice(2)], rest);
    const others = Object.fromEntries(Object.entries(value).filter(([name]) => name !== step.slice(2)));
    return inner === undefined ? others : { ...value, [step.slice(2)]: inner };
  }
  if (!Array.isArray(value)) return value;
  const key = JSON.parse(step.slice(2)) as JsonObject;
  const is = (element: JsonObject) => keyOf(element, Object.keys(key)) === JSON.stringify(key);
  return value.flatMap((element: JsonObject) => {
    if (!is(element)) return [element];
    const left = without(element, rest) as JsonObject;
    return Object.keys(left).some((field) => !Object.hasOwn(key, field)) ? [left] : [];
  });
}
