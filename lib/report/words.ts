import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import type { Verdict } from '#lib/model/verdict.ts';

const COUNTS = [
  ['critical', 'critical'],
  ['unknown', 'unknown'],
  ['warning', 'warning'],
  ['ok', 'ok'],
  ['notApplicable', 'not applicable'],
  ['suppressed', 'suppressed'],
] as const;

/** `2 critical, 1 warning, 14 ok`: what there is of, worst first. */
export function countsText(summary: Assessment['summary']): string {
  const present = COUNTS.filter(([key]) => (summary[key] ?? 0) > 0).map(([key, word]) => `${summary[key]} ${word}`);
  return present.length > 0 ? present.join(', ') : 'nothing judged';
}

/** The counts of what is well. */
export function quietCountsText({ ok, notApplicable }: Assessment['summary']): string {
  return countsText({ critical: 0, unknown: 0, warning: 0, ok, notApplicable });
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

/** What the reader can do, whole: the remedy that the finding carries, or what its remediation is, or where to read on. */
export function adviceText(finding: Finding): string {
  const { check, remediation } = finding;
  const carried = carriedRemedy(finding);
  if (carried !== undefined) return carried;
  const explain = `cniwatch explain ${plainText(check)}`;
  if (remediation === undefined) return explain;
  const remedy = remedyOf(remediation);
  const id = plainText(remediation);
  return remedy === undefined ? `${id} (why and how: ${explain})` : `${remedy} (${id})`;
}

/** The same in a line or a few: a remediation by its id and, if it fits, the first sentence of what it is. */
export function briefAdvice(finding: Finding, fits: (text: string) => boolean): string {
  const { check, remediation } = finding;
  if (carriedRemedy(finding) !== undefined || remediation === undefined) return adviceText(finding);
  const [id, more] = [plainText(remediation), `(why and how: cniwatch explain ${plainText(check)})`];
  const [sentence = ''] = (remedyOf(remediation) ?? '').split(/(?<=\.) (?=[A-Z`])/);
  const long = `${id}: ${sentence} ${more}`;
  return sentence !== '' && fits(long) ? long : `${id} ${more}`;
}

/** Whether the advice is a remedy of cniwatch's own words, and no text of a cluster. */
export function isOurs(finding: Finding): boolean {
  return carriedRemedy(finding) === undefined && remedyOf(finding.remediation ?? '') !== undefined;
}

function carriedRemedy({ evidence }: Finding): string | undefined {
  const remedy = evidence['remedy'];
  return typeof remedy === 'string' && remedy !== '' ? plainText(remedy) : undefined;
}

/** Undefined for a remediation of another version. */
function remedyOf(remediation: string): string | undefined {
  return Object.hasOwn(REMEDIES, remediation) ? REMEDIES[remediation] : undefined;
}

/** `because of cni-agents (daemonset kube-system/aws-node)`: the findings of its cluster that explain it; nothing of a root. */
export function causesText({ causes = [] }: Finding, { findings }: Pick<Assessment, 'findings'>): string | undefined {
  const known = findings.filter(({ fingerprint }) => causes.includes(fingerprint));
  if (known.length === 0) return undefined;
  const named = known.slice(0, CAUSES_NAMED).map(({ check, resource }) => `${plainText(check)} (${resourceText(resource)})`);
  const more = known.length > named.length ? [`${known.length - named.length} more`] : [];
  return `because of ${[...named, ...more].join(', ')}`;
}

const CAUSES_NAMED = 4;

/** Until when a finding is suppressed and why, or that this is over; nothing of most. */
export function suppressionText({ suppressed, suppressionExpired }: Finding): string | undefined {
  if (suppressed !== undefined) return `suppressed until ${plainText(suppressed.until)}: ${plainText(suppressed.reason)}`;
  if (suppressionExpired === undefined) return undefined;
  const { until, reason } = suppressionExpired;
  return `counts again: its suppression ended (${plainText(until)}: ${plainText(reason)})`;
}

/** `impact: immediate`, with the hours where some were forecast; nothing where the check does not say. */
export function impactText({ timeToImpact, evidence }: Finding): string | undefined {
  if (timeToImpact === undefined) return undefined;
  const hours = evidence['hoursToExhaustion'];
  return typeof hours === 'number' && hours > 0 ? `impact: ${timeToImpact} (${hours} h)` : `impact: ${timeToImpact}`;
}

/** `2026-11-24 03:00:00 UTC`. */
export const timeText = (iso: string): string => plainText(iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC'));
