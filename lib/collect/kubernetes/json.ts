import { ReadFailure } from '#lib/model/failure.ts';

/** Objects of an API server are untrusted: each reader gives its type or says that the field is not of it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Annotations and messages are free text of any length; this much tells what happened. */
const MOST_TEXT = 1024;

export function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null && !Array.isArray(item)) : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Free text, bounded. */
export function message(value: unknown): string | undefined {
  const whole = text(value);
  return whole !== undefined && whole.length > MOST_TEXT ? `${whole.slice(0, MOST_TEXT - 1)}…` : whole;
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textMap(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** A whole-number quantity: `110`, `1k`. Source: Kubernetes API reference, "Quantity". */
export function quantity(value: unknown): number | undefined {
  const match = /^(\d+)(k|M)?$/.exec(typeof value === 'number' ? String(value) : (text(value) ?? ''));
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === 'k' ? 1_000 : match[2] === 'M' ? 1_000_000 : 1);
}

/** Only what is there: an absent field stays absent, as exact optional properties want it. */
export function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Partial<T> = {};
  // for-in: this runs ten times for each of 30,000 pods, and Object.entries would build as many arrays.
  for (const key in fields) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** @throws ReadFailure UnexpectedResponse: no API server leaves this out, so the answer is something else */
export function needed<T>(value: T | undefined, field: string): T {
  if (value !== undefined) return value;
  throw new ReadFailure(
    'UnexpectedResponse',
    `The API server listed an object without ${field}, which every object has.`,
    'Look for a proxy between cniwatch and the API server that rewrites its answers.',
  );
}
