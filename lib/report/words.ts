import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { plainText } from '#lib/report/plain-text.ts';

const COUNTS = [
  ['critical', 'critical'],
  ['unknown', 'unknown'],
  ['warning', 'warning'],
  ['ok', 'ok'],
  ['notApplicable', 'not applicable'],
] as const;

/** `2 critical, 1 warning, 14 ok`: what there is of, worst first. */
export function countsText(summary: Assessment['summary']): string {
  const present = COUNTS.filter(([key]) => summary[key] > 0).map(([key, word]) => `${summary[key]} ${word}`);
  return present.length > 0 ? present.join(', ') : 'nothing judged';
}

/** How many clusters have each verdict: `1 critical, 2 ok`. */
export function clusterCountsText(clusters: readonly { readonly verdict: Verdict }[]): string {
  const summary = { ok: 0, warning: 0, critical: 0, unknown: 0, notApplicable: 0 };
  for (const { verdict } of clusters) summary[verdict === 'not-applicable' ? 'notApplicable' : verdict] += 1;
  return countsText(summary);
}

/** `subnet subnet-0abc (pods-a)`; a cluster by its name alone, its ARN being long and known. */
export function resourceText({ kind, id, name }: Finding['resource']): string {
  if (kind === 'cluster') return `cluster ${plainText(name ?? id)}`;
  const named = name !== undefined && name !== id ? ` (${plainText(name)})` : '';
  return `${kind} ${plainText(id)}${named}`;
}

/** What the reader can do: the remedy that the finding carries, or the remediation that fixes it, or where to read on. */
export function adviceText({ check, evidence, remediation }: Finding): string {
  const remedy = evidence['remedy'];
  if (typeof remedy === 'string' && remedy !== '') return plainText(remedy);
  const explain = `cniwatch explain ${plainText(check)}`;
  return remediation === undefined ? explain : `${plainText(remediation)} (why and how: ${explain})`;
}

/** `impact: immediate`, with the hours where they were forecast; nothing where the check does not say. */
export function impactText({ timeToImpact, evidence }: Finding): string | undefined {
  if (timeToImpact === undefined) return undefined;
  const hours = evidence['hoursToExhaustion'];
  return typeof hours === 'number' ? `impact: ${timeToImpact} (${hours} h)` : `impact: ${timeToImpact}`;
}

/** `2026-11-24 03:00:00 UTC`. */
export const timeText = (iso: string): string => plainText(iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'));
