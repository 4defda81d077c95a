import {
  BACKSLASH,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  isSpace,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from '#lib/collect/kubernetes/json-bytes.ts';
import { ListEnvelope } from '#lib/collect/kubernetes/list-envelope.ts';

/** Bytes; an API server's own objects are at most 1.5 MiB in its store. */
const MOST_ELEMENT = 16 * 2 ** 20;

/**
 * Splits the body of a Kubernetes list while it arrives: each element of the top-level `items` array is handed on as bytes of its own,
 * and of the rest (kind, metadata) a small document is left. Memory follows one element and not the body.
 *
 * It only finds the borders; JSON.parse of each piece judges the syntax. That is sound by RFC 8259: outside of strings, brackets and
 * commas are structure and nothing else.
 */
export class ItemSplitter {
  readonly #onElement: (json: Buffer) => void;
  readonly #onItems: (beforeItems: unknown) => void;
  readonly #envelope = new ListEnvelope();
  readonly #keepManagedFields: boolean;
  /** Parts of the element that earlier chunks brought. */
  #parts: Buffer[] = [];
  #bytes = 0;
  #elements = 0;
  /** Open brackets of the element. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Inside of metadata.managedFields. */
  #dropping = false;

  /** `onItems` is called once, where the items begin, with the document as far as it stands before them. */
  constructor(
    onElement: (json: Buffer) => void,
    onItems: (beforeItems: unknown) => void = () => undefined,
    { keepManagedFields = false }: { readonly keepManagedFields?: boolean } = {},
  ) {
    this.#onElement = onElement;
    this.#onItems = onItems;
    this.#keepManagedFields = keepManagedFields;
  }

  /** @throws SyntaxError where the JSON is none, or a piece of it is unreasonably large */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#envelope.atItems ? this.#readItems(chunk, at) : this.#readEnvelope(chunk, at);
  }

  /**
   * @returns the document with `items` emptied, where it has such an array
   * @throws BodyCut where the body ended early; SyntaxError where it is no JSON
   */
  end(): unknown {
    return this.#envelope.end();
  }

  #readEnvelope(chunk: Buffer, from: number): number {
    const at = this.#envelope.read(chunk, from);
    if (this.#envelope.atItems) this.#onItems(this.#envelope.beforeItems());
    return at;
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
    if (!this.#dropping) this.#keep(chunk.subarray(start));
    return length;
  }

  /**
   * Leaves out `metadata.managedFields`, which hardly anything here reads: it is up to half of an object, and by its many distinct keys the
   * slowest half to parse. Only as API servers write it, without spaces; any other is parsed with the rest.
   */
  #open(chunk: Buffer, start: number, at: number): number {
    this.#depth += 1;
    if (this.#keepManagedFields || this.#depth !== 3 || !isManagedFields(chunk, at)) return start;
    this.#keep(chunk.subarray(start, at + 1));
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
    while (at < length) {
      const byte = chunk[at] as number;
      at += 1;
      if (byte === QUOTE) {
        this.#inString = false;
        this.#escaped = false;
        return at;
      }
      if (byte === BACKSLASH) at += 1;
    }
    this.#inString = true;
    // Past the end: the backslash was the chunk's last byte, and what it escapes is the next one's first.
    this.#escaped = at > length;
    return length;
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > MOST_ELEMENT) throw new SyntaxError(`an object of the list is above ${MOST_ELEMENT} bytes`);
    if (part.length > 0) this.#parts.push(part);
  }

  #emit(last: Buffer): void {
    const whole = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#bytes = 0;
    this.#elements += 1;
    this.#onElement(whole);
  }

  /** @returns the place of the closing bracket, which belongs to the envelope */
  #closeItems(chunk: Buffer, start: number, at: number): number {
    if (chunk[at] === CLOSE_OBJECT) throw new SyntaxError('the list closes an object that it did not open');
    const last = chunk.subarray(start, at);
    const empty = this.#elements === 0 && this.#parts.every(isBlank) && isBlank(last);
    if (!empty) this.#emit(last);
    this.#envelope.leaveItems();
    return at;
  }
}

const MANAGED_FIELDS = Buffer.from('"managedFields":[');

function isManagedFields(chunk: Buffer, at: number): boolean {
  const start = at + 1 - MANAGED_FIELDS.length;
  return chunk[at] === OPEN_LIST && start >= 0 && MANAGED_FIELDS.compare(chunk, start, at + 1) === 0;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(isSpace);
}
