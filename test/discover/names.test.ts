import { describe, expect, it } from 'vitest';
import { nearNames } from '#lib/discover/names.ts';

describe('nearNames', () => {
  const names = ['shop-prod', 'shop-stage', 'payments', 'SHOP-DEV'];
  it.each([
    ['shop-prd', ['shop-prod']],
    ['Payments', ['payments']],
    ['shop', ['SHOP-DEV', 'shop-prod', 'shop-stage']],
    ['warehouse', []],
  ])('for %s are %j', (wanted, near) => {
    expect(nearNames(wanted, names)).toEqual(expect.arrayContaining(near));
    if (near.length === 0) expect(nearNames(wanted, names)).toEqual([]);
  });

  it('puts the nearest first', () => {
    expect(nearNames('shop-prd', names)[0]).toBe('shop-prod');
  });
});
