import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleetReport, reportHeadline } from '#lib/model/fleet-report.ts';
import { fleetOf } from '#lib/report/fleet/fleet-problem.ts';
import { headlineOf } from '#lib/report/fleet/headline.ts';
import { reportsIndex } from '#lib/report/fleet/index-html.ts';
import { reportFiles } from '#lib/report/fleet/report-files.ts';
import { ageText, hoursText } from '#lib/report/fleet/report-words.ts';
import { forecasts, topRisks } from '#lib/report/fleet/top-risks.ts';
import { aReport, aState, EARLIER, LATEST } from '#test/report/fleet/a-report.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const REPORT = aReport();
const textOf = (name: string, report = REPORT) => reportFiles(report).find((file) => file.name === name)?.text ?? '';

describe('a report', () => {
  test('is as its schema says', () => expect(fleetReport.strict().parse(JSON.parse(textOf('fleet.json')))).toEqual(REPORT));

  test('has every finding in one group, what changed first', () => {
    expect(REPORT.findings.map(({ change, fingerprint }) => `${change} ${fingerprint}`)).toEqual([
      ...['node-11', 'node-12', 'node-13', 'node-14', 'subnet-7'].map((each) => `opened ${each}`),
      'escalated subnet-1',
      ...['coredns', 'silent', 'subnet-5'].map((each) => `unread ${each}`),
      'eased subnet-3',
      'resolved subnet-2',
      'gone subnet-6',
      'passed passed',
      'open subnet-4',
    ]);
    expect(REPORT.changes).toEqual({ opened: 5, escalated: 1, unread: 3, eased: 1, resolved: 1, gone: 1, passed: 1, open: 1 });
    expect(REPORT.problems).toEqual({ critical: 5, warning: 3, unknown: 3 });
  });
  test('has the clusters that changed first', () =>
    expect(REPORT.clusters.map(({ name, change }) => `${name} ${change}`)).toEqual([
      'silent not-seen',
      'search worse',
      'fresh new',
      'old gone',
      'shop-prod same',
    ]));
  test('says how a forecast changed, and since when a finding is open', () => {
    expect(forecasts(REPORT).map((each) => hoursText(each))).toEqual(['exhausted in 6 h, 20 h before']);
    expect(REPORT.findings.find(({ change }) => change === 'open')?.openedAt).toBe('2026-11-20T06:00:00.000Z');
  });
  test('begins with roots: what another finding explains comes with it', () => {
    const root = aFinding({ verdict: 'warning', fingerprint: 'root' });
    const symptom = aFinding({ fingerprint: 'symptom', causes: ['root'] });
    const alone = aFinding({ fingerprint: 'alone', causes: ['not in this report'] });
    const run = { run: { id: 'r', at: LATEST }, fleet: fleetOf(aDocument(anAssessment([root, symptom, alone]))) };
    expect(topRisks(aReport({ latest: run }), 10).map(({ fingerprint }) => fingerprint)).toEqual(['alone', 'root']);
  });
  test.each([
    ['opened before the earlier run', { openedAt: EARLIER }],
    ['closed after the latest run', { changedAt: '2026-11-24T06:56:00.000Z' }],
    ['was never told', { told: undefined, openedAt: undefined }],
    ['is open', { status: 'open' }],
  ] as const)('does not count as come and gone what %s', (_title, over) => {
    const within = { openedAt: '2026-11-23T20:00:00.000Z', changedAt: '2026-11-23T22:00:00.000Z', status: 'resolved' } as const;
    const state = { ...aState(within), ...over } as ReturnType<typeof aState>;
    expect(aReport({ states: new Map([['x', state]]) }).changes.passed).toBe(0);
  });
  test('without an earlier run compares with nothing: all is open', () => {
    const first = aReport({ earlier: undefined, notes: ['a first report'] });
    expect(new Set(first.findings.map(({ change }) => change))).toEqual(new Set(['open']));
    expect(first.clusters.map(({ change }) => change)).toEqual(['not-seen', 'same', 'same', 'same']);
    expect(headlineOf(first).summary.join(' ')).not.toContain('still open');
  });
  test('of a fleet that no run saw resolves nothing, and says so', () => {
    const unseen = aReport({ latest: undefined });
    expect(unseen.changes).toMatchObject({ unread: 6, resolved: 0, gone: 0 });
    expect(unseen.problems).toEqual({ critical: 0, warning: 0, unknown: 6 });
    expect(headlineOf(unseen).title).toBe('cniwatch daily report of 2026-11-24: the fleet was not checked');
  });
  test('of an empty fleet has every file', () => {
    const empty = aReport({
      earlier: { run: { id: 'e', at: EARLIER }, fleet: [] },
      latest: { run: { id: 'l', at: LATEST }, fleet: [] },
      states: new Map(),
      notes: [],
    });
    expect(headlineOf(empty).title).toBe('cniwatch daily report of 2026-11-24: no problems in 0 clusters');
    for (const { text } of reportFiles(empty)) expect(text).toMatch(/\S\r?\n$/);
  });
  test('that is made again is the same', () => {
    const texts = (report: typeof REPORT) => reportFiles(report).map(({ text }) => text);
    expect(texts(aReport())).toEqual(texts(REPORT));
  });
});

test('the headline says the worst in a line, and the rest in a few sentences', () => {
  const headline = headlineOf(REPORT);
  expect(reportHeadline.strict().parse(headline)).toEqual(headline);
  expect(headline.title).toBe('cniwatch daily report of 2026-11-24: 5 critical, 3 unknown, 3 warning in 4 clusters');
  expect(headline.summary).toEqual([
    'No run started for 45 minutes in all; the longest pause began at 2026-11-23 20:10:00 UTC.',
    '5 opened, 1 escalated, 3 no longer judged, 1 eased, 1 resolved, 1 gone, 1 came and went, 1 still open.',
    '1 cluster not seen.',
    '1 cluster new, 1 gone.',
    'The oldest is open for 4 days.',
    expect.stringMatching(
      /^Critical: subnet-ip-exhaustion, subnet subnet-1 \(pods-1\) of shop-prod .* \(exhausted in 6 h, 20 h before\): /,
    ),
    expect.stringMatching(/^Critical: cni-agents, node ip-10-0-0-11/),
    expect.stringMatching(/^Critical: cni-agents, node ip-10-0-0-12/),
  ]);
});

describe('the Markdown', () => {
  const text = textOf('fleet.md');
  test('has what changed before what is still open', () => {
    const titles = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(titles).toEqual([
      ...[
        'Opened: 5',
        'Escalated: 1',
        'No longer judged: 3',
        'Eased: 1',
        'Resolved: 1',
        'Gone with their cluster: 1',
        'Came and went: 1',
      ],
      ...['Clusters that changed', 'What to begin with', 'Forecasts', 'Still open: 1', 'All clusters'],
    ]);
  });
  test('folds what is said of many nodes', () => {
    expect(text).toContain('node ip-10-0-0-11.ec2.internal and 3 more');
    expect(text.slice(0, text.indexOf('## What to begin with'))).not.toContain('ip-10-0-0-12');
  });
});

test('the CSV has a row a finding, in the same order', () => {
  const rows: Record<string, string>[] = parse(textOf('fleet.csv'), { columns: true, record_delimiter: '\r\n' });
  expect(rows.map(({ change, fingerprint }) => `${change} ${fingerprint}`)).toEqual(
    REPORT.findings.map(({ change, fingerprint }) => `${change} ${fingerprint}`),
  );
  expect(rows.find(({ change }) => change === 'escalated')).toMatchObject({
    hours_to_exhaustion: '6',
    previous_hours_to_exhaustion: '20',
  });
});

const elementsOf = (page: string) => [...page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)].map(([, end, name]) => `${end}${name}`);

describe('the HTML', () => {
  const page = textOf('index.html');
  test('asks for nothing and runs nothing', () =>
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form)\b|\bsrc=|url\(|@import|https?:/i));
  test('closes its elements in order', () => {
    const open: string[] = [];
    for (const element of elementsOf(page)) {
      if (element === 'meta' || element === 'br') continue;
      if (element.startsWith('/')) expect(open.pop()).toBe(element.slice(1));
      else open.push(element);
    }
    expect(open).toEqual([]);
  });
  test('has one heading of the first level, no level left out, and a caption for each table', () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    expect(page.match(/<caption>/g)).toHaveLength(page.match(/<table>/g)?.length ?? -1);
  });
  test('has an id once', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  test('folds what is said of many nodes', () => expect(page).toContain('The same of 3 more'));
  test('is the same page of elements whatever a cluster is called', () => {
    const hostile = fc.oneof(
      fc.constantFrom('<script>', '"><b>', '</style>', '&lt;', '\u001b[1m', "' onclick='"),
      fc.string({ unit: 'binary' }),
    );
    const named = (text: string) => {
      const bad = aFinding({
        check: text,
        resource: { kind: 'pod', id: `x${text}` },
        summary: `x${text}`,
        evidence: { remedy: `x${text}` },
      });
      const cluster = anAssessment([bad], { name: text, region: text, account: text, arn: 'arn' });
      return aReport({
        latest: { run: { id: 'l', at: LATEST }, fleet: fleetOf(aDocument(cluster)) },
        earlier: undefined,
        states: new Map(),
        notes: [text],
      });
    };
    const harmless = elementsOf(textOf('index.html', named('x')));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(elementsOf(textOf('index.html', named(text)))).toEqual(harmless);
      }),
      { numRuns: 50 },
    );
  });
});

test('the index has the newest first, with a link to each', () => {
  const headline = (date: string, kind: 'daily' | 'weekly' = 'daily') => ({
    ...headlineOf(REPORT),
    ...{ kind, date, period: { from: `${date}T00:00:00Z`, to: `${date}T07:00:00Z` } },
  });
  const page = reportsIndex([headline('2026-11-23'), headline('2026-11-24'), headline('2026-11-24', 'weekly')]);
  expect([...page.matchAll(/href="([^"]+)"/g)].map(([, link]) => link)).toEqual([
    'daily/2026-11-24/index.html',
    'weekly/2026-11-24/index.html',
    'daily/2026-11-23/index.html',
  ]);
  expect(reportsIndex([])).toContain('There is none yet.');
});

test.each([
  ['2026-11-24T06:59:30Z', '0 minutes'],
  ['2026-11-24T06:59:00Z', '1 minute'],
  ['2026-11-24T05:01:00Z', '119 minutes'],
  ['2026-11-24T05:00:00Z', '2 hours'],
  ['2026-11-22T07:00:00Z', '2 days'],
  ['2026-11-24T08:00:00Z', '0 minutes'],
  ['at some time', 'an unknown time'],
])('what is open since %s is so for %s', (since, text) => expect(ageText(since, '2026-11-24T07:00:00Z')).toBe(text));
