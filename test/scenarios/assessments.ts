/** Assessments for the tests of reports: plausible defaults, and what the test is about. */
import type { Assessment, AssessmentDocument } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { clusterArn } from '#lib/model/target.ts';
import { worstVerdict } from '#lib/model/verdict.ts';
import { ACCOUNT, NOW, REGION } from '#test/scenarios/slices.ts';

export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    check: 'subnet-ip-exhaustion',
    verdict: 'critical',
    resource: { kind: 'subnet', id: 'subnet-0abc', name: 'pods-a' },
    summary: '3 of 251 addresses are free (98.8 % used).',
    evidence: { cidr: '10.0.0.0/24', free: 3, total: 251 },
    remediation: 'add-pod-subnet',
    fingerprint: '0'.repeat(32),
    ...over,
  };
}

export function anAssessment(findings: readonly Finding[], over: Partial<Assessment> = {}): Assessment {
  const name = over.name ?? 'shop-prod';
  const count = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length;
  return {
    account: ACCOUNT,
    region: REGION,
    name,
    arn: clusterArn(ACCOUNT, REGION, name),
    verdict: worstVerdict(findings.map(({ verdict }) => verdict)),
    summary: {
      ok: count('ok'),
      warning: count('warning'),
      critical: count('critical'),
      unknown: count('unknown'),
      notApplicable: count('not-applicable'),
    },
    findings: [...findings],
    metrics: [],
    readings: [],
    collectors: [],
    takenAt: NOW,
    configHash: 'c0ffee'.repeat(10),
    ...over,
  };
}

export const aDocument = (...clusters: readonly Assessment[]): AssessmentDocument => ({
  schemaVersion: 1,
  generatedAt: NOW,
  clusters,
});
