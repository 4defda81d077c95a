import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { WITHOUT_NEWER_BUILTINS } from '#test/bin/without-newer-builtins.ts';

const OLDER_NODE = pathToFileURL(path.resolve(import.meta.dirname, '../../bin/older-node.js')).href;

/** What an expression answers in a process of its own, as JSON. */
function answer(expression: string, imports: readonly string[]): string {
  const program = `console.log(JSON.stringify([${expression}], (key, value) => value instanceof Map || value instanceof Set ? [...value] : value))`;
  return execFileSync(
    process.execPath,
    [...imports.flatMap((file) => ['--import', file]), '--input-type=module', '-e', program],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

const EXPRESSIONS = [
  'Map.groupBy([1, 2, 3, 4], (n, i) => (n * i) % 3)',
  'Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even"))',
  'await (() => { const { promise, resolve } = Promise.withResolvers(); resolve(7); return promise; })()',
  'await (() => { const { promise, reject } = Promise.withResolvers(); reject(8); return promise.catch((error) => error); })()',
  '[5, 6, 7].values().map((n, i) => n * i).filter((n) => n > 0).toArray()',
  '[...new Map([[1, 2]]).entries().flatMap((pair) => pair)]',
  '[...[1, 2, 3].values().take(2)], [...[1, 2, 3].values().drop(2)], [...[1].values().take(0)], [...[1, 2].values().drop(0)]',
  'new Set([1, 2]).values().some((n) => n === 2), new Set([1, 2]).values().every((n) => n === 2), [1, 2].values().find((n) => n > 1)',
  '[1, 2, 3].values().reduce((a, b) => a + b), [1, 2, 3].values().reduce((a, b) => a + b, 10)',
  '(() => { const seen = []; [4, 5].values().forEach((n, i) => seen.push(n + i)); return seen; })()',
  '"a1b2".matchAll(/[0-9]/g).map(([digit]) => digit).toArray()',
  '[...Iterator.from(new Set([1, 2])).map((n) => n + 1)], Iterator.from([]).some(() => true)',
  'new Set([1, 2]).union(new Set([2, 3])), new Set([1, 2]).intersection(new Set([2, 3])), new Set([1, 2]).difference(new Set([2, 3]))',
  'new Set([1, 2]).symmetricDifference(new Set([2, 3])), new Set([1]).isSubsetOf(new Set([1, 2])), new Set([1]).isSupersetOf(new Set([1, 2]))',
  'new Set([1]).isDisjointFrom(new Set([2])), new Set([1]).isDisjointFrom(new Set([1]))',
];
const ALL = EXPRESSIONS.join(', ');

test('where the language lacks something, it is given as a newer Node has it', () => {
  expect(answer(ALL, [WITHOUT_NEWER_BUILTINS, OLDER_NODE])).toBe(answer(ALL, []));
});

test('the stand-in for an older Node lacks them', () => {
  expect(() => answer(EXPRESSIONS[0] ?? '', [WITHOUT_NEWER_BUILTINS])).toThrow('groupBy is not a function');
});

test('a newer Node is left alone', () => {
  expect(answer('Map.groupBy.toString(), [].values().map.toString()', [OLDER_NODE])).toContain('[native code]');
});
