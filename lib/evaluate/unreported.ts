import { fingerprint } from '#lib/evaluate/fingerprint.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import { identityOf, type Target } from '#lib/model/target.ts';

/** Bears the name of the step that ended early, in the place of a check's id. */
const STEP = 'check-cluster';

/**
 * The Assessment of a cluster that a run was to check and that left no result: unknown, never left out.
 * `reason` is one sentence; `at` is ISO 8601.
 */
export function unreported(target: Target, reason: string, at: string): Assessment {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  return {
    ...identityOf(target),
    verdict: 'unknown',
    summary: { ok: 0, warning: 0, critical: 0, unknown: 1, notApplicable: 0 },
    findings: [
      {
        check: STEP,
        verdict: 'unknown',
        resource,
        summary: `${target.name} was not checked in this run: ${reason}`,
        evidence: {},
        fingerprint: fingerprint(STEP, target.arn, resource),
      },
    ],
    metrics: [],
    readings: [],
    collectors: [],
    takenAt: at,
    configHash: '',
  };
}
