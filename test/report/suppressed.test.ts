import { expect, test } from 'vitest';
import { assessmentDocument } from '#lib/model/assessment.ts';
import { onlyProblems } from '#lib/report/document.ts';
import { render as html } from '#lib/report/html.ts';
import { render as json } from '#lib/report/json.ts';
import { render as markdown } from '#lib/report/markdown.ts';
import { render as table } from '#lib/report/table.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const KNOWN = aFinding({
  resource: { kind: 'subnet', id: 'subnet-old' },
  suppressed: { reason: 'goes with the old VPC', until: '2026-12-31' },
});
const OVERDUE = aFinding({
  verdict: 'warning',
  check: 'leaked-enis',
  resource: { kind: 'subnet', id: 'subnet-late' },
  remediation: 'delete-leaked-enis',
  suppressionExpired: { reason: 'cleaned up in October', until: '2026-10-31' },
});
const SUMMARY = { ok: 0, warning: 1, critical: 0, unknown: 0, notApplicable: 0, suppressed: 1 };
const DOCUMENT = aDocument(anAssessment([KNOWN, OVERDUE], { verdict: 'warning', summary: SUMMARY }));

test('the table tells what is suppressed in a line, below what counts, and of what counts again', () => {
  const lines = table(DOCUMENT, { width: 110 }).split('\n');
  expect(lines[0]).toBe('WARNING   shop-prod  eu-west-1  111122223333  1 warning, 1 suppressed');
  expect(lines).toContain('            counts again: its suppression ended (2026-10-31: cleaned up in October).');
  expect(lines.slice(-4)).toEqual([
    '  critical · subnet-ip-exhaustion · subnet subnet-old · suppressed until 2026-12-31: goes with the old VPC',
    '',
    '1 cluster checked at 2026-11-24 03:00:00 UTC: 1 warning',
    '',
  ]);
});

test('many that are suppressed are cut short in the table', () => {
  const many = Array.from({ length: 12 }, (_, index) => ({
    ...KNOWN,
    resource: { kind: 'subnet', id: `subnet-${index}` } as const,
  }));
  const text = table(aDocument(anAssessment(many, { verdict: 'ok' })), {});
  expect(text.match(/suppressed until/g)).toHaveLength(10);
  expect(text).toContain('and 2 more that are suppressed: --output json lists them');
});

test('Markdown has a table of them', () => {
  const text = markdown(DOCUMENT, {});
  expect(text).toContain('### Suppressed');
  expect(text).toContain('| 2026-12-31: goes with the old VPC |');
  expect(text).toContain(
    'leaked-enis | subnet subnet-late | 3 of 251 addresses are free \\(98.8 % used\\). \\(counts again: its suppression ended',
  );
  expect(text.split('### Suppressed')[0]).not.toContain('subnet-old');
});

test('HTML folds them away', () => {
  const text = html(DOCUMENT, {});
  expect(text).toContain('<summary>1 suppressed finding</summary>');
  expect(text).toContain('suppressed until 2026-12-31: goes with the old VPC');
  expect(text.match(/<article /g)).toHaveLength(1);
  expect(text).toContain('counts again: its suppression ended (2026-10-31: cleaned up in October)');
});

test('JSON has them with their reason, also where only problems are asked for', () => {
  for (const problems of [true, false]) {
    const document = assessmentDocument.parse(JSON.parse(json(DOCUMENT, { problems })));
    expect(document.clusters[0]?.findings.map(({ suppressed }) => suppressed?.reason)).toEqual([
      'goes with the old VPC',
      undefined,
    ]);
    expect(document.clusters[0]?.summary.suppressed).toBe(1);
  }
  expect(onlyProblems(DOCUMENT)).toEqual(DOCUMENT);
});
