import { isObject } from '#lib/sandbox/patch/json-object.ts';
import { listKey } from '#lib/sandbox/patch/list-keys.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

/**
 * Strategic merge: as a JSON merge, but lists that have a key are merged by it. Knows `$patch: delete` and `$patch: replace`; an order
 * that a patch sets with `$setElementOrder` is not followed.
 * Source: Kubernetes, k8s.io/apimachinery pkg/util/strategicpatch/patch.go.
 */
export function strategicMerge(target: unknown, patch: unknown, field = ''): unknown {
  if (Array.isArray(patch)) return mergeList(Array.isArray(target) ? target : [], patch, field);
  if (!isObject(patch)) return patch;
  const { $patch: directive, $retainKeys: _, ...fields } = patch;
  if (directive === 'replace') return fields;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('$setElementOrder/')) continue;
    if (value === null) delete merged[name];
    else merged[name] = strategicMerge(merged[name], value, name);
  }
  return merged;
}

function mergeList(target: readonly unknown[], patch: readonly unknown[], field: string): readonly unknown[] {
  if (field === 'finalizers') return [...new Set([...target, ...patch])];
  const key = listKey(field, [...target, ...patch])?.strategic;
  const elements = patch.filter(isObject);
  if (key === undefined || elements.some((element) => element['$patch'] === 'replace')) {
    return patch.filter((element) => !isObject(element) || element['$patch'] !== 'replace');
  }
  const keyOf = (element: unknown) => (element as JsonObject)[key];
  const deleted = new Set(elements.filter((element) => element['$patch'] === 'delete').map(keyOf));
  const kept = target.filter((element) => !deleted.has(keyOf(element)));
  const wanted = elements.filter((element) => element['$patch'] !== 'delete');
  const merged = wanted.map((element) => strategicMerge(kept.find((each) => keyOf(each) === keyOf(element)) ?? {}, element));
  return inOrder(kept, merged, keyOf);
}

/** What the server alone has stays where it was; what is new comes as soon as its turn in the patch does. */
function inOrder(server: readonly unknown[], patched: readonly unknown[], keyOf: (element: unknown) => unknown): unknown[] {
  const place = new Map(server.map((element, at) => [keyOf(element), at]));
  const left = server.filter((element) => !patched.some((each) => keyOf(each) === keyOf(element)));
  const right = [...patched];
  const merged: unknown[] = [];
  while (left.length > 0 || right.length > 0) {
    const [first] = right;
    const before = place.get(keyOf(left[0] ?? {}));
    const after = first === undefined ? Number.POSITIVE_INFINITY : place.get(keyOf(first));
    const takesLeft = left.length > 0 && before !== undefined && after !== undefined && before < after;
    merged.push(takesLeft ? left.shift() : right.shift());
  }
  return merged;
}
