import type { FindingNotice, Notice } from '#lib/model/notification.ts';
import { plural } from '#lib/model/plural.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import { clip, clipAscii, unlinked } from '#lib/publish/notify/clip.ts';
import { type Message, sizeOf, type Topic } from '#lib/publish/notify/message.ts';
import { type Story, urgency } from '#lib/publish/notify/stories.ts';

/** How a finding stands, in one word that a phone shows first. */
export function standing(story: Story<FindingNotice>): string {
  const { last, notices } = story;
  if (last.kind !== 'resolved') return last.verdict.toUpperCase();
  if (notices.some(({ kind }) => kind !== 'resolved')) return `OVER (was ${last.verdict})`;
  if (last.reason === 'suppressed') return 'SUPPRESSED';
  return last.reason === 'no-longer-reported' ? 'GONE' : 'RESOLVED';
}

/** `shop in eu-west-1`. */
export const placeText = ({ cluster }: FindingNotice): string => `${clip(cluster.name, 100)} in ${clip(cluster.region, 30)}`;

/** `subnet subnet-0abc (pods-a)`; a cluster by its name. */
export function resourceText({ resource: { kind, id, name } }: FindingNotice): string {
  if (kind === 'cluster') return `cluster ${unlinked(name ?? id, 100)}`;
  return `${kind} ${unlinked(id, 100)}${name !== undefined && name !== id ? ` (${unlinked(name, 100)})` : ''}`;
}

/** `since 2026-11-24 03:12 UTC (24 min)`, or how long it was open. */
export function lastingText({ last }: Story<FindingNotice>, now: Date): string {
  const since = `${last.openedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const end = last.kind === 'resolved' ? Date.parse(last.at) : now.getTime();
  const lasted = durationText(end - Date.parse(last.openedAt));
  return last.kind === 'resolved' ? `open from ${since} for ${lasted}` : `since ${since} (${lasted})`;
}

function durationText(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}

/** `impact: hours (3.5 h)`; undefined where the check does not say, or it is over. */
export function impactText({ kind, timeToImpact, hoursToExhaustion }: FindingNotice): string | undefined {
  if (timeToImpact === undefined || kind === 'resolved') return undefined;
  return hoursToExhaustion === undefined || hoursToExhaustion <= 0
    ? `impact: ${timeToImpact}`
    : `impact: ${timeToImpact} (${hoursToExhaustion} h)`;
}

/** What to do, in a sentence or two; undefined for what is over. */
export function adviceText({ kind, check, remediation, remedy }: FindingNotice): string | undefined {
  if (kind === 'resolved') return undefined;
  if (remedy !== undefined) return unlinked(remedy, 500);
  const known = remediation !== undefined && Object.hasOwn(REMEDIES, remediation) ? REMEDIES[remediation] : undefined;
  const [sentence] = known?.split(/(?<=\.) (?=[A-Z`])/) ?? [];
  return sentence === undefined ? `cniwatch explain ${check}` : `${sentence} (more: cniwatch explain ${check})`;
}

/** The worst in one line, and how much more there is. Printable ASCII. */
export function title(message: Message, most: number): string {
  return withMore(message, most, ({ root }) => `${root.last.check}, ${resourceText(root.last)}`);
}

/** The same with what was measured, for a text message. */
export function shortText(message: Message, most: number): string {
  return withMore(message, most, ({ root }) => unlinked(root.last.summary, 500));
}

function withMore(message: Message, most: number, what: (topic: Topic) => string): string {
  const [topic] = message.topics;
  const [notice] = message.service;
  const isFirst = notice !== undefined && (topic === undefined || (notice.verdict === 'critical' && urgency(topic.root) > 0));
  const more = sizeOf(message) - 1;
  const end = more > 0 ? ` +${more} more` : '';
  const worst =
    isFirst || topic === undefined
      ? serviceText(notice)
      : `${standing(topic.root)} ${placeText(topic.root.last)}: ${what(topic)}`;
  return clipAscii(worst, most - end.length) + end;
}

function serviceText(notice: Notice | undefined): string {
  return notice?.kind === 'undelivered'
    ? `UNDELIVERED cniwatch: ${unlinked(notice.summary, 600)}`
    : `TEST of cniwatch: ${unlinked(notice?.summary ?? '', 600)}`;
}

/** `2 critical, 1 warning; 3 closed` of the topics, and how many findings they explain. */
export function countsText({ topics }: Message): string {
  const count = (urgencies: readonly number[]) => topics.filter(({ root }) => urgencies.includes(urgency(root))).length;
  const symptoms = topics.reduce((sum, each) => sum + each.symptoms.length, 0);
  const parts = [
    [count([0]), 'critical'],
    [count([1]), 'warning'],
    [count([2, 3]), 'closed'],
  ] as const;
  const text = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return [...text, ...(symptoms > 0 ? [`${plural(symptoms, 'finding')} explained by these`] : [])].join(', ');
}

/** `cniwatch triage --cluster shop --region eu-west-1` of the worst that is not over. */
export function triageCommand({ topics }: Message): string | undefined {
  const [topic] = topics.filter(({ root }) => urgency(root) < 2);
  if (topic === undefined) return undefined;
  const { name, region } = topic.root.last.cluster;
  return `cniwatch triage --cluster ${clip(name, 100)} --region ${clip(region, 30)}`;
}
