import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonFault } from '#lib/network/cni-config/json-fault.ts';

test.each<[string, string, number, number]>([
  ['', 'it is empty', 1, 1],
  ['\n \n', 'it is empty', 3, 1],
  ['\ufeff{}', 'it begins with a byte order mark', 1, 1],
  ['{"a":1}\0', 'something follows its end', 1, 8],
  ['{"a":\0}', 'it holds a NUL byte', 1, 6],
  ['{"a":1,\n}', 'a comma stands before }', 2, 1],
  ['{"a":[1,]}', 'a comma stands before ]', 1, 9],
  ['{"a":1\n "b":2}', 'a comma or } is missing', 2, 2],
  ['{"a":1', 'it ends in the middle', 1, 7],
  ['{"a":', 'it ends in the middle', 1, 6],
  ['{"a" 1}', 'a colon is missing', 1, 6],
  ["{'a':1}", 'a name in double quotes is missing', 1, 2],
  ['{"a":"x\ny"}', 'a text in quotes does not end, or holds what it must not', 1, 6],
  ['// of Calico\n{}', 'it holds a comment', 1, 1],
  ['{"a":01}', 'a comma or } is missing', 1, 7],
  ['{"a":yes}', 'a value is missing', 1, 6],
  ['{}{}', 'something follows its end', 1, 3],
  ['['.repeat(10_001), 'it is nested deeper than 10000', 1, 10_001],
])('%j', (text, what, line, column) => {
  expect(jsonFault(text)).toEqual({ what, line, column });
});

/** Valid JSON with a few of its characters taken out, put in or changed. */
const damaged = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(2),
        fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '0', '-', '.', 'e', '\r', '\n', '\0', '\u0085', 'n', 'é'),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((before, [where, cut, put]) => {
      const at = where % (before.length + 1);
      return before.slice(0, at) + put + before.slice(at + cut);
    }, text),
  );

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('it finds a fault just where a parser does', () => {
  const seen = { right: 0, wrong: 0 };
  fc.assert(
    fc.property(damaged, (text) => {
      const right = parses(text);
      seen[right ? 'right' : 'wrong'] += 1;
      expect(jsonFault(text) === undefined).toBe(right);
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(100);
});

test('what lies before the fault could still be made whole, and no shorter beginning is at fault', () => {
  fc.assert(
    fc.property(damaged, (text) => {
      const found = jsonFault(text);
      if (found === undefined || /middle|empty|quotes/.test(found.what)) return;
      const lines = text.split('\n');
      const at = lines.slice(0, found.line - 1).join('\n').length + (found.line > 1 ? 1 : 0) + found.column - 1;
      const before = jsonFault(text.slice(0, at));
      expect(before === undefined || /middle|empty/.test(before.what)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
