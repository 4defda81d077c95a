import { clip, unlinked } from '#lib/publish/notify/clip.ts';
import { type Message, sizeOf, type Topic } from '#lib/publish/notify/message.ts';
import {
  adviceText,
  countsText,
  impactText,
  lastingText,
  placeText,
  resourceText,
  standing,
  title,
  triageCommand,
} from '#lib/publish/notify/words.ts';

/** What a header and a section of Slack's Block Kit take (Slack API reference, "Header block", "Section block"), less some. Characters. */
const MOST_TITLE = 140;
const MOST_DESCRIPTION = 2_800;
const MOST_STEP = 600;
const MOST_STEPS = 4;
const MOST_RESOURCES = 10;

/**
 * The schema of custom notifications, version 1.0.
 * Source: Amazon Q Developer in chat applications administrator guide, "Custom notifications", "Event schema".
 */
export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
  };
}

/** A message for a chat channel. One about a single finding goes into that finding's thread, where the channel allows threads. */
export function chatMessage(message: Message): ChatMessage {
  const { topics, service, id } = message;
  const [first] = topics;
  const heading = escapeChat(title(message, MOST_TITLE));
  const findings = topics.flatMap(({ root, symptoms }) => [root, ...symptoms]).map(({ last }) => last);
  const only = sizeOf(message) === 1 && first !== undefined ? first.root.last.fingerprint : id;
  const clusters = [...new Set(findings.map(({ cluster }) => cluster.name))].map((name) => clip(name, 100));
  return {
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: heading,
      description: description(message),
      nextSteps: nextSteps(message),
      keywords: ['cniwatch', ...new Set(findings.map(({ verdict }) => verdict)), ...clusters.slice(0, 3)],
    },
    metadata: {
      threadId: only,
      summary: heading,
      eventType: service.length > 0 && topics.length === 0 ? 'cniwatch notice' : 'cniwatch finding',
      relatedResources: [...new Set(findings.map(({ cluster }) => cluster.arn))].slice(0, MOST_RESOURCES),
    },
  };
}

function description(message: Message): string {
  const counts = countsText(message);
  const lines = [...(counts === '' ? [] : [counts]), ...message.service.map(({ summary }) => escapeChat(unlinked(summary, 600)))];
  const link = message.link ? `\nReport: ${message.link}` : '';
  const kept = link.length + 60;
  let length = lines.reduce((sum, line) => sum + line.length + 1, kept);
  let shown = 0;
  for (const topic of message.topics) {
    const text = topicText(topic, message.at);
    length += text.length + 1;
    if (length > MOST_DESCRIPTION) break;
    lines.push(text);
    shown += 1;
  }
  const left = message.topics.length - shown;
  if (left > 0) lines.push(`And ${left} more: see the report.`);
  return `${lines.join('\n')}${link}`;
}

function topicText({ root, symptoms }: Topic, now: Date): string {
  const { last } = root;
  const times = [lastingText(root, now), impactText(last)].filter((text) => text !== undefined);
  const explains = symptoms.length > 0 ? ` Explains ${symptoms.length} more.` : '';
  const place = `${placeText(last)}: ${last.check}, ${resourceText(last)}`;
  return `• *${standing(root)}* ${escapeChat(place)}. ${escapeChat(unlinked(last.summary, 400))} ${times.join('; ')}.${explains}`;
}

function nextSteps(message: Message): string[] {
  const advice = message.topics.flatMap(({ root }) => adviceText(root.last) ?? []);
  const triage = triageCommand(message);
  const steps = [
    ...(triage ? [`Run \`${triage}\``] : []),
    ...[...new Set(advice)].map((text) => escapeChat(clip(text, MOST_STEP))),
  ];
  return steps.slice(0, MOST_STEPS);
}

/**
 * Text of a cluster as chat Markdown that means that text. Neither Slack nor Teams has an escape for all the marks of style, links and
 * mentions that they read (Slack API reference, "Formatting text for app surfaces"; Microsoft Teams, "Format cards"), so these become
 * characters that look alike, and a word joiner keeps addresses and names from becoming links.
 */
export function escapeChat(text: string): string {
  return text
    .replaceAll('&', '\uff06')
    .replaceAll('<', '\u2039')
    .replaceAll('>', '\u203a')
    .replaceAll('*', '\u2217')
    .replaceAll('~', '\u223c')
    .replaceAll('`', "'")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\u02cd')
    .replaceAll('](', '] (')
    .replaceAll('://', ':\u2060//')
    .replace(/@/g, '@\u2060')
    .replace(/\bwww\./gi, 'www\u2060.');
}
