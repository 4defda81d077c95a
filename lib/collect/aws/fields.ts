import { ReadFailure } from '#lib/model/failure.ts';

/** The most values that EC2 takes in one filter. Source: Amazon EC2 User Guide, "Filter your resources" (200 a request). */
const FILTER_VALUES = 200;

/** @throws ReadFailure UnexpectedResponse where AWS left out what it always sends: guessing would hide a gap */
export function required<T>(value: T | undefined | null, field: string): T {
  if (value !== undefined && value !== null) return value;
  throw new ReadFailure(
    'UnexpectedResponse',
    `AWS answered without ${field}, which it always sends.`,
    'Look for a proxy or a stand-in between cniwatch and the AWS API, or check AWS_ENDPOINT_URL.',
  );
}

/** Only what is there: an absent field stays absent, as exact optional properties want it. */
export function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

export function tagMap(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Record<string, string> {
  return Object.fromEntries((tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])));
}

/** Distinct values in groups small enough for one filter. */
export function filterChunks(values: Iterable<string>): string[][] {
  const distinct = [...new Set(values)];
  const chunks: string[][] = [];
  for (let start = 0; start < distinct.length; start += FILTER_VALUES) chunks.push(distinct.slice(start, start + FILTER_VALUES));
  return chunks;
}

export function texts(values: readonly (string | undefined)[] | undefined): string[] {
  return (values ?? []).filter((value) => value !== undefined);
}
