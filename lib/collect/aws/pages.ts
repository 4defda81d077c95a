import { ReadFailure } from '#lib/model/failure.ts';

/** What AWS lists have in common: EC2 spells the token in one way, EKS in the other. */
export type AwsPage = { readonly NextToken?: string | undefined } | { readonly nextToken?: string | undefined };

/** A service that hands out ever new tokens is stopped here: at 100 items a page this is a million items. */
const MOST_PAGES = 10_000;

/**
 * Reads every page of an AWS list.
 * @param fetch asks for one page; undefined is the first
 * @param items picks a page's items; a page may be empty and still have a next one
 * @throws ReadFailure PageTokenLoop where a token comes back a second time: the list would never end
 */
export async function everyPage<P extends AwsPage, T>(
  operation: string,
  fetch: (token: string | undefined) => Promise<P>,
  items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
  const all: T[] = [];
  const tokens = new Set<string>();
  for (let token: string | undefined; ; ) {
    const page = await fetch(token);
    for (const item of items(page) ?? []) all.push(item);
    token = nextToken(page);
    if (token === undefined) return all;
    if (tokens.has(token) || tokens.size >= MOST_PAGES) throw tokenLoop(operation, tokens.size + 1);
    tokens.add(token);
  }
}

function nextToken(page: AwsPage): string | undefined {
  const token = 'nextToken' in page ? page.nextToken : 'NextToken' in page ? page.NextToken : undefined;
  return token || undefined;
}

export function tokenLoop(operation: string, pages: number): ReadFailure {
  return new ReadFailure(
    'PageTokenLoop',
    `${operation} gave the same page token again after ${pages} pages, so its list never ends.`,
    'Run again; if it stays, look for a proxy or a cache between cniwatch and the API.',
  );
}
