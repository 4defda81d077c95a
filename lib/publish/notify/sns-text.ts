import { unlinked } from '#lib/publish/notify/clip.ts';
import { type Message, sizeOf, type Topic } from '#lib/publish/notify/message.ts';
import {
  adviceText,
  countsText,
  impactText,
  lastingText,
  placeText,
  resourceText,
  shortText,
  standing,
  title,
  triageCommand,
} from '#lib/publish/notify/words.ts';

/** SNS takes printable ASCII of at most 100 characters as a subject (SNS API reference, Publish). */
const MOST_SUBJECT = 100;
/** A text message has 140 ASCII characters; a longer one is sent, and paid, as several (SNS API reference, Publish). */
const MOST_SMS = 140;
/** What a person reads; far below the 256 KB that SNS takes. Bytes of UTF-8. */
const MOST_BODY = 16_000;
/** Topics that are told whole. */
const MOST_TOPICS = 20;
const SYMPTOMS_NAMED = 4;

export interface SnsText {
  readonly subject: string;
  /** For mail and queues. */
  readonly text: string;
  /** For phones. */
  readonly sms: string;
}

/** A message as plain text: the worst first, by cluster, and what did not find room is counted. */
export function snsText(message: Message): SnsText {
  const sms = shortText(message, MOST_SMS);
  const head = [[sms, countsText(message)].filter((line) => line !== '').join('\n')];
  const services = message.service.map(({ summary }) => unlinked(summary, 600));
  const foot = [endOf(message)].filter((text) => text !== '');
  const parts = byCluster(message.topics.slice(0, MOST_TOPICS), message.at);
  const shown: string[] = [];
  let bytes = sizeOfText([...head, ...services, ...foot]) + 200;
  for (const part of parts) {
    bytes += Buffer.byteLength(part) + 2;
    if (bytes > MOST_BODY) break;
    shown.push(part);
  }
  const left = message.topics.length - shown.length;
  const more = left > 0 ? [`And ${left} more of ${sizeOf(message)}: see the report.`] : [];
  const text = [...head, ...services, ...shown, ...more, ...foot].join('\n\n');
  return { subject: title(message, MOST_SUBJECT), text, sms };
}

const sizeOfText = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0);

/** Topics in the order of their clusters' worst, the first of each cluster under its heading. */
function byCluster(topics: readonly Topic[], now: Date): string[] {
  const clusters = Map.groupBy(topics, ({ root }) => root.last.cluster.arn);
  return [...clusters.values()].flatMap((ofCluster) =>
    ofCluster.map((topic, index) => [...(index === 0 ? [heading(topic)] : []), ...topicLines(topic, now)].join('\n')),
  );
}

const heading = ({ root: { last } }: Topic): string => `${placeText(last)}, account ${last.cluster.account}`;

function topicLines({ root, symptoms }: Topic, now: Date): string[] {
  const { last } = root;
  const advice = adviceText(last);
  const times = [lastingText(root, now), impactText(last)].filter((text) => text !== undefined);
  return [
    `- ${standing(root)}: ${last.check}, ${resourceText(last)}`,
    `  ${unlinked(last.summary, 500)}`,
    `  ${times.join('; ')}`,
    ...(advice === undefined ? [] : [`  Do: ${advice}`]),
    ...(symptoms.length === 0 ? [] : [`  Explains ${symptoms.length}: ${symptomsText(symptoms)}`]),
  ];
}

function symptomsText(symptoms: Topic['symptoms']): string {
  const named = symptoms.slice(0, SYMPTOMS_NAMED).map(({ last }) => `${last.check} (${resourceText(last)})`);
  return symptoms.length > named.length ? `${named.join(', ')} and ${symptoms.length - named.length} more` : named.join(', ');
}

/** Where to go on. */
function endOf(message: Message): string {
  const triage = triageCommand(message);
  return [...(triage ? [`Next: ${triage}`] : []), ...(message.link ? [`Report: ${message.link}`] : [])].join('\n');
}
