import type { Assessment } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import { isQuiet, type Render } from '#lib/report/document.ts';
import { adviceText, causesText, impactText, resourceText, suppressionText } from '#lib/report/words.ts';
import { escapeXml } from '#lib/report/xml-text.ts';

/**
 * JUnit XML: a suite a cluster, a case a finding. Critical and warning are failures, their verdict the `type`; unknown is an error;
 * what does not apply or is suppressed is skipped.
 * Source: the schema of Jenkins' xUnit plugin, junit-10.xsd, to whose elements and their order this keeps.
 */
export const render: Render = ({ clusters }, { problems = false }) => {
  const shown = clusters.map((cluster) => ({
    ...cluster,
    findings: cluster.findings.filter((finding) => !problems || !isQuiet(finding)),
  }));
  const all = shown.flatMap(({ findings }) => findings);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cniwatch" ${countsOf(all)}>`,
    ...shown.flatMap(suite),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
};

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

function outcomeOf({ verdict, suppressed }: Finding): Outcome {
  if (suppressed !== undefined || verdict === 'not-applicable') return 'skipped';
  if (verdict === 'ok') return 'passed';
  return verdict === 'unknown' ? 'error' : 'failure';
}

function countsOf(findings: readonly Finding[]): string {
  const count = (wanted: Outcome) => findings.filter((finding) => outcomeOf(finding) === wanted).length;
  return `tests="${findings.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="0"`;
}

function suite(cluster: Assessment, index: number): readonly string[] {
  const { account, region, name, arn, verdict, takenAt, findings, collectors } = cluster;
  const properties = Object.entries({ account, region, cluster: name, arn, verdict });
  const unread = collectors.filter(({ ok }) => !ok).map(({ id, reason = '', remedy = '' }) => `${id}: ${reason} ${remedy}`);
  return [
    `  <testsuite id="${index}" name="${escapeXml(`${name} in ${region}, account ${account}`)}" ${countsOf(findings)} timestamp="${timestamp(takenAt)}">`,
    '    <properties>',
    ...properties.map(([key, value]) => `      <property name="${key}" value="${escapeXml(value)}"/>`),
    '    </properties>',
    ...findings.flatMap((finding) => testCase(finding, cluster)),
    ...(unread.length > 0
      ? [`    <system-err>${unread.map((line) => escapeXml(`not read: ${line}`)).join('\n')}</system-err>`]
      : []),
    '  </testsuite>',
  ];
}

function testCase(finding: Finding, cluster: Assessment): readonly string[] {
  const { check, verdict, resource, summary } = finding;
  const className = escapeXml(`${cluster.account}.${cluster.region}.${cluster.name}`);
  const open = `    <testcase classname="${className}" name="${escapeXml(`${check}: ${resourceText(resource)}`)}" time="0"`;
  const outcome = outcomeOf(finding);
  if (outcome === 'passed') return [`${open}/>`];
  const message = escapeXml(summary);
  if (outcome === 'skipped') {
    const why = suppressionText(finding);
    return [
      `${open}>`,
      `      <skipped message="${why === undefined ? message : escapeXml(`${why} (${summary})`)}"/>`,
      '    </testcase>',
    ];
  }
  const told = [summary, impactText(finding), causesText(finding, cluster), `What to do: ${adviceText(finding)}`];
  const text = told.filter((line) => line !== undefined).map(escapeXml);
  return [
    `${open}>`,
    `      <${outcome} type="${verdict}" message="${message}">${text.join('\n')}</${outcome}>`,
    '    </testcase>',
  ];
}

/** `xs:dateTime` without a zone, in UTC, as the schema has it; the Snapshot's time may be any text of a file. */
function timestamp(iso: string): string {
  const at = new Date(iso);
  return (Number.isNaN(at.getTime()) ? new Date(0) : at).toISOString().slice(0, 19);
}
