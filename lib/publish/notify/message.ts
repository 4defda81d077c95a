import { createHash } from 'node:crypto';
import { type FindingNotice, isOfFinding, type Notice, type ServiceNotice } from '#lib/model/notification.ts';
import { mostUrgentFirst, type Story, storiesOf, urgency } from '#lib/publish/notify/stories.ts';

/** What one message says, before it takes the form of its medium. */
export interface Message {
  /** Of this set of notices: 32 hexadecimal digits. */
  readonly id: string;
  readonly target: string;
  readonly at: Date;
  /** Most urgent first. */
  readonly topics: readonly Topic[];
  /** What notifications say of themselves. */
  readonly service: readonly ServiceNotice[];
  /** The summary of the newest run that it tells of, in the AWS console. */
  readonly link?: string;
}

/** A finding that is a root among those told, with the findings that it explains. */
export interface Topic {
  readonly root: Story<FindingNotice>;
  readonly symptoms: readonly Story<FindingNotice>[];
}

export interface MessageOptions {
  readonly target: string;
  readonly at: Date;
  readonly linkTo?: (runId: string) => string;
}

export function composeMessage(notices: readonly Notice[], { target, at, linkTo }: MessageOptions): Message {
  const findings = notices.filter(isOfFinding);
  const newest = findings.reduce<FindingNotice | undefined>(
    (best, each) => (best && best.at >= each.at ? best : each),
    undefined,
  );
  const ids = notices.map(({ id }) => id).sort();
  return {
    id: createHash('sha256')
      .update(JSON.stringify([target, ids]))
      .digest('hex')
      .slice(0, 32),
    target,
    at,
    topics: topicsOf(mostUrgentFirst(storiesOf(findings))),
    service: notices.filter((told) => !isOfFinding(told)),
    ...(newest && linkTo && { link: linkTo(newest.runId) }),
  };
}

/**
 * Puts each symptom under the first of its causes that is told as well and is no less urgent. Links of more than one step end at the
 * first root; should they go round in a circle, all of it are roots.
 */
function topicsOf(stories: readonly Story<FindingNotice>[]): Topic[] {
  const told = new Map(stories.map((story) => [story.last.fingerprint, story]));
  const causeOf = (story: Story<FindingNotice>) =>
    story.last.causes
      .flatMap((fingerprint) => told.get(fingerprint) ?? [])
      .find((cause) => cause !== story && urgency(cause) <= urgency(story));
  const rootOf = (story: Story<FindingNotice>): Story<FindingNotice> => {
    const seen = new Set([story]);
    let at = story;
    for (let cause = causeOf(at); cause !== undefined; cause = causeOf(at)) {
      if (seen.has(cause)) return story;
      seen.add(cause);
      at = cause;
    }
    return at;
  };
  const groups = Map.groupBy(stories, rootOf);
  return stories
    .filter((story) => groups.get(story)?.includes(story) === true)
    .map((root) => ({ root, symptoms: (groups.get(root) ?? []).filter((story) => story !== root) }));
}

/** Topics and service notices: what a person counts. */
export const sizeOf = ({ topics, service }: Message): number => topics.length + service.length;
