import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantityOf } from '#lib/network/kubernetes-quantity.ts';

test.each<[string | undefined, number | undefined]>([
  ['512Mi', 536_870_912],
  ['2Gi', 2_147_483_648],
  ['1.5G', 1_500_000_000],
  ['1e9', 1_000_000_000],
  ['1000', 1000],
  ['100m', 0.1],
  ['.5k', 500],
  ['', undefined],
  ['5 Mi', undefined],
  ['much', undefined],
  ['1e3Mi', undefined],
  [undefined, undefined],
])('%s is %s', (text, value) => {
  expect(quantityOf(text)).toBe(value);
});

test('a unit multiplies', () => {
  fc.assert(
    fc.property(fc.nat(4096), (number) => {
      expect(quantityOf(`${number}Gi`)).toBe(1024 * (quantityOf(`${number}Mi`) ?? Number.NaN));
      expect(quantityOf(`${number}G`)).toBe(1000 * (quantityOf(`${number}M`) ?? Number.NaN));
    }),
  );
});
