import { EXPLANATIONS, type Explanation } from '#lib/evaluate/explanations.ts';
import { isEverywhere, type Reach, reachOf } from '#lib/evaluate/reach.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';

const SEVERITY: Readonly<Partial<Record<Verdict, number>>> = { warning: 1, critical: 2 };
const severityOf = ({ verdict }: Finding): number => SEVERITY[verdict] ?? 0;

/**
 * Gives each symptom the fingerprints of the findings that explain it: of a check that may, at the same place, and no less severe, so
 * that whoever is told of the roots alone misses nothing. A finding without `causes` is a root. The links are without circles, since the
 * table of explanations is.
 */
export function linkCauses(findings: readonly Finding[]): Finding[] {
  const problems = findings.filter((finding) => severityOf(finding) > 0);
  const byCheck = Map.groupBy(problems, ({ check }) => check);
  const reach = new Map(problems.map((finding) => [finding, reachOf(finding)]));
  return findings.map((finding) => {
    const own = reach.get(finding);
    if (own === undefined) return finding;
    const causes = EXPLANATIONS.filter((explanation) => applies(explanation, finding)).flatMap((explanation) =>
      (byCheck.get(explanation.by) ?? []).filter(
        (cause) =>
          severityOf(cause) >= severityOf(finding) &&
          (explanation.byKind === undefined || cause.resource.kind === explanation.byKind) &&
          meet(own, reach.get(cause), explanation.at),
      ),
    );
    return causes.length === 0 ? finding : { ...finding, causes: [...new Set(causes.map(({ fingerprint }) => fingerprint))] };
  });
}

function applies({ symptom, kind, when }: Explanation, { check, resource, evidence }: Finding): boolean {
  return symptom === check && (kind === undefined || kind === resource.kind) && (when === undefined || when(evidence));
}

function meet(symptom: Reach, cause: Reach | undefined, at: Explanation['at']): boolean {
  if (cause === undefined) return false;
  if (at === 'cluster') return true;
  const [one, other] = [symptom[at], cause[at]];
  if (isEverywhere(one) || isEverywhere(other)) return true;
  return [...one].some((id) => other.has(id));
}
