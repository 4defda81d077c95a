import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyCut, ItemSplitter } from '#lib/collect/kubernetes/item-splitter.ts';

function split(body: Buffer, cuts: readonly number[] = []): { elements: unknown[]; envelope: unknown } {
  const elements: unknown[] = [];
  const splitter = new ItemSplitter((json) => elements.push(JSON.parse(json.toString('utf8'))));
  const borders = [0, ...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
  for (let part = 1; part < borders.length; part++) splitter.push(body.subarray(borders[part - 1], borders[part]));
  return { elements, envelope: splitter.end() };
}

/** Strings that look like structure, are escaped, or take several bytes. */
const trickyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '\\', '\\"', ']', '}', ',', '{"items":[', 'items', '\u2028', '💧', '\\u0022'),
);
const json = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 4 });
const item = fc.oneof(json, fc.dictionary(trickyText, fc.oneof(trickyText, json)));
const cuts = fc.array(fc.nat(), { maxLength: 40 });

/** JSON with random whitespace between its tokens. */
function spaced(document: unknown, space: string): string {
  return space === '' ? JSON.stringify(document) : JSON.stringify(document, null, space);
}

describe('ItemSplitter', () => {
  it('gives the elements and the rest that JSON.parse gives, wherever the chunks end', () => {
    const before = fc.dictionary(
      trickyText.filter((key) => key !== 'items'),
      item,
      { maxKeys: 4 },
    );
    const space = fc.constantFrom('', ' ', '\t', '  ');
    fc.assert(
      fc.property(before, fc.array(item), before, space, cuts, (head, items, tail, indent, at) => {
        // `__proto__` as a key is a plain key to JSON.parse, and must stay one here.
        const document = Object.fromEntries([...Object.entries(head), ['items', items], ...Object.entries(tail)]);
        const text = spaced(document, indent);
        const whole = JSON.parse(text);
        const { elements, envelope } = split(Buffer.from(text), at);
        expect(elements).toEqual(whole.items);
        expect(envelope).toEqual({ ...whole, items: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('leaves any document without a top-level array `items` whole', () => {
    const documents = fc.oneof(
      json.filter(
        (value) => !(typeof value === 'object' && value !== null && Array.isArray((value as { items?: unknown }).items)),
      ),
      fc.record({ items: fc.oneof(fc.constant(null), trickyText, fc.integer()), metadata: fc.record({ items: fc.array(json) }) }),
    );
    fc.assert(
      fc.property(documents, cuts, (document, at) => {
        const { elements, envelope } = split(Buffer.from(JSON.stringify(document)), at);
        expect(elements).toEqual([]);
        expect(envelope).toEqual(JSON.parse(JSON.stringify(document)));
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

  it('knows the key by what it spells', () => {
    expect(split(Buffer.from('{"\\u0069tems":[1,2]}')).elements).toEqual([1, 2]);
  });
});
