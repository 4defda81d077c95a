import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ItemSplitter } from '#lib/collect/kubernetes/item-splitter.ts';
import { BodyCut } from '#lib/collect/kubernetes/list-envelope.ts';

/** The elements as text: JSON.parse is no judge of keys with escapes, which V8 of Node 24 may mistake for one another. */
function split(body: Buffer, cuts: readonly number[] = []): { elements: string[]; envelope: unknown } {
  const elements: string[] = [];
  const splitter = new ItemSplitter((json) => {
    JSON.parse(json.toString('utf8'));
    elements.push(withoutSpace(json.toString('utf8')));
  });
  const borders = [0, ...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
  for (let part = 1; part < borders.length; part++) splitter.push(body.subarray(borders[part - 1], borders[part]));
  return { elements, envelope: splitter.end() };
}

/** JSON without the whitespace between its tokens. */
function withoutSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/gs, '$1');
}

/** Strings that look like structure, are escaped, or take several bytes. */
const trickyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '\\', '\\"', ']', '}', ',', '{"items":[', 'items', '\u2028', '💧', '\\u0022'),
);
const json = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 4 });
const item = fc.oneof(json, fc.dictionary(trickyText, fc.oneof(trickyText, json)));
const cuts = fc.array(fc.nat(), { maxLength: 40 });

/** Keys that JSON writes without escapes; values as above. */
const plainKey = fc.string({ unit: fc.constantFrom('a', 'é', '💧', 'items', ',', ':', '{', '[', ']', '}', ' '), maxLength: 3 });
const plainKeyed = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    trickyText,
    fc.integer(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(plainKey, tie('value')),
  ),
})).value;

describe('ItemSplitter', () => {
  it('gives the elements and the rest that the document was written of, wherever the chunks end', () => {
    const rest = fc.dictionary(
      plainKey.filter((key) => key !== 'items'),
      plainKeyed,
      { maxKeys: 4 },
    );
    const space = fc.constantFrom('', ' ', '\t', '  ');
    fc.assert(
      fc.property(rest, fc.array(item), rest, space, cuts, (head, items, tail, indent, at) => {
        const document = Object.fromEntries([...Object.entries(head), ['items', items], ...Object.entries(tail)]);
        const { elements, envelope } = split(Buffer.from(JSON.stringify(document, null, indent)), at);
        expect(elements).toEqual(items.map((element) => JSON.stringify(element)));
        expect(JSON.stringify(envelope)).toBe(JSON.stringify({ ...document, items: [] }));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves any document without a top-level array `items` whole', () => {
    const documents = fc.oneof(
      fc.array(plainKeyed),
      fc.record({
        items: fc.oneof(fc.constant(null), trickyText, fc.integer()),
        metadata: fc.record({ items: fc.array(plainKeyed) }),
      }),
    );
    fc.assert(
      fc.property(documents, cuts, (document, at) => {
        const { elements, envelope } = split(Buffer.from(JSON.stringify(document)), at);
        expect(elements).toEqual([]);
        expect(JSON.stringify(envelope)).toBe(JSON.stringify(document));
      }),
    );
  });

  it('knows a body that ends early, at whatever byte', () => {
    fc.assert(
      fc.property(fc.array(item), fc.nat(), (items, cut) => {
        const body = Buffer.from(JSON.stringify({ kind: 'List', metadata: { continue: 'x' }, items }));
        expect(() => split(body.subarray(0, cut % body.length))).toThrow(BodyCut);
      }),
    );
  });

  const malformed: readonly [string, string][] = [
    ['a trailing comma', '{"items":[{},]}'],
    ['a missing comma', '{"items":[{} {}]}'],
    ['no element between commas', '{"items":[{},,{}]}'],
    ['a closing brace too many', '{"items":[}]}'],
    ['crossed brackets', '{"items":[{"a":[1}]]}'],
    ['words', 'upstream timed out'],
    ['text after the document', '{"items":[]} more'],
    ['items twice', '{"items":[1],"items":[2]}'],
    ['an object of 17 MB', `{"items":["${'x'.repeat(17 * 2 ** 20)}`],
    ['2 MB beside the items', `{"metadata":"${'x'.repeat(2 * 2 ** 20)}`],
  ];
  it.each(malformed)('refuses %s', (_, body) => {
    expect(() => split(Buffer.from(body), [1, 10, 11])).toThrow(SyntaxError);
  });

  it('leaves out managed fields as API servers write them, and nothing else', () => {
    const fields = fc.array(item);
    const object = fc.record({
      metadata: fc.record({ name: trickyText, managedFields: fields, labels: item }),
      spec: fc.record({ managedFields: trickyText, deeper: fc.record({ managedFields: fields }) }),
    });
    fc.assert(
      fc.property(fc.array(object), cuts, (items, at) => {
        const { elements } = split(Buffer.from(JSON.stringify({ items })), at);
        expect(elements).toHaveLength(items.length);
        for (const [index, whole] of items.entries()) {
          const less = { ...whole, metadata: { ...whole.metadata, managedFields: [] } };
          // A key that falls on the border of two chunks is not looked for.
          const allowed = at.length === 0 ? [less] : [less, whole];
          expect(allowed.map((object) => JSON.stringify(object))).toContain(elements[index]);
        }
      }),
    );
  });

  it('knows the key by what it spells', () => {
    expect(split(Buffer.from('{"\\u0069tems":[1,2]}')).elements).toEqual(['1', '2']);
  });
});
