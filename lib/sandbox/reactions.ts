import type { JsonObject, KubernetesObject, Reaction } from '#lib/sandbox/world.ts';

/** The first that fits a created object. */
export function reactionTo(
  { kind, metadata, ...object }: KubernetesObject,
  reactions: readonly Reaction[] = [],
): Reaction | undefined {
  const spec = (object['spec'] ?? {}) as JsonObject;
  return reactions.find(
    (reaction) =>
      reaction.kind === kind &&
      Object.entries(reaction.labels ?? {}).every(([key, value]) => metadata.labels?.[key] === value) &&
      (reaction.node === undefined || reaction.node === nodeOf(spec)),
  );
}

/** What has become of an object, so many milliseconds after its creation. */
export function reacted(object: KubernetesObject, reaction: Reaction | undefined, age: number): KubernetesObject {
  const due = reaction?.steps.filter(({ afterMs }) => afterMs <= age) ?? [];
  const createdAt = Date.parse(object.metadata.creationTimestamp ?? '');
  const merge = (whole: JsonObject, step: JsonObject) => merged(whole, timed(step, createdAt) as JsonObject);
  return due.reduce<JsonObject>((whole, step) => merge(whole, step.merge), object) as KubernetesObject;
}

/** Warnings about an object. */
export function eventsOf({ kind, metadata }: KubernetesObject, reaction: Reaction | undefined): KubernetesObject[] {
  const { name, namespace = 'default', creationTimestamp: at } = metadata;
  return (reaction?.events ?? []).map(({ reason, message }, index) => ({
    metadata: { name: `${name}.${index}`, namespace, ...(at ? { creationTimestamp: at } : {}) },
    involvedObject: { kind, name, namespace },
    type: 'Warning',
    reason,
    message,
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
  }));
}

/** The node that an object is for, as far as it names one. */
function nodeOf(spec: JsonObject): unknown {
  const terms = at(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms', 0);
  const fields = at(terms, 'matchFields');
  const only = Array.isArray(fields) ? fields.find((field) => at(field, 'operator') === 'In') : undefined;
  return spec['nodeName'] ?? spec['node'] ?? at(only, 'values', 0);
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

/** With times in the place of `{ secondsAfter }`. */
function timed(value: unknown, createdAt: number): unknown {
  if (Array.isArray(value)) return value.map((one) => timed(one, createdAt));
  if (!isObject(value)) return value;
  const { secondsAfter } = value;
  if (typeof secondsAfter === 'number') return new Date(createdAt + 1_000 * secondsAfter).toISOString();
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, timed(inner, createdAt)]));
}

/** JSON merge, without deletion. */
function merged(into: JsonObject, from: JsonObject): JsonObject {
  const entries = Object.entries(from).map(([key, value]) => {
    const before = into[key];
    return [key, isObject(before) && isObject(value) ? merged(before, value) : value];
  });
  return { ...into, ...Object.fromEntries(entries) };
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
