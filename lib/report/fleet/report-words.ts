import type { ClusterChange, FindingChange, FleetReport, ReportFinding } from '#lib/model/fleet-report.ts';
import { plainText } from '#lib/model/plain-text.ts';
import type { Target } from '#lib/model/target.ts';
import { countsText, timeText } from '#lib/report/words.ts';

/** A group of findings: its name, and what is in it. */
export const GROUPS: Readonly<Record<FindingChange, { readonly title: string; readonly says: string; readonly word: string }>> = {
  opened: { title: 'Opened', says: 'Bad now, and not before.', word: 'opened' },
  escalated: { title: 'Escalated', says: 'A warning before, critical now.', word: 'escalated' },
  unread: {
    title: 'No longer judged',
    says: 'They could not be read now: what is said of them is what was last known, and they may be as bad or worse.',
    word: 'no longer judged',
  },
  eased: { title: 'Eased', says: 'Critical before, a warning now.', word: 'eased' },
  resolved: { title: 'Resolved', says: 'No problem any more, or suppressed by cniwatch.yaml since.', word: 'resolved' },
  gone: { title: 'Gone with their cluster', says: 'The cluster is not in the fleet any more.', word: 'gone' },
  passed: { title: 'Came and went', says: 'Opened and closed again in between.', word: 'came and went' },
  open: { title: 'Still open', says: 'As they were.', word: 'still open' },
};

export const CLUSTER_CHANGES: Readonly<Record<ClusterChange, string>> = {
  'not-seen': 'not seen: the run left no result of it',
  worse: 'worse',
  new: 'new',
  gone: 'gone: deleted, out of the configuration, or its Region could not be listed',
  better: 'better',
  same: 'as before',
};

/** `3 opened, 1 escalated, 12 still open`: what there is of. */
export function changesText(changes: FleetReport['changes']): string {
  const present = (Object.keys(GROUPS) as FindingChange[]).filter((change) => (changes[change] ?? 0) > 0);
  return present.length === 0
    ? 'nothing is wrong'
    : present.map((change) => `${changes[change]} ${GROUPS[change].word}`).join(', ');
}

/** `2 critical, 1 unknown, 4 warning`. */
export function problemsText(problems: FleetReport['problems']): string {
  const none = problems.critical + problems.unknown + problems.warning === 0;
  return none ? 'no problems' : countsText({ ...problems, ok: 0, notApplicable: 0 });
}

export const clusterText = ({ name, region, account }: Pick<Target, 'name' | 'region' | 'account'>): string =>
  plainText(`${name} (${region}, ${account})`);

/** `3 days`: since when, in the largest unit of which there are two or more; minutes otherwise. */
export function ageText(since: string, at: string): string {
  const minutes = Math.max(0, Math.floor((Date.parse(at) - Date.parse(since)) / 60_000));
  if (Number.isNaN(minutes)) return 'an unknown time';
  if (minutes >= 2 * 1_440) return `${Math.floor(minutes / 1_440)} days`;
  if (minutes >= 2 * 60) return `${Math.floor(minutes / 60)} hours`;
  return `${minutes} minute${minutes === 1 ? '' : 's'}`;
}

/** `in 6 h, was 20 h`; nothing where nothing is forecast. */
export function hoursText({ hoursToExhaustion: now, previousHoursToExhaustion: before }: ReportFinding): string {
  const was = before === undefined ? '' : `${hours(before)} before`;
  if (now === undefined) return was === '' ? '' : `no forecast, ${was}`;
  return was === '' || now === before ? `exhausted in ${hours(now)}` : `exhausted in ${hours(now)}, ${was}`;
}

const hours = (value: number): string => `${Math.round(value * 10) / 10} h`;

/** `24 November 2026, 07:00 to ...` in UTC, with the runs that it looks at. */
export function periodText({ period, timezone, earlier, latest }: FleetReport): string {
  const times = `${timeText(period.from)} to ${timeText(period.to)}${timezone === 'UTC' ? '' : ` (days of ${timezone})`}`;
  if (latest === undefined) return times;
  return `${times}; checked at ${timeText(latest.at)}${earlier === undefined ? '' : `, compared with ${timeText(earlier.at)}`}`;
}
