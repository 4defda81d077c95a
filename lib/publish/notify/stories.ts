import { isOfFinding, type Notice } from '#lib/model/notification.ts';

/** All that waits to be told of one thing, in its order. `last` is how it stands now. */
export interface Story<Told extends Notice = Notice> {
  readonly last: Told;
  readonly notices: readonly Told[];
}

/** Notices by what they are of, a finding or themselves; in the order in which each began. */
export function storiesOf<Told extends Notice>(notices: readonly Told[]): Story<Told>[] {
  const groups = Map.groupBy(notices, (notice) => (isOfFinding(notice) ? notice.fingerprint : notice.id));
  return [...groups.values()].flatMap((group) => {
    const ordered = group.toSorted((a, b) => sequenceOf(a) - sequenceOf(b));
    const last = ordered.at(-1);
    return last === undefined ? [] : [{ last, notices: ordered }];
  });
}

const sequenceOf = (notice: Notice): number => (isOfFinding(notice) ? notice.sequence : 0);

/** Lower comes first: what is critical now, what is bad now, what came and went, what has closed. */
export function urgency({ last, notices }: Story): number {
  if (last.kind === 'resolved') return notices.some(({ kind }) => kind !== 'resolved') ? 2 : 3;
  return last.verdict === 'critical' ? 0 : 1;
}

export const mostUrgentFirst = <Told extends Notice>(stories: readonly Story<Told>[]): Story<Told>[] =>
  stories.toSorted((a, b) => urgency(a) - urgency(b));
