import { isEqual, isObject, PatchInvalid } from '#lib/sandbox/patch/json-object.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** `add`, `remove`, `replace` and `test` of JSON Patch. Source: RFC 6902. @throws PatchInvalid */
export function jsonPatch(target: unknown, operations: readonly Operation[]): unknown {
  return operations.reduce((whole, operation) => {
    const path = operation.path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    return at(whole, path, operation);
  }, target);
}

function at(value: unknown, path: readonly string[], operation: Operation): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return here(value, operation);
  const isDeeper = rest.length > 0 || operation.op === 'test' || operation.op === 'replace';
  const step = { key, rest, isDeeper, operation };
  if (Array.isArray(value)) return inList(value, step);
  return isObject(value) ? inObject(value, step) : missing(operation);
}

interface Step {
  readonly key: string;
  readonly rest: readonly string[];
  /** The value below `key` changes, and not whether there is one. */
  readonly isDeeper: boolean;
  readonly operation: Operation;
}

function inList(list: readonly unknown[], { key, rest, isDeeper, operation }: Step): unknown {
  const index = key === '-' ? list.length : Number(key);
  const last = operation.op === 'add' && !isDeeper ? list.length : list.length - 1;
  if (!(Number.isInteger(index) && index >= 0 && index <= last)) return missing(operation);
  if (isDeeper) return list.with(index, at(list[index], rest, operation));
  return operation.op === 'add' ? list.toSpliced(index, 0, operation.value) : list.toSpliced(index, 1);
}

function inObject(object: JsonObject, { key, rest, isDeeper, operation }: Step): unknown {
  if (operation.op === 'add' && !isDeeper) return { ...object, [key]: operation.value };
  if (!Object.hasOwn(object, key)) return missing(operation);
  if (isDeeper) return { ...object, [key]: at(object[key], rest, operation) };
  return Object.fromEntries(Object.entries(object).filter(([field]) => field !== key));
}

function here(value: unknown, { op, path, value: wanted }: Operation): unknown {
  if (op === 'replace' || op === 'add') return wanted;
  if (op === 'test' && isEqual(value, wanted)) return value;
  if (op === 'test')
    throw new PatchInvalid(422, `the server rejected our request due to an error in our request: testing value ${path} failed`);
  throw new PatchInvalid(400, `the sandbox does not know the JSON patch operation ${op}`);
}

function missing({ op, path }: Operation): never {
  throw new PatchInvalid(
    422,
    `the server rejected our request due to an error in our request: ${op} operation does not apply: doc is missing path: ${path}`,
  );
}
