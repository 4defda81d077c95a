import { AwsError } from '#lib/sandbox/aws-error.ts';

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

const MOST_VALUES = 200;

/** The values of one filterable field of an object. */
export type FieldsOf<T> = Readonly<Record<string, (item: T) => readonly (string | undefined)[]>>;

/**
 * Several values of a filter are alternatives, several filters must all hold; `*` and `?` are wildcards and a backslash
 * escapes them. Source: Amazon EC2 User Guide, "Filter your resources".
 * @throws AwsError InvalidParameterValue for a filter that the call does not know, FilterLimitExceeded for more than 200 values
 */
export function applyFilters<T extends object>(
  items: readonly T[],
  filters: readonly Filter[],
  fields: FieldsOf<T>,
): readonly T[] {
  if (filters.reduce((sum, { values }) => sum + values.length, 0) > MOST_VALUES) {
    throw new AwsError('FilterLimitExceeded', `The maximum number of filter values specified on a single call is ${MOST_VALUES}`);
  }
  return filters.reduce<readonly T[]>((kept, { name, values }) => {
    const read = fieldReader(name, fields);
    const matches = matcher(values);
    return kept.filter((item) => read(item).some((value) => value !== undefined && matches(value)));
  }, items);
}

function fieldReader<T extends object>(name: string, fields: FieldsOf<T>): (item: T) => readonly (string | undefined)[] {
  if (name === 'tag-key') return (item) => Object.keys(tagsOf(item));
  if (name.startsWith('tag:')) return (item) => [tagsOf(item)[name.slice(4)]];
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return field;
}

function tagsOf(item: object): Readonly<Record<string, string>> {
  return 'tags' in item ? (item.tags as Readonly<Record<string, string>>) : {};
}

function matcher(values: readonly string[]): (value: string) => boolean {
  const exact = new Set(values.filter((value) => !/[*?\\]/.test(value)));
  const patterns = values.filter((value) => /[*?\\]/.test(value)).map(wildcard);
  return (value) => exact.has(value) || patterns.some((pattern) => pattern.test(value));
}

function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\[*?\\]|[*?]|[.+^${}()|[\]\\]/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    return token.length === 2 ? token : `\\${token}`;
  });
  return new RegExp(`^${source}$`, 's');
}
