import { csvText } from '#lib/report/csv-text.ts';
import { isQuiet, type Render } from '#lib/report/document.ts';
import { adviceText } from '#lib/report/words.ts';

const COLUMNS = [
  'account',
  'region',
  'cluster',
  'read_at',
  'verdict',
  'check',
  'resource_kind',
  'resource_id',
  'resource_name',
  'summary',
  'time_to_impact',
  'hours_to_exhaustion',
  'what_to_do',
  'remediation',
  'suppressed_until',
  'suppressed_reason',
  'fingerprint',
  'evidence',
] as const;

/** A row a finding, for spreadsheets and data bases; `evidence` is JSON. */
export const render: Render = ({ clusters }, { problems = false }) => {
  const rows = clusters.flatMap(({ account, region, name, takenAt, findings }) =>
    findings
      .filter((finding) => !problems || !isQuiet(finding))
      .map((finding) => {
        const { check, verdict, resource, summary, timeToImpact, evidence, remediation, suppressed, fingerprint } = finding;
        const hours = evidence['hoursToExhaustion'];
        return [
          ...[account, region, name, takenAt, verdict, check, resource.kind, resource.id, resource.name, summary, timeToImpact],
          typeof hours === 'number' ? hours : undefined,
          isQuiet(finding) ? undefined : adviceText(finding),
          ...[remediation, suppressed?.until, suppressed?.reason, fingerprint, JSON.stringify(evidence)],
        ];
      }),
  );
  return csvText(COLUMNS, rows);
};
