import type { SliceKey } from '#lib/model/snapshot.ts';

/** What a terminal can show of a run. `items` counts what has been read so far. */
export interface Progress {
  readonly key: SliceKey;
  readonly state: 'started' | 'page' | 'done' | 'failed';
  readonly items?: number;
}

/** The calls and pages of one collector. */
export interface Tally {
  /** Counts one request, retries too. */
  call(operation: string): void;
  /** Counts one page of a list and its items. */
  page(items: number): void;
}

export interface Counts extends Tally {
  readonly calls: Readonly<Record<string, number>>;
  readonly pages: number;
}

export function startTally(onPage: (items: number) => void): Counts {
  const calls: Record<string, number> = {};
  let pages = 0;
  let seen = 0;
  return {
    calls,
    get pages() {
      return pages;
    },
    call(operation) {
      calls[operation] = (calls[operation] ?? 0) + 1;
    },
    page(items) {
      pages += 1;
      seen += items;
      onPage(seen);
    },
  };
}
