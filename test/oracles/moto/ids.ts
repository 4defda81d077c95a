/** Ids of one EC2 and of its copy. */
export class Ids {
  readonly #copies = new Map<string, string>();

  /** @throws where either is missing: a copy that lost an object would make a comparison pass that should not */
  pair(original: string | undefined, copy: string | undefined): void {
    if (original === undefined || copy === undefined) throw new Error(`no pair: ${original} and ${copy}`);
    this.#copies.set(original, copy);
  }

  /** The copy's id. */
  copyOf(original: string | undefined): string {
    const copy = this.#copies.get(original ?? '');
    if (copy === undefined) throw new Error(`${original} was not copied`);
    return copy;
  }

  /** The same value with every original's id turned into the copy's. */
  toCopy<T>(value: T): T {
    return rename(value, this.#copies);
  }

  /** The same value with every copy's id turned into the original's. */
  toOriginal<T>(value: T): T {
    return rename(value, new Map([...this.#copies].map(([original, copy]) => [copy, original])));
  }
}

function rename<T>(value: T, names: ReadonlyMap<string, string>): T {
  return JSON.parse(JSON.stringify(value), (_key, leaf: unknown) =>
    typeof leaf === 'string' ? (names.get(leaf) ?? leaf) : leaf,
  );
}
