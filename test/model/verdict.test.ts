import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VERDICTS_WORST_FIRST, verdict, worstVerdict } from '#lib/model/verdict.ts';

test.each([
  [[], 'not-applicable'],
  [['not-applicable', 'ok'], 'ok'],
  [['ok', 'warning'], 'warning'],
  [['warning', 'unknown', 'ok'], 'unknown'],
  [['unknown', 'critical'], 'critical'],
] as const)('the worst of %j is %s', (verdicts, worst) => expect(worstVerdict(verdicts)).toBe(worst));

test('the order names every verdict once, and the worst never depends on the order of the findings', () => {
  expect([...VERDICTS_WORST_FIRST].sort()).toEqual([...verdict.options].sort());
  const list = fc.array(fc.constantFrom(...verdict.options));
  fc.assert(
    fc.property(list, (verdicts) => {
      expect(worstVerdict(verdicts)).toBe(worstVerdict([...verdicts].reverse()));
    }),
  );
});
