import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanDraft } from '#lib/model/remediation-plan.ts';
import { remediation } from '#lib/remediate/enable-prefix-delegation.ts';
import { planHash, sealPlan } from '#lib/remediate/seal.ts';
import { anAddon, aSettledCluster, thePlan } from '#test/remediate/a-plan.ts';

const plan = thePlan(remediation, aSettledCluster({}, { addons: [anAddon({ configurationValues: '{"env":{"A":"1"}}' })] }));

/** The same value with the keys of every object the other way round. */
function turned(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  );
}

/** Paths of every leaf. */
function leaves(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function changed(value: unknown, [key, ...rest]: readonly (string | number)[]): unknown {
  if (key === undefined) return `${String(value)}!`;
  if (Array.isArray(value)) return value.map((each, at) => (String(at) === String(key) ? changed(each, rest) : each));
  return { ...(value as object), [key]: changed((value as Record<string, unknown>)[key], rest) };
}

describe('the hash of a plan', () => {
  test('is the same in whatever order its keys stand', () => expect(planHash(turned(plan) as PlanDraft)).toBe(plan.hash));

  const covered = ['remediation', 'target', 'steps', 'changes', 'verification', 'rollback'] as const;
  const applied = covered.flatMap((key) => leaves(plan[key], [key]));
  test('changes with every value that is applied', () => {
    fc.assert(
      fc.property(fc.constantFrom(...applied), (path) => {
        expect(planHash(changed(plan, path) as PlanDraft)).not.toBe(plan.hash);
      }),
      { numRuns: 300 },
    );
  });

  test.each(['createdAt', 'snapshotTakenAt', 'gain', 'warnings', 'advice', 'summary'])('does not hang on %s', (key) =>
    expect(planHash({ ...plan, [key]: 'another' } as PlanDraft)).toBe(plan.hash),
  );

  test('names the plan', () => expect(sealPlan(plan).id).toBe(`enable-prefix-delegation-${plan.hash.slice(0, 12)}`));
});
