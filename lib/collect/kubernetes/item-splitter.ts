const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The body ended before its JSON did. */
export class BodyCut extends Error {
  override readonly name = 'BodyCut';
}

/** Bytes; an API server's own objects are at most 1.5 MiB in its store. */
const LIMITS = { element: 16 * 2 ** 20, envelope: 2 ** 20 };

/**
 * Splits the body of a Kubernetes list while it arrives: each element of the top-level `items` array is handed on as bytes of its own,
 * and of the rest (kind, metadata) a small document is left. Memory follows one element and not the body.
 *
 * It only finds the borders; JSON.parse of each piece judges the syntax. That is sound by RFC 8259: outside of strings, brackets and
 * commas are structure, and no byte of a multi-byte UTF-8 character is below 0x80.
 */
export class ItemSplitter {
  readonly #onElement: (json: Buffer) => void;
  readonly #envelope: Buffer[] = [];
  #envelopeBytes = 0;
  /** Parts of the element that earlier chunks brought. */
  #element: Buffer[] = [];
  #elementBytes = 0;
  #elements = 0;
  /** Inside of metadata.managedFields. */
  #dropping = false;
  #place: 'envelope' | 'items' = 'envelope';
  #itemsSeen = false;
  /** Open brackets: of the document in the envelope, of the element in the items. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The string being read at the top level where a key is due; then whether its value is the items. */
  #key: number[] | undefined;
  #keyIsDue = false;
  #keyIsItems = false;
  #itemsAreDue = false;

  constructor(onElement: (json: Buffer) => void) {
    this.#onElement = onElement;
  }

  /** @throws SyntaxError where the JSON is none, or a piece of it is unreasonably large */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#place === 'items' ? this.#readItems(chunk, at) : this.#readEnvelope(chunk, at);
  }

  /**
   * @returns the document with `items` emptied; undefined where it has no array `items`
   * @throws BodyCut where the body ended early; SyntaxError where it is no JSON
   */
  end(): unknown {
    if (this.#place === 'items' || this.#depth > 0 || this.#inString || this.#envelopeBytes === 0)
      throw new BodyCut('the body ends in the middle of its JSON');
    return JSON.parse(Buffer.concat(this.#envelope).toString('utf8'));
  }

  /** Reads up to the items or the end of the chunk. */
  #readEnvelope(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.#inString) this.#readStringByte(byte);
      else if (this.#readStructure(byte)) {
        this.#keepEnvelope(chunk.subarray(from, at + 1));
        return at + 1;
      }
    }
    this.#keepEnvelope(chunk.subarray(from));
    return chunk.length;
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

  /** @returns whether the items begin after this byte */
  #readStructure(byte: number): boolean {
    if (isSpace(byte)) return false;
    const itemsBegin = this.#itemsAreDue && byte === OPEN_LIST;
    this.#itemsAreDue = false;
    if (itemsBegin) {
      // Two of them could not both be right, and JSON.parse would silently take the last.
      if (this.#itemsSeen) throw new SyntaxError('the list has `items` twice');
      this.#itemsSeen = true;
      this.#place = 'items';
      this.#depth = 0;
      return true;
    }
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
    return false;
  }

  /** Reads up to the end of the items or of the chunk: the loop that nearly every byte goes through. */
  #readItems(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let start = from;
    let at = this.#inString ? this.#skipString(chunk, from) : from;
    while (at < length) {
      const byte = chunk[at] as number;
      if (byte === QUOTE) {
        at = this.#skipString(chunk, at + 1);
        continue;
      }
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) start = this.#open(chunk, start, at);
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (this.#depth === 0) return this.#closeItems(chunk, start, at);
        start = this.#close(start, at);
      } else if (byte === COMMA && this.#depth === 0) {
        this.#emit(chunk.subarray(start, at));
        start = at + 1;
      }
      at += 1;
    }
    if (!this.#dropping) this.#keepElement(chunk.subarray(start));
    return length;
  }

  /**
   * Leaves out `metadata.managedFields`, which nothing here reads: it is up to half of an object, and by its many distinct keys the
   * slowest half to parse. Only as API servers write it, without spaces; any other is parsed with the rest.
   */
  #open(chunk: Buffer, start: number, at: number): number {
    this.#depth += 1;
    if (this.#depth !== 3 || !isManagedFields(chunk, at)) return start;
    this.#keepElement(chunk.subarray(start, at + 1));
    this.#dropping = true;
    return at + 1;
  }

  #close(start: number, at: number): number {
    this.#depth -= 1;
    if (this.#depth !== 2 || !this.#dropping) return start;
    this.#dropping = false;
    return at;
  }

  /** @returns the place after the string, or the end of the chunk where it goes on */
  #skipString(chunk: Buffer, from: number): number {
    const { length } = chunk;
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    while (at < length) {
      const byte = chunk[at] as number;
      at += 1;
      if (byte === QUOTE) {
        this.#inString = false;
        return at;
      }
      if (byte === BACKSLASH) at += 1;
    }
    this.#inString = true;
    // Past the end: the backslash was the chunk's last byte, and what it escapes is the next one's first.
    this.#escaped = at > length;
    return length;
  }

  #emit(last: Buffer): void {
    const whole = this.#element.length === 0 ? last : Buffer.concat([...this.#element, last]);
    this.#element = [];
    this.#elementBytes = 0;
    this.#elements += 1;
    this.#onElement(whole);
  }

  /** @returns the place of the closing bracket, which belongs to the envelope */
  #closeItems(chunk: Buffer, start: number, at: number): number {
    if (chunk[at] === CLOSE_OBJECT) throw new SyntaxError('the list closes an object that it did not open');
    const last = chunk.subarray(start, at);
    const empty = this.#elements === 0 && this.#element.every(isBlank) && isBlank(last);
    if (!empty) this.#emit(last);
    this.#element = [];
    this.#place = 'envelope';
    // Inside the document's own braces, at the bracket that closes the items.
    this.#depth = 2;
    this.#keyIsItems = false;
    return at;
  }

  #keepElement(part: Buffer): void {
    this.#elementBytes += part.length;
    if (this.#elementBytes > LIMITS.element) throw new SyntaxError(`an object of the list is above ${LIMITS.element} bytes`);
    if (part.length > 0) this.#element.push(part);
  }

  #keepEnvelope(part: Buffer): void {
    this.#envelopeBytes += part.length;
    if (this.#envelopeBytes > LIMITS.envelope)
      throw new SyntaxError(`the list beside its items is above ${LIMITS.envelope} bytes`);
    // A copy: a view would hold the memory of its whole chunk.
    if (part.length > 0) this.#envelope.push(Buffer.from(part));
  }
}

const MANAGED_FIELDS = Buffer.from('"managedFields":[');

function isManagedFields(chunk: Buffer, at: number): boolean {
  const start = at + 1 - MANAGED_FIELDS.length;
  return chunk[at] === OPEN_LIST && start >= 0 && MANAGED_FIELDS.compare(chunk, start, at + 1) === 0;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(isSpace);
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
