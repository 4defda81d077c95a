import * as z from 'zod';
import { match } from '#lib/config/match.ts';
import { arnOf } from '#lib/config/names.ts';
import { timeWindow } from '#lib/model/time-window.ts';

const topic = arnOf('sns', /[\w-]{1,256}(\.fifo)?/, 'an SNS topic');

/** What every kind of target has. */
const target = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'not a name: up to 64 letters, digits, - and _')
    .optional()
    .describe('what it is called in logs and messages (default: its kind and a hash of its address)'),
  minimumSeverity: z
    .enum(['warning', 'unknown', 'critical'])
    .default('warning')
    .describe('the least verdict that is told; unknown stands between warning and critical, since it may hide one'),
  batchMinutes: z
    .int()
    .min(0)
    .max(1440)
    .default(15)
    .describe(
      'at least so long from one message to the next: what comes in between is one message; with 0 each minute may have one',
    ),
  quietHours: timeWindow.optional().describe('when only critical findings are told; the others wait for the end'),
  resolved: z.boolean().default(true).describe('whether it is told that a finding has closed'),
  match,
};

const notificationTarget = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('sns').describe('plain text, for mail and phones'),
      topic: topic.describe('the ARN of the SNS topic'),
      ...target,
    }),
    z.strictObject({
      kind: z.literal('chat').describe('the schema of Amazon Q Developer in chat applications'),
      topic: topic.describe('the ARN of the SNS topic that the chat configuration is subscribed to'),
      ...target,
    }),
    z.strictObject({
      kind: z.literal('webhook').describe('a POST of JSON, signed by HMAC'),
      url: z.url({ protocol: /^https$/, error: 'not an https URL' }).describe('where to, by https'),
      secret: arnOf('secretsmanager', /secret:[\w/+=.@-]+/, 'a secret of Secrets Manager').describe(
        'the ARN of the Secrets Manager secret whose text is the key of the signature',
      ),
      ...target,
    }),
  ],
  'a target has the kind sns, chat or webhook',
);

export const notifications = z
  .array(notificationTarget)
  .superRefine((targets, context) => {
    const names = targets.map(
      ({ kind, name, ...address }) => name ?? `${kind} ${'url' in address ? address.url : address.topic}`,
    );
    for (const [index, given] of names.entries()) {
      if (names.indexOf(given) === index) continue;
      const message = 'another target has the same name, or the same address and no name: give each a name of its own';
      context.addIssue({ code: 'custom', path: [index], message });
    }
  })
  .default([])
  .describe('who is told when findings open, escalate and close');
export type NotificationTarget = z.infer<typeof notificationTarget>;
