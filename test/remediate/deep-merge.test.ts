import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { deepMerge, isRecord, type JsonRecord } from '#lib/remediate/deep-merge.ts';
import { withEnvironment } from '#lib/remediate/vpc-cni/addon-configuration.ts';

const { record } = fc.letrec<{ record: JsonRecord; value: JsonRecord[string] }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.constant(null), fc.array(fc.integer()), tie('record')),
  record: fc.dictionary(fc.constantFrom('a', 'b', 'env', '__proto__'), tie('value')),
}));

/** What stands at a path, or undefined. */
const at = (document: JsonRecord, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), document);
const paths = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
  isRecord(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))
    : [path];

describe('a deep merge', () => {
  test('has every leaf of what is on top, lists and all', () =>
    fc.assert(
      fc.property(record, record, (under, over) => {
        const merged = deepMerge(under, over);
        for (const path of paths(over)) if (!isRecord(at(over, path))) expect(at(merged, path)).toEqual(at(over, path));
      }),
    ));
  test('keeps what is below where nothing is on top', () =>
    fc.assert(
      fc.property(record, record, (under, over) => {
        const merged = deepMerge(under, over);
        for (const key of Object.keys(under)) if (!Object.hasOwn(over, key)) expect(at(merged, [key])).toEqual(at(under, [key]));
      }),
    ));
  test('of the same once more changes nothing', () =>
    fc.assert(
      fc.property(record, record, (under, over) => {
        const once = deepMerge(under, over);
        expect(deepMerge(once, over)).toEqual(once);
      }),
    ));
});

test.each([
  ['nothing', undefined, '{"env":{"X":"1"}}'],
  ['spaces', '  \n', '{"env":{"X":"1"}}'],
  ['an empty object', '{}', '{"env":{"X":"1"}}'],
  ['JSON with the variable', '{"env":{"X":"0","Y":"2"}}', '{"env":{"X":"1","Y":"2"}}'],
  ['YAML without variables', 'resources:\n  limits: {cpu: "1"}\n', undefined],
])('%s gets the variable', (_, stored, text) => {
  const merged = withEnvironment(stored, { X: '1' });
  if (text !== undefined) expect(merged).toMatchObject({ kind: 'merged', text });
  expect(parse(merged.kind === 'merged' ? merged.text : '')).toMatchObject({ env: { X: '1' } });
});

test.each([
  ['a list', '[1]'],
  ['a word', '"x"'],
  ['variables that are a list', '{"env":[]}'],
  ['neither JSON nor YAML', 'a: [1'],
])('%s is not guessed at', (_, stored) => expect(withEnvironment(stored, { X: '1' })).toMatchObject({ kind: 'unreadable' }));

test('comments that are lost are told', () =>
  expect(withEnvironment('# ours\nenv: {}\n', { X: '1' })).toMatchObject({ losesComments: true }));
