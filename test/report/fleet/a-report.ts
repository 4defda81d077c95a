import type { Finding } from '#lib/model/finding.ts';
import type { FindingState } from '#lib/model/finding-state.ts';
import { buildReport, type ReportInput } from '#lib/report/fleet/build-report.ts';
import { fleetOf } from '#lib/report/fleet/fleet-problem.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';
import { ACCOUNT, REGION } from '#test/scenarios/slices.ts';

export const EARLIER = '2026-11-23T06:55:00.000Z';
export const LATEST = '2026-11-24T06:55:00.000Z';
const subnet = (index: number, verdict: Finding['verdict'], over: Partial<Finding> = {}) =>
  aFinding({
    verdict,
    resource: { kind: 'subnet', id: `subnet-${index}`, name: `pods-${index}` },
    fingerprint: `subnet-${index}`,
    ...over,
  });
const node = (index: number) =>
  aFinding({
    ...{ check: 'cni-agents', verdict: 'critical', fingerprint: `node-${index}`, remediation: 'restart-cni-agent', evidence: {} },
    resource: { kind: 'node', id: `ip-10-0-0-${index}.ec2.internal` },
    summary: `The agent does not work on ip-10-0-0-${index}.ec2.internal.`,
  });
const unread = aFinding({
  ...{
    check: 'coredns',
    verdict: 'unknown',
    fingerprint: 'coredns',
    evidence: { remedy: 'Bind the ClusterRole cniwatch-reader.' },
  },
  resource: { kind: 'cluster', id: 'arn', name: 'search' },
  summary: 'The input pods was not read (Forbidden): pods is forbidden.',
});
const forecast = (hours: number) => ({ evidence: { free: 9, hoursToExhaustion: hours }, timeToImpact: 'hours' as const });

const before = aDocument(
  anAssessment([subnet(1, 'warning', forecast(20)), subnet(2, 'critical'), subnet(3, 'critical'), subnet(4, 'warning')]),
  anAssessment([subnet(5, 'warning', { check: 'coredns' })], { name: 'search' }),
  anAssessment([subnet(6, 'critical')], { name: 'old' }),
  anAssessment([], { name: 'silent' }),
);
const after = aDocument(
  anAssessment([subnet(1, 'critical', forecast(6)), subnet(3, 'warning'), subnet(4, 'warning'), ...[11, 12, 13, 14].map(node)]),
  anAssessment([unread], { name: 'search' }),
  anAssessment([subnet(7, 'warning')], { name: 'fresh' }),
  anAssessment([aFinding({ check: 'check-cluster', verdict: 'unknown', fingerprint: 'silent', remediation: '' })], {
    name: 'silent',
    configHash: '',
  }),
);

export const aState = (over: Partial<FindingState>): FindingState => ({
  cluster: { account: ACCOUNT, region: REGION, name: 'shop-prod', arn: 'arn' },
  ...{ fingerprint: 'x', check: 'dns-quality', resource: { kind: 'cluster', id: 'arn', name: 'shop-prod' } },
  ...{ status: 'open', verdict: 'warning', told: 'warning', recent: 'bb', sequence: 1, summary: '4 % of lookups failed.' },
  ...{ openedAt: '2026-11-20T06:00:00.000Z', changedBy: 'r', changedAt: '2026-11-20T06:00:00.000Z', expiresAt: 0 },
  ...over,
});

/** A fleet in which something of everything happened. */
export const eventful = (over: Partial<ReportInput> = {}): ReportInput => ({
  kind: 'daily',
  timezone: 'UTC',
  period: { from: '2026-11-23T07:00:00.000Z', to: '2026-11-24T07:00:00.000Z' },
  earlier: { run: { id: 'earlier', at: EARLIER }, fleet: fleetOf(before) },
  latest: { run: { id: 'latest', at: LATEST }, fleet: fleetOf(after) },
  states: new Map([
    ['subnet-4', aState({ fingerprint: 'subnet-4' })],
    [
      'passed',
      aState({
        fingerprint: 'passed',
        status: 'resolved',
        openedAt: '2026-11-23T20:00:00.000Z',
        changedAt: '2026-11-23T22:00:00.000Z',
      }),
    ],
  ]),
  notes: ['No run started for 45 minutes in all; the longest pause began at 2026-11-23 20:10:00 UTC.'],
  generatedAt: new Date('2026-11-24T07:00:05.000Z'),
  ...over,
});

export const aReport = (over: Partial<ReportInput> = {}) => buildReport(eventful(over));
