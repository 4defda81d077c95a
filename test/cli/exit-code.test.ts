import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAIL_ON } from '#lib/cli/exit-code.ts';
import { exitCode } from '#lib/cli/run-exit-code.ts';
import { verdict } from '#lib/model/verdict.ts';

test.each([
  { verdicts: ['ok'], failOn: 'warning', incomplete: false, code: 0 },
  { verdicts: ['not-applicable'], failOn: 'warning', incomplete: false, code: 0 },
  { verdicts: ['ok', 'warning'], failOn: 'warning', incomplete: false, code: 1 },
  { verdicts: ['critical', 'unknown', 'warning'], failOn: 'warning', incomplete: false, code: 2 },
  { verdicts: ['unknown', 'warning'], failOn: 'warning', incomplete: false, code: 3 },
  { verdicts: ['warning'], failOn: 'critical', incomplete: false, code: 0 },
  { verdicts: ['critical'], failOn: 'critical', incomplete: false, code: 2 },
  { verdicts: ['unknown'], failOn: 'critical', incomplete: false, code: 3 },
  { verdicts: ['critical', 'unknown'], failOn: 'never', incomplete: false, code: 0 },
  { verdicts: [], failOn: 'warning', incomplete: true, code: 3 },
  { verdicts: ['ok'], failOn: 'never', incomplete: true, code: 3 },
  { verdicts: ['warning'], failOn: 'warning', incomplete: true, code: 3 },
  { verdicts: ['critical'], failOn: 'warning', incomplete: true, code: 2 },
] as const)('$verdicts, --fail-on $failOn, incomplete $incomplete: $code', ({ verdicts, code, ...settings }) => {
  expect(exitCode(verdicts, settings)).toBe(code);
});

test('what is unknown is 0 only with --fail-on never, and what was not looked at never is', () => {
  const verdicts = fc.array(fc.constantFrom(...verdict.options));
  fc.assert(
    fc.property(verdicts, fc.constantFrom(...FAIL_ON), fc.boolean(), (list, failOn, incomplete) => {
      const code = exitCode(list, { failOn, incomplete });
      if (incomplete || (failOn !== 'never' && (list.includes('unknown') || list.includes('critical')))) expect(code).not.toBe(0);
      if (failOn === 'never' && !incomplete) expect(code).toBe(0);
    }),
  );
});
