import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isSpace,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from '#lib/collect/kubernetes/json-bytes.ts';

/** Bytes; of a list there are only its kind and metadata beside the items. */
const MOST = 2 ** 20;

/** The body ended before its JSON did. */
export class BodyCut extends Error {
  override readonly name = 'BodyCut';
}

/** What a list is beside its items, and where those are. */
export class ListEnvelope {
  readonly #parts: Buffer[] = [];
  #bytes = 0;
  #atItems = false;
  #itemsSeen = false;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The string being read at the top level where a key is due; then whether its value is the items. */
  #key: number[] | undefined;
  #keyIsDue = false;
  #keyIsItems = false;
  #itemsAreDue = false;

  /** Whether the next byte is the first one inside of the top-level array `items`. */
  get atItems(): boolean {
    return this.#atItems;
  }

  /**
   * Reads up to the items or the end of the chunk.
   * @returns the place after what was read
   * @throws SyntaxError where there is unreasonably much of it, or `items` comes twice
   */
  read(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && !this.#atItems) {
      const byte = chunk[at] as number;
      if (this.#inString) this.#readStringByte(byte);
      else this.#readStructure(byte);
      at += 1;
    }
    this.#bytes += at - from;
    if (this.#bytes > MOST) throw new SyntaxError(`the list beside its items is above ${MOST} bytes`);
    // A copy: a view would hold the memory of its whole chunk.
    this.#parts.push(Buffer.from(chunk.subarray(from, at)));
    return at;
  }

  /** What stands before the items, once they begin; undefined where that is no JSON. API servers write kind and metadata first. */
  beforeItems(): unknown {
    try {
      return JSON.parse(`${Buffer.concat(this.#parts).toString('utf8')}]}`);
    } catch {
      return undefined;
    }
  }

  /** The next byte is the bracket that closes the items. */
  leaveItems(): void {
    this.#atItems = false;
    this.#keyIsItems = false;
  }

  /**
   * @returns the document with `items` emptied
   * @throws BodyCut where the body ended early; SyntaxError where it is no JSON
   */
  end(): unknown {
    if (this.#atItems || this.#depth > 0 || this.#inString || this.#bytes === 0) {
      throw new BodyCut('the body ends in the middle of its JSON');
    }
    return JSON.parse(Buffer.concat(this.#parts).toString('utf8'));
  }

  #readStringByte(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) {
      this.#inString = false;
      if (this.#key !== undefined) this.#keyIsItems = spells(this.#key, 'items');
      this.#key = undefined;
      return;
    }
    this.#key?.push(byte);
  }

  #readStructure(byte: number): void {
    if (isSpace(byte)) return;
    const itemsBegin = this.#itemsAreDue && byte === OPEN_LIST;
    this.#itemsAreDue = false;
    if (byte === QUOTE) {
      this.#inString = true;
      if (this.#keyIsDue) this.#key = [];
      this.#keyIsDue = false;
    } else if (byte === COLON) this.#itemsAreDue = this.#depth === 1 && this.#keyIsItems;
    else if (byte === COMMA) this.#keyIsDue = this.#depth === 1;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.#depth += 1;
      this.#keyIsDue = this.#depth === 1 && byte === OPEN_OBJECT;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) this.#depth -= 1;
    if (itemsBegin) this.#enterItems();
  }

  #enterItems(): void {
    // Two of them could not both be right, and JSON.parse would silently take the last.
    if (this.#itemsSeen) throw new SyntaxError('the list has `items` twice');
    this.#itemsSeen = true;
    this.#atItems = true;
  }
}

/** Whether the inside of a JSON string, escapes and all, is `word`. */
function spells(inside: readonly number[], word: string): boolean {
  const json = `"${Buffer.from(inside).toString('utf8')}"`;
  try {
    return JSON.parse(json) === word;
  } catch {
    // The whole envelope is parsed in the end, and says so better.
    return false;
  }
}
