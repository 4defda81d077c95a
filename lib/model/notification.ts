import * as z from 'zod';
import { resolvedReason } from '#lib/model/event.ts';
import { finding } from '#lib/model/finding.ts';
import { badVerdict } from '#lib/model/finding-state.ts';
import { target } from '#lib/model/target.ts';

const common = {
  id: z.string().describe('the same in every repeat: drop those that were seen before'),
  at: z.iso.datetime().describe('when it came about'),
  verdict: badVerdict.describe('how bad it is, or was before it closed'),
  summary: z.string().describe('what was measured, in one sentence'),
};

export const findingNotice = z
  .object({
    ...common,
    kind: z.enum(['opened', 'escalated', 'resolved']),
    sequence: z.int().describe('of two notices of one fingerprint, the later one has the higher sequence'),
    runId: z.string(),
    cluster: target.pick({ account: true, region: true, name: true, arn: true }),
    check: z.string(),
    resource: finding.shape.resource,
    fingerprint: z.string(),
    openedAt: z.iso.datetime(),
    causes: z.array(z.string()).describe('fingerprints of the findings that explain it'),
    timeToImpact: finding.shape.timeToImpact,
    hoursToExhaustion: z.number().optional(),
    remediation: z.string().optional().describe('the id of the remediation that would help'),
    remedy: z.string().optional().describe('what to do, where the finding itself says so'),
    reason: resolvedReason.optional(),
  })
  .describe('a finding that opened, escalated or closed');
export type FindingNotice = Readonly<z.infer<typeof findingNotice>>;

export const serviceNotice = z
  .object({
    ...common,
    kind: z
      .enum(['undelivered', 'test'])
      .describe('undelivered: another target could not be told of findings; test: somebody asked for a test message'),
  })
  .describe('what notifications say of themselves');
export type ServiceNotice = Readonly<z.infer<typeof serviceNotice>>;

/** One thing that a target is to be told. */
export const notice = z.discriminatedUnion('kind', [findingNotice, serviceNotice]);
export type Notice = FindingNotice | ServiceNotice;

/** The body of a webhook's request. */
export const webhookBody = z
  .object({
    schemaVersion: z.literal(1),
    messageId: z.string().describe('of this set of notices: a repeat of a message that may have been lost has the same'),
    sentAt: z.iso.datetime(),
    target: z.string().describe('which target of cniwatch.yaml this is'),
    title: z.string().describe('a line of plain text that says the worst'),
    link: z.url().optional().describe('the summary of the run, in the AWS console'),
    notices: z.array(notice).min(1).describe('the worst first'),
  })
  .describe('What a webhook is sent. Texts are plain: escape them for where they are shown.');
export type WebhookBody = Readonly<z.infer<typeof webhookBody>>;

export const isOfFinding = (told: Notice): told is FindingNotice => told.kind !== 'undelivered' && told.kind !== 'test';
