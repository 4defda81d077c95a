import { createHash } from 'node:crypto';
import { canonicalJson } from '#lib/model/canonical-json.ts';
import { APPLIED, type PlanDraft, type RemediationPlan } from '#lib/model/remediation-plan.ts';

/** Gives a plan its hash, and the name that follows from it. */
export function sealPlan(draft: PlanDraft): RemediationPlan {
  const hash = planHash(draft);
  return { schemaVersion: 1, id: `${draft.remediation}-${hash.slice(0, 12)}`, ...draft, hash };
}

/**
 * SHA-256 of what a plan applies, what it is held to and how it is undone. Times, capacity and advice are not in it: they change with
 * every pod, and nobody approves those.
 */
export function planHash(plan: PlanDraft | RemediationPlan): string {
  const covered = Object.fromEntries(APPLIED.map((key) => [key, plan[key]]));
  return createHash('sha256').update(canonicalJson(covered)).digest('hex');
}
