import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { Filter } from '#lib/sandbox/ec2-filters.ts';
import { pageStart, pageToken } from '#lib/sandbox/page-token.ts';

/** The parameters of an EC2 query request. */
export interface Ec2Query {
  readonly action: string;
  readonly filters: readonly Filter[];
  text(name: string): string | undefined;
  /** `InstanceId.1`, `InstanceId.2`, ... */
  list(name: string): readonly string[];
  /** `<prefix>.1`, `<prefix>.2`, ... of a list of structures: what reads the fields of each. */
  structures(prefix: string): readonly Ec2Structure[];
  /** Everything that was asked, less what every request has. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** One structure of a list. */
export type Ec2Structure = Pick<Ec2Query, 'text' | 'list' | 'structures'>;

export function parseEc2Query(body: string): Ec2Query {
  const parameters = new URLSearchParams(body);
  const text = (name: string) => parameters.get(name) ?? undefined;
  const names = [...parameters.keys()];
  const list = (prefix: string): string[] => {
    const values: string[] = [];
    for (let index = 1; ; index++) {
      const value = parameters.get(`${prefix}.${index}`);
      if (value === null) return values;
      values.push(value);
    }
  };
  const filters: Filter[] = [];
  for (let index = 1; parameters.has(`Filter.${index}.Name`); index++) {
    filters.push({ name: parameters.get(`Filter.${index}.Name`) ?? '', values: list(`Filter.${index}.Value`) });
  }
  const structures = (prefix: string): Ec2Structure[] => {
    const found: Ec2Structure[] = [];
    for (let index = 1; names.some((name) => name.startsWith(`${prefix}.${index}.`)); index++) {
      const at = `${prefix}.${index}.`;
      found.push({
        text: (name) => text(`${at}${name}`),
        list: (name) => list(`${at}${name}`),
        structures: (name) => structures(`${at}${name}`),
      });
    }
    return found;
  };
  const { Action: action = '', Version: _, ...rest } = Object.fromEntries(parameters);
  return { action, filters, text, list, structures, parameters: rest };
}

/** How many results a page of a call may have, what it has without MaxResults (all by default), and the parameter of its ids. */
export interface PageBounds {
  readonly least: number;
  readonly most: number;
  readonly usual?: number;
  readonly ids?: string;
}

/**
 * Which page is asked for: what the request itself has wrong comes before what is not found.
 * @returns what cuts that page, and the token of the next, out of all results
 * @throws AwsError InvalidParameterValue for a MaxResults out of bounds or a token of no page; InvalidParameterCombination for
 * ids together with MaxResults
 */
export function readPage(query: Ec2Query, { least, most, usual, ids }: PageBounds) {
  const max = query.text('MaxResults');
  const named = ids !== undefined && query.list(ids).length > 0;
  if (max !== undefined && named) {
    throw new AwsError('InvalidParameterCombination', `The parameter ${ids} cannot be used with the parameter MaxResults`);
  }
  const size = max === undefined ? (named ? undefined : usual) : sizeOf(max, least, most);
  return <T>(items: readonly T[]) => {
    const start = startOf(query.text('NextToken'), items.length);
    const end = start + (size ?? items.length);
    return {
      page: items.slice(start, end),
      next: end < items.length ? pageToken(end) : undefined,
    };
  };
}

function sizeOf(max: string, least: number, most: number): number {
  const size = Number(max);
  if (Number.isInteger(size) && size >= least && size <= most) return size;
  throw new AwsError(
    'InvalidParameterValue',
    `Value ( ${max} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`,
  );
}

function startOf(token: string | undefined, length: number): number {
  const start = pageStart(token);
  if (start === undefined || start > length) throw new AwsError('InvalidParameterValue', 'The token is not valid.');
  return start;
}
