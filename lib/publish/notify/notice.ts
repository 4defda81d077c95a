import type { FindingEventDetail, FindingEventType } from '#lib/model/event.ts';
import type { FindingNotice } from '#lib/model/notification.ts';
import { clip } from '#lib/publish/notify/clip.ts';

/** Characters of a text that a cluster had a hand in: a message has room for several. */
const MOST_TEXT = 500;
const MOST_NAME = 253;
const MOST_CAUSES = 20;

const KINDS = { 'Finding Opened': 'opened', 'Finding Escalated': 'escalated', 'Finding Resolved': 'resolved' } as const;

/** What a target is told of an event: its texts are plain and short. */
export function noticeOf(type: FindingEventType, detail: FindingEventDetail): FindingNotice {
  const { transitionId: id, at, sequence, runId, cluster, finding, openedAt } = detail;
  const { evidence = {}, resource, timeToImpact, remediation } = finding;
  const { remedy, hoursToExhaustion } = evidence;
  return {
    id,
    at,
    kind: KINDS[type],
    verdict: verdictOf(detail),
    summary: clip(finding.summary, MOST_TEXT),
    sequence,
    runId,
    cluster,
    check: clip(finding.check, MOST_NAME),
    resource: {
      kind: resource.kind,
      id: clip(resource.id, MOST_NAME),
      ...(resource.name === undefined ? {} : { name: clip(resource.name, MOST_NAME) }),
    },
    fingerprint: finding.fingerprint,
    openedAt,
    causes: (finding.causes ?? []).slice(0, MOST_CAUSES),
    ...(timeToImpact && { timeToImpact }),
    ...(typeof hoursToExhaustion === 'number' && { hoursToExhaustion }),
    ...(remediation && { remediation: clip(remediation, MOST_NAME) }),
    ...(typeof remedy === 'string' && remedy !== '' && { remedy: clip(remedy, MOST_TEXT) }),
    ...('reason' in detail && { reason: detail.reason }),
  };
}

/** Of a finding that closed: as it was told. The run that closes it may judge it ok. */
function verdictOf(detail: FindingEventDetail): 'warning' | 'critical' {
  if ('reason' in detail) return detail.previousVerdict;
  return detail.finding.verdict === 'critical' ? 'critical' : 'warning';
}
