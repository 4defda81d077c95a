import type { Assessment, AssessmentDocument } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { VERDICTS_WORST_FIRST, type Verdict } from '#lib/model/verdict.ts';

export interface ReportOptions {
  /** Leaves out what is ok or not applicable. The table shows problems only, whatever this says. */
  readonly problems?: boolean;
  /** For a terminal: with colours. */
  readonly colour?: boolean;
  /** For a terminal: its columns. */
  readonly width?: number;
}

/** What a format does: the whole document as text that ends with a line break. */
export type Render = (document: AssessmentDocument, options: ReportOptions) => string;

/** What is well, or does not apply. */
export function isQuiet({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdict === 'ok' || verdict === 'not-applicable';
}

/** Critical, warning and unknown, and not suppressed: what somebody has to look at. */
export function isProblem(finding: { readonly verdict: Verdict; readonly suppressed?: unknown }): boolean {
  return !isQuiet(finding) && finding.suppressed === undefined;
}

/** Findings stand worst first already: evaluate orders them. */
export function problemsOf(cluster: Assessment): readonly Finding[] {
  return cluster.findings.filter(isProblem);
}

/** Problems that the configuration knows of. */
export function suppressedOf(cluster: Assessment): readonly Finding[] {
  return cluster.findings.filter(({ suppressed }) => suppressed !== undefined);
}

/** For a reader: the worst cluster first, otherwise in the order of the document. */
export function worstFirst(clusters: readonly Assessment[]): readonly Assessment[] {
  const rank = (cluster: Assessment): number => VERDICTS_WORST_FIRST.indexOf(cluster.verdict);
  return clusters.toSorted((a, b) => rank(a) - rank(b));
}

/** The document without its ok and not-applicable findings; the counts still tell of them. */
export function onlyProblems(document: AssessmentDocument): AssessmentDocument {
  const clusters = document.clusters.map((cluster) => ({
    ...cluster,
    findings: cluster.findings.filter((finding) => !isQuiet(finding)),
  }));
  return { ...document, clusters };
}
