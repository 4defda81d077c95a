import { type CheckResult, undecided } from '#lib/model/check.ts';
import type { Target } from '#lib/model/target.ts';

/** The answer where no pod could try anything: canary-pod judges what that means. */
export function unmeasured(target: Target, reason: string): CheckResult {
  return undecided(target, `${reason} See canary-pod.`);
}
