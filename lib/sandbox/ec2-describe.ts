import { AwsError } from '#lib/sandbox/aws-error.ts';
import { applyFilters, type FieldsOf } from '#lib/sandbox/ec2-filters.ts';
import { type Ec2Query, type PageBounds, readPage } from '#lib/sandbox/ec2-query.ts';
import type { World } from '#lib/sandbox/world.ts';
import { type XmlValue, xml } from '#lib/sandbox/xml.ts';

/** A Describe call: whose objects, which filters and ids, how paged, how written. */
export interface Describe<T extends object> {
  readonly items: (world: World, query: Ec2Query) => readonly T[];
  readonly fields: FieldsOf<T>;
  /** Parameter of ids, the object's own id, and the error for one that is not there. */
  readonly ids?: { readonly parameter: string; readonly of: (item: T) => string; readonly notFound: string };
  readonly bounds: PageBounds;
  readonly set: string;
  readonly element: (item: T, world: World) => XmlValue;
}

export type Operation = (world: World, query: Ec2Query) => string;

export function describes<T extends object>(action: string, describe: Describe<T>): readonly [string, Operation] {
  return [action, (world, query) => answer(action, describe, world, query)];
}

function answer<T extends object>(action: string, describe: Describe<T>, world: World, query: Ec2Query): string {
  const cut = readPage(query, { ...describe.bounds, ...(describe.ids === undefined ? {} : { ids: describe.ids.parameter }) });
  const chosen = byIds(describe, describe.items(world, query), query);
  const { page, next } = cut(applyFilters(chosen, query.filters, describe.fields));
  return xml(`${action}Response`, {
    requestId: 'sandbox',
    [describe.set]: page.map((item) => describe.element(item, world)),
    nextToken: next,
  });
}

function byIds<T extends object>({ ids }: Describe<T>, items: readonly T[], query: Ec2Query): readonly T[] {
  const wanted = ids === undefined ? [] : query.list(ids.parameter);
  if (ids === undefined || wanted.length === 0) return items;
  const found = new Map(items.map((item) => [ids.of(item), item]));
  // An id that is asked for twice is answered once.
  return [...new Set(wanted)].map((id) => {
    const item = found.get(id);
    if (item === undefined) throw new AwsError(ids.notFound, `The ID '${id}' does not exist`);
    return item;
  });
}
