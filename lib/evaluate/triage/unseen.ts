import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Unseen } from '#lib/model/triage.ts';

type Told = Omit<Unseen, 'checks'>;

/** What was not seen and may hide a problem: sources that were not read, then checks that could not tell from what was. */
export function unseenIn({ findings, collectors }: Pick<Assessment, 'findings' | 'collectors'>): readonly Unseen[] {
  const found = new Map<string, { readonly told: Told; readonly checks: Set<string> }>();
  const add = (told: Told, check: string | undefined): void => {
    const known = found.get(told.what) ?? { told, checks: new Set<string>() };
    if (check !== undefined) known.checks.add(check);
    found.set(told.what, known);
  };
  for (const { id, ok, code, reason, remedy } of collectors) {
    if (ok || code === 'NotEnabled') continue;
    add({ what: id, code: code ?? null, reason: reason ?? 'It was not read.', remedy: remedy ?? null }, undefined);
  }
  for (const finding of findings.filter(({ verdict }) => verdict === 'unknown')) {
    const inputs = failedInputs(finding);
    for (const input of inputs) add(input, finding.check);
    if (inputs.length === 0)
      add({ what: finding.check, code: null, reason: finding.summary, remedy: remedyOf(finding) }, finding.check);
  }
  // What was not read since something else was not comes after it.
  return [...found.values()]
    .map(({ told, checks }) => ({ ...told, checks: [...checks] }))
    .toSorted((a, b) => Number(a.code === 'InputMissing') - Number(b.code === 'InputMissing'));
}

/** Of the runner: the inputs without which a check has no answer. */
function failedInputs({ evidence }: Finding): readonly Told[] {
  const failed = evidence['failedInputs'];
  if (!Array.isArray(failed)) return [];
  return failed.flatMap((one) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return [];
    const { input, code, reason, remedy } = one;
    if (typeof input !== 'string' || typeof reason !== 'string' || code === 'NotEnabled') return [];
    return [
      { what: input, code: typeof code === 'string' ? code : null, reason, remedy: typeof remedy === 'string' ? remedy : null },
    ];
  });
}

function remedyOf({ evidence }: Finding): string | null {
  return typeof evidence['remedy'] === 'string' ? evidence['remedy'] : null;
}

/** Checks that answer not-applicable since nobody switched their source on. */
export function notEnabledIn(findings: readonly Finding[]): readonly string[] {
  const asked = findings.filter(({ verdict, evidence }) => {
    const failed = evidence['failedInputs'];
    return (
      verdict === 'not-applicable' &&
      Array.isArray(failed) &&
      failed.some((one) => typeof one === 'object' && one !== null && !Array.isArray(one) && one['code'] === 'NotEnabled')
    );
  });
  return [...new Set(asked.map(({ check }) => check))];
}
