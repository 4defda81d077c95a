import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Assessment, AssessmentDocument } from '#lib/model/assessment.ts';
import type { Metric } from '#lib/model/metric.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { render as csv } from '#lib/report/csv.ts';
import { render as junit } from '#lib/report/junit.ts';
import { render as prometheus } from '#lib/report/prometheus.ts';
import { snakeCase } from '#lib/report/prometheus-metric.ts';
import { scrape } from '#test/report/scrape.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const CLUSTER = { kind: 'cluster', id: 'arn', name: 'shop-prod' } as const;
const BAD = aFinding({ timeToImpact: 'hours', evidence: { free: 3, hoursToExhaustion: 3.5 } });
const WARNING = aFinding({ verdict: 'warning', resource: { kind: 'node', id: 'node-1' }, summary: 'Close to full.' });
const UNREAD = aFinding({
  check: 'cni-agents',
  verdict: 'unknown',
  resource: CLUSTER,
  summary: 'The input pods was not read.',
  evidence: { remedy: 'Bind the ClusterRole.' },
});
const OK = aFinding({ verdict: 'ok', resource: { kind: 'subnet', id: 'subnet-ok' }, summary: '200 addresses are free.' });
const UNUSED = aFinding({ check: 'cilium-agent', verdict: 'not-applicable', resource: CLUSTER, summary: 'Cilium is not used.' });
const KNOWN = aFinding({
  resource: { kind: 'subnet', id: 'subnet-known' },
  suppressed: { reason: 'being emptied', until: '2027-01-01' },
});
const FINDINGS = [BAD, UNREAD, WARNING, KNOWN, OK, UNUSED];
const unreadPods = {
  id: 'pods',
  ok: false,
  reason: 'pods is forbidden.',
  remedy: 'Bind it.',
  durationMs: 1500,
  calls: {},
  pages: 0,
};
const SHOP = anAssessment(FINDINGS, { collectors: [unreadPods] });
const DOCUMENT = aDocument(SHOP, anAssessment([OK], { name: 'quiet' }));

const CHARACTERS = [
  '<',
  '&',
  ']]>',
  '"',
  "'",
  '\\',
  '\n',
  '\r\n',
  '\t',
  ',',
  ';',
  '=',
  '+',
  '-',
  '@',
  '|',
  '{',
  '}',
  '\u0000',
  '\u001b[31m',
  '\ufffe',
  '\ud800',
  '\u202e',
  '\uff1d',
  'ü',
  '日本',
  '🙂',
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...CHARACTERS, 'a', ' ')).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

/** Every place where text of a cluster stands. */
const everywhere = (text: string): AssessmentDocument =>
  aDocument(
    anAssessment(
      [
        aFinding({
          check: text,
          resource: { kind: 'pod', id: text, name: `${text}x` },
          summary: text,
          evidence: { text, remedy: text },
        }),
        aFinding({ verdict: 'unknown', resource: { kind: 'pod', id: `b${text}` }, summary: text, remediation: text }),
        aFinding({ verdict: 'not-applicable', resource: { kind: 'pod', id: `c${text}` }, summary: text }),
        aFinding({ resource: { kind: 'pod', id: `d${text}` }, summary: text, suppressed: { reason: text, until: text } }),
      ],
      {
        ...{ name: text, account: text, region: text, arn: text, takenAt: text },
        collectors: [{ ...unreadPods, id: text, reason: text, remedy: text }],
        metrics: [{ name: 'SubnetFreeIps', unit: 'Count', dimensions: { Account: text, SubnetId: text }, value: 1 }],
      },
    ),
  );

describe('CSV', () => {
  const rows = (document: AssessmentDocument, options = {}): Record<string, string>[] =>
    parse(csv(document, options), { columns: true, record_delimiter: '\r\n' });

  test('has a row a finding, with what to do about a problem', () => {
    const found = rows(DOCUMENT);
    expect(found.map(({ cluster, verdict, check }) => [cluster, verdict, check])).toEqual([
      ['shop-prod', 'critical', 'subnet-ip-exhaustion'],
      ['shop-prod', 'unknown', 'cni-agents'],
      ['shop-prod', 'warning', 'subnet-ip-exhaustion'],
      ['shop-prod', 'critical', 'subnet-ip-exhaustion'],
      ['shop-prod', 'ok', 'subnet-ip-exhaustion'],
      ['shop-prod', 'not-applicable', 'cilium-agent'],
      ['quiet', 'ok', 'subnet-ip-exhaustion'],
    ]);
    expect(found[0]).toMatchObject({
      resource_id: 'subnet-0abc',
      resource_name: 'pods-a',
      hours_to_exhaustion: '3.5',
      time_to_impact: 'hours',
    });
    expect(JSON.parse(found[0]?.['evidence'] ?? '')).toEqual({ free: 3, hoursToExhaustion: 3.5 });
    expect(found[1]).toMatchObject({ what_to_do: 'Bind the ClusterRole.', hours_to_exhaustion: '' });
    expect(found[3]).toMatchObject({ suppressed_until: '2027-01-01', suppressed_reason: 'being emptied' });
    expect(found[4]).toMatchObject({ what_to_do: '' });
  });
  test('with problems only leaves the rest out', () =>
    expect(rows(DOCUMENT, { problems: true }).map(({ verdict }) => verdict)).toEqual([
      'critical',
      'unknown',
      'warning',
      'critical',
    ]));
  test.each([
    ['=HYPERLINK("https://evil.example")', `'=HYPERLINK("https://evil.example")`],
    ['+1', `'+1`],
    ['-1', `'-1`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `' =1`],
    ['\uff1d1', `'\uff1d1`],
    ['a=1', 'a=1'],
    ['a "quoted", text', 'a "quoted", text'],
  ])('takes %j for no formula', (text, cell) =>
    expect(rows(aDocument(anAssessment([aFinding({ summary: text })])))[0]?.['summary']).toBe(cell),
  );
  test('gives any text back as one cell, whatever it holds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [row, ...others] = rows(everywhere(text));
        expect(others).toHaveLength(3);
        expect(row?.['summary']?.replace(/^'/, '')).toBe(plainText(text).replace(/^'/, ''));
        expect(JSON.stringify(rows(everywhere(text)))).not.toMatch(/":"\s*[=+\-@]/);
      }),
    );
  });
});

describe('JUnit XML', () => {
  const parsed = (document: AssessmentDocument, options = {}) =>
    new DOMParser({ onError: onErrorStopParsing }).parseFromString(junit(document, options), 'text/xml').documentElement;
  const elements = (root: ReturnType<typeof parsed>, name: string) => [...(root?.getElementsByTagName(name) ?? [])];
  const attribute = (element: ReturnType<typeof elements>[number] | undefined, name: string) => element?.getAttribute(name);

  test('has a suite a cluster, and what is wrong as failures and errors', () => {
    const root = parsed(DOCUMENT);
    expect(root?.tagName).toBe('testsuites');
    expect(['tests', 'failures', 'errors', 'skipped'].map((name) => root?.getAttribute(name))).toEqual(['7', '2', '1', '2']);
    const [shop, quiet] = elements(root, 'testsuite');
    expect(attribute(shop, 'name')).toBe('shop-prod in eu-west-1, account 111122223333');
    expect(attribute(shop, 'timestamp')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    expect(['tests', 'failures', 'errors', 'skipped'].map((name) => attribute(quiet, name))).toEqual(['1', '0', '0', '0']);
    expect(elements(root, 'failure').map((each) => attribute(each, 'type'))).toEqual(['critical', 'warning']);
    expect(elements(root, 'error').map((each) => each.textContent)).toEqual([
      'The input pods was not read.\nWhat to do: Bind the ClusterRole.',
    ]);
    expect(elements(root, 'skipped').map((each) => attribute(each, 'message'))).toEqual([
      expect.stringContaining('suppressed until 2027-01-01: being emptied'),
      'Cilium is not used.',
    ]);
    expect(elements(root, 'system-err')[0]?.textContent).toBe('not read: pods: pods is forbidden. Bind it.');
  });
  test('keeps to the order that the schema has: properties, cases, system-err', () => {
    const [shop] = elements(parsed(DOCUMENT), 'testsuite');
    const names = [...(shop?.childNodes ?? [])].filter(({ nodeType }) => nodeType === 1).map(({ nodeName }) => nodeName);
    expect(names).toEqual(['properties', ...FINDINGS.map(() => 'testcase'), 'system-err']);
  });
  test('counts what it shows where problems alone are wanted', () => {
    const root = parsed(DOCUMENT, { problems: true });
    expect(root?.getAttribute('tests')).toBe('4');
    expect(elements(root, 'testcase')).toHaveLength(4);
  });
  test('is well formed whatever a cluster is called', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const root = parsed(everywhere(text));
        expect(elements(root, 'testcase')).toHaveLength(4);
        const clean = plainText(text).replace(/[\ufffe\uffff]/g, '');
        expect(attribute(elements(root, 'failure')[0], 'message')).toBe(clean);
      }),
    );
  });
});

describe('the Prometheus text', () => {
  const subnet = (value: number): Metric => ({
    name: 'SubnetFreeIps',
    unit: 'Count',
    dimensions: { Account: '1', SubnetId: 'subnet-1' },
    value,
  });
  const measuredAt = (takenAt: string, name: string, ...metrics: Metric[]): Assessment =>
    anAssessment([], { name, takenAt, metrics });
  const series = (document: AssessmentDocument) =>
    Object.fromEntries(
      scrape(prometheus(document, {})).samples.map(({ name, labels, value }) => [
        `${name}${JSON.stringify(Object.values(labels))}`,
        value,
      ]),
    );

  test('tells verdicts, counts, problems, forecasts and sources', () => {
    const told = series(aDocument(SHOP));
    const at = '"111122223333","eu-west-1","shop-prod"';
    expect(told).toMatchObject({
      [`cniwatch_cluster_verdict[${at},"critical"]`]: 1,
      [`cniwatch_cluster_verdict[${at},"ok"]`]: 0,
      [`cniwatch_findings[${at},"warning"]`]: 1,
      [`cniwatch_problem[${at},"subnet-ip-exhaustion","critical","subnet","subnet-0abc"]`]: 1,
      [`cniwatch_exhaustion_seconds[${at},"subnet-ip-exhaustion","subnet","subnet-0abc"]`]: 12_600,
      [`cniwatch_source_up[${at},"pods"]`]: 0,
      [`cniwatch_source_duration_seconds[${at},"pods"]`]: 1.5,
      [`cniwatch_snapshot_timestamp_seconds[${at}]`]: Date.parse(SHOP.takenAt) / 1000,
    });
    expect(Object.keys(told).filter((name) => name.startsWith('cniwatch_problem'))).toHaveLength(3);
  });
  test.each<[Metric, Record<string, number>]>([
    [{ name: 'SubnetUsed', unit: 'Percent', dimensions: { Pool: 'a' }, value: 98 }, { 'cniwatch_subnet_used_ratio["a"]': 0.98 }],
    [
      { name: 'CanarySecondsToNetwork', unit: 'Seconds', dimensions: {}, value: 4 },
      { 'cniwatch_canary_seconds_to_network_seconds[]': 4 },
    ],
    [{ name: 'DnsLatency', unit: 'Milliseconds', dimensions: {}, value: 250 }, { 'cniwatch_dns_latency_seconds[]': 0.25 }],
    [
      { name: 'NodeFreeIps', unit: 'Count', dimensions: { Cluster: 'shop' }, values: [5, 1], counts: [1, 3] },
      {
        'cniwatch_node_free_ips_distribution["shop","0"]': 1,
        'cniwatch_node_free_ips_distribution["shop","0.5"]': 1,
        'cniwatch_node_free_ips_distribution["shop","0.9"]': 5,
        'cniwatch_node_free_ips_distribution["shop","1"]': 5,
        'cniwatch_node_free_ips_distribution_sum["shop"]': 8,
        'cniwatch_node_free_ips_distribution_count["shop"]': 4,
      },
    ],
  ])('has %j in base units', (metric, expected) =>
    expect(series(aDocument(measuredAt('2026-11-24T03:00:00Z', 'shop', metric)))).toMatchObject(expected),
  );
  test('has a subnet that clusters share once, as it was read last', () => {
    const told = series(
      aDocument(measuredAt('2026-11-24T03:00:00Z', 'a', subnet(7)), measuredAt('2026-11-24T03:00:01Z', 'b', subnet(6))),
    );
    expect(told['cniwatch_subnet_free_ips["1","subnet-1"]']).toBe(6);
  });
  test('of an empty fleet is a comment', () => expect(scrape(prometheus(aDocument(), {})).samples).toEqual([]));
  test('is read back whatever a cluster is called', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { samples } = scrape(prometheus(everywhere(text), {}));
        const problem = samples.find(({ name }) => name === 'cniwatch_problem');
        expect(problem?.labels['cluster']).toBe(plainText(text));
      }),
    );
  });
  test.each([
    ['SubnetFreeIps', 'subnet_free_ips'],
    ['DNSSlow', 'dnsslow'],
    ['CanaryDnsOk', 'canary_dns_ok'],
    ['P99-Latency', 'p99_latency'],
  ])('names %s %s', (name, snake) => expect(snakeCase(name)).toBe(snake));
});
