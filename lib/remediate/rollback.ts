import type { RemediationPlan } from '#lib/model/remediation-plan.ts';
import { answerReference, type RemediationStep } from '#lib/model/remediation-step.ts';

/** The rollback needs what the answer to a step said, and that was not kept or says something else. */
export class AnswerMissing extends Error {
  override readonly name = 'AnswerMissing';
  constructor(step: string, at: readonly string[]) {
    super(
      `the answer to the step ${step} has no ${at.join('.')}: find in the audit, or in CloudTrail, what the step made, and undo it by hand`,
    );
  }
}

/**
 * The steps that undo a plan, with what the answers to its own steps told in place.
 * @param answers by step id, as the APIs gave them; only those of the steps that were taken
 * @throws AnswerMissing
 */
export function rollbackSteps(
  plan: Pick<RemediationPlan, 'rollback'>,
  answers: Readonly<Record<string, unknown>>,
): readonly RemediationStep[] {
  return plan.rollback.map((step) => resolve(step, answers) as RemediationStep);
}

function resolve(value: unknown, answers: Readonly<Record<string, unknown>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => resolve(each, answers));
  const reference = answerReference.safeParse(value);
  if (reference.success) return told(reference.data, answers);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, answers)]));
}

function told(
  { answerOf, at }: { answerOf: string; at: readonly string[] },
  answers: Readonly<Record<string, unknown>>,
): unknown {
  const found = follow(answers[answerOf], at);
  if (found === undefined || (Array.isArray(found) && found.length === 0)) throw new AnswerMissing(answerOf, at);
  return found;
}

function follow(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (key === '*')
    return Array.isArray(value) ? value.map((each) => follow(each, rest)).filter((each) => each !== undefined) : undefined;
  return typeof value === 'object' && value !== null ? follow((value as Record<string, unknown>)[key], rest) : undefined;
}
