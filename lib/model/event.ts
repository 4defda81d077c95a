import * as z from 'zod';
import { finding } from '#lib/model/finding.ts';
import { badVerdict } from '#lib/model/finding-state.ts';
import { target } from '#lib/model/target.ts';

/** `source` of every event that cniwatch puts on its bus. */
export const EVENT_SOURCE = 'cniwatch';

const eventFinding = z
  .object({
    ...finding.pick({ check: true, verdict: true, resource: true, summary: true, timeToImpact: true }).shape,
    ...finding.pick({ causes: true, remediation: true, fingerprint: true }).shape,
    evidence: finding.shape.evidence
      .optional()
      .describe('the named numbers of the check; absent where no run reports the finding any more'),
    evidenceOmitted: z.literal(true).optional().describe("the evidence is too large for an event: it stands in the run's result"),
  })
  .describe('the finding as this run judged it, or as it was last told where no run reports it any more');

const common = {
  schemaVersion: z.literal(1),
  transitionId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe('the same in every repeat of this event: drop those that were seen before'),
  sequence: z.int().min(1).describe('of two events of one fingerprint, the later one has the higher sequence'),
  runId: z.string().describe('the run that saw the change'),
  at: z.iso.datetime().describe("when that run's Snapshot was taken"),
  cluster: target.pick({ account: true, region: true, name: true, arn: true }),
  finding: eventFinding,
  openedAt: z.iso.datetime().describe('when the finding opened'),
};

export const resolvedReason = z
  .enum(['recovered', 'suppressed', 'no-longer-reported'])
  .describe(
    'recovered: good in as many runs as the policy asks for; suppressed: the configuration suppresses it now; no-longer-reported: the resource is gone, or its check is off',
  );

/** The `detail` of each event, by its `detail-type`. */
export const FINDING_EVENTS = {
  'Finding Opened': z.object(common).describe('A finding was bad in as many runs as the policy asks for.'),
  'Finding Escalated': z
    .object({ ...common, previousVerdict: badVerdict })
    .describe('An open finding is critical that was a warning. Told once while it is open.'),
  'Finding Resolved': z
    .object({ ...common, previousVerdict: badVerdict, reason: resolvedReason })
    .describe('An open finding is closed.'),
} as const;

export type FindingEventType = keyof typeof FINDING_EVENTS;
export type FindingEventDetail = {
  readonly [Type in FindingEventType]: Readonly<z.infer<(typeof FINDING_EVENTS)[Type]>>;
}[FindingEventType];
export type ResolvedReason = z.infer<typeof resolvedReason>;

/** An event that is to be told, as it waits in the outbox: `detail` is JSON. */
export interface PendingEvent {
  readonly transitionId: string;
  readonly sequence: number;
  readonly type: FindingEventType;
  readonly at: string;
  readonly clusterArn: string;
  readonly detail: string;
}
