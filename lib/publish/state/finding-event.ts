import { createHash } from 'node:crypto';
import type { FindingEventDetail, FindingEventType, PendingEvent } from '#lib/model/event.ts';
import type { FindingState } from '#lib/model/finding-state.ts';
import type { Run, Transition } from '#lib/publish/state/step.ts';

/**
 * Bytes that an event's detail may have. EventBridge takes 256 KB an entry and passes it on to targets that take no more
 * (EventBridge user guide, "Calculating PutEvents event entry size"); a transaction of DynamoDB takes 4 MB, of which 49 such events
 * are 3.2 (DynamoDB API reference, TransactWriteItems).
 */
export const MOST_DETAIL_BYTES = 65_536;
/** Characters of a summary in an event without evidence, so that it stays within the limit whatever a check wrote. */
const MOST_SUMMARY = 4_000;

/** The same for the same transition, however often it is computed or sent: 32 hexadecimal digits. */
export function transitionId(fingerprint: string, sequence: number, type: FindingEventType): string {
  return createHash('sha256')
    .update(JSON.stringify([fingerprint, sequence, type]))
    .digest('hex')
    .slice(0, 32);
}

/** The event that tells a transition. `state` is the one after it. */
export function findingEvent(state: FindingState, transition: Transition, { runId, takenAt }: Run): PendingEvent {
  const { type, sequence, openedAt, previousVerdict, reason, finding } = transition;
  const id = transitionId(state.fingerprint, sequence, type);
  const { check, resource, verdict, summary, fingerprint } = finding ?? state;
  const { timeToImpact, causes, remediation, evidence } = finding ?? {};
  const detail = {
    schemaVersion: 1,
    transitionId: id,
    sequence,
    runId,
    at: takenAt,
    cluster: state.cluster,
    finding: { check, verdict, resource, summary, timeToImpact, causes, remediation, fingerprint, evidence },
    openedAt,
    previousVerdict,
    reason,
  } as FindingEventDetail;
  return { transitionId: id, sequence, type, at: takenAt, clusterArn: state.cluster.arn, detail: fitted(detail) };
}

/** JSON within the limit: evidence that is too large is left out, and the event says so. */
function fitted(detail: FindingEventDetail): string {
  const whole = JSON.stringify(detail);
  if (Buffer.byteLength(whole) <= MOST_DETAIL_BYTES) return whole;
  const { evidence: _, causes: __, ...finding } = detail.finding;
  const summary = finding.summary.slice(0, MOST_SUMMARY);
  return JSON.stringify({ ...detail, finding: { ...finding, summary, evidenceOmitted: true } });
}
