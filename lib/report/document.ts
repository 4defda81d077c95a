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

/** Critical, warning and unknown: what somebody has to look at. */
export function isProblem({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdict !== 'ok' && verdict !== 'not-applicable';
}

/** Findings stand worst first already: evaluate orders them. */
export function problemsOf(cluster: Assessment): readonly Finding[] {
  return cluster.findings.filter(isProblem);
}

/** For a reader: the worst cluster first, otherwise in the order of the document. */
export function worstFirst(clusters: readonly Assessment[]): readonly Assessment[] {
  const rank = (cluster: Assessment): number => VERDICTS_WORST_FIRST.indexOf(cluster.verdict);
  return clusters.toSorted((a, b) => rank(a) - rank(b));
}

/** The document without its ok and not-applicable findings; the counts still tell of them. */
export function onlyProblems(document: AssessmentDocument): AssessmentDocument {
  return { ...document, clusters: document.clusters.map((cluster) => ({ ...cluster, findings: [...problemsOf(cluster)] })) };
}
