import * as z from 'zod';
import { match } from '#lib/config/match.ts';
import { arnOf } from '#lib/config/names.ts';
import { timeWindow } from '#lib/model/time-window.ts';

const topic = arnOf('sns', /[\w-]{1,256}(\.fifo)?/, 'an SNS topic');

/** What every kind of target has. */
const target = {
  minimumSeverity: z
    .enum(['warning', 'unknown', 'critical'])
    .default('warning')
    .describe('the least verdict that is told; unknown stands between warning and critical, since it may hide one'),
  batchMinutes: z
    .int()
    .min(0)
    .max(1440)
    .default(15)
    .describe('what comes within so many minutes is one message; 0 is a message for each run'),
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
  .default([])
  .describe('who is told when findings open, escalate and close');
export type NotificationTarget = z.infer<typeof notificationTarget>;
