/** `1 node`, `3 nodes`: for nouns that take an s. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1 node has`, `3 nodes have`: the verb that agrees with a count. */
export function agreeing(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
