import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRange, rangesOverlap } from '#lib/network/address-range.ts';
import { sharedRanges } from '#lib/network/flannel/pod-cidrs.ts';

test('who shares addresses with whom, against every pair', () => {
  const cidr = fc.oneof(
    fc
      .record({ at: fc.integer({ min: 0, max: 63 }), length: fc.integer({ min: 24, max: 32 }) })
      .map(({ at, length }) => `10.0.0.${4 * at}/${length}`),
    fc
      .record({ at: fc.integer({ min: 0, max: 15 }), length: fc.integer({ min: 122, max: 128 }) })
      .map(({ at, length }) => `fd00::${at.toString(16)}/${length}`),
  );
  fc.assert(
    fc.property(fc.array(cidr, { maxLength: 20 }), (cidrs) => {
      const owned = cidrs.flatMap((text, at) => {
        const range = parseRange(text);
        return range ? [{ owner: `n${at % 12}`, range }] : [];
      });
      const expected = owned.flatMap((one) =>
        owned.flatMap((other) =>
          one.owner !== other.owner && rangesOverlap(one.range, other.range) ? [`${one.owner} ${other.owner}`] : [],
        ),
      );
      const found = [...sharedRanges(owned)].flatMap(([one, others]) => [...others].map((other) => `${one} ${other}`));
      expect(new Set(found)).toEqual(new Set(expected));
    }),
  );
});
