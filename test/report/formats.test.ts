import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessmentDocument } from '#lib/model/assessment.ts';
import { render as html } from '#lib/report/html.ts';
import { FORMATS } from '#lib/report/index.ts';
import { render as json } from '#lib/report/json.ts';
import { render as markdown } from '#lib/report/markdown.ts';
import { render as table } from '#lib/report/table.ts';
import { wrap } from '#lib/report/wrap.ts';
import { aDocument, aFinding, anAssessment } from '#test/scenarios/assessments.ts';

const OK = aFinding({
  verdict: 'ok',
  resource: { kind: 'subnet', id: 'subnet-quiet' },
  summary: '200 of 251 addresses are free.',
});
const NOT_USED = aFinding({
  check: 'cilium-agent',
  verdict: 'not-applicable',
  resource: { kind: 'cluster', id: 'arn', name: 'shop-prod' },
});
const DENIED = aFinding({
  check: 'cni-agents',
  verdict: 'unknown',
  resource: { kind: 'cluster', id: 'arn', name: 'shop-prod' },
  summary: 'The input pods was not read (Forbidden): pods is forbidden.',
  evidence: { remedy: 'Bind the ClusterRole cniwatch-reader to the role.' },
});
const DOCUMENT = aDocument(
  anAssessment([OK], { name: 'quiet', region: 'us-east-1' }),
  anAssessment([aFinding({ timeToImpact: 'hours', evidence: { free: 3, hoursToExhaustion: 3.5 } }), DENIED, OK, NOT_USED], {
    collectors: [
      { id: 'subnets', ok: true, durationMs: 12.3, calls: { DescribeSubnets: 2 }, pages: 2 },
      {
        id: 'pods',
        ok: false,
        code: 'Forbidden',
        reason: 'pods is forbidden',
        remedy: 'Bind it.',
        durationMs: 3,
        calls: {},
        pages: 0,
      },
    ],
  }),
  anAssessment([], { name: 'empty' }),
);

describe('the table', () => {
  const lines = table(DOCUMENT, { width: 80 }).split('\n');

  test('has a line of verdict a cluster, the worst first', () => {
    expect(lines.slice(0, 3)).toEqual([
      'CRITICAL  shop-prod  eu-west-1  111122223333  1 critical, 1 unknown, 1 ok, 1 not applicable; not read: pods',
      'OK        quiet      us-east-1  111122223333  1 ok',
      'N/A       empty      eu-west-1  111122223333  nothing judged',
    ]);
  });
  test('tells each problem with its resource, what was measured, and what to do', () => {
    expect(lines.slice(3)).toEqual([
      '',
      'shop-prod in eu-west-1',
      '',
      '  CRITICAL  subnet-ip-exhaustion · subnet subnet-0abc (pods-a) · impact: hours',
      '            (3.5 h)',
      '            3 of 251 addresses are free (98.8 % used).',
      '            → add-pod-subnet (why and how: cniwatch explain',
      '            subnet-ip-exhaustion)',
      '',
      '  UNKNOWN   cni-agents · cluster shop-prod',
      '            The input pods was not read (Forbidden): pods is forbidden.',
      '            → Bind the ClusterRole cniwatch-reader to the role.',
      '',
      '3 clusters checked at 2026-11-24 03:00:00 UTC: 1 critical, 1 ok, 1 not applicable',
      '',
    ]);
  });
  test('colours nothing but what it says', () => {
    const coloured = table(DOCUMENT, { width: 80, colour: true });
    expect(coloured).toContain('\u001b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(lines.join('\n'));
  });
  test('shows ten that differ of one check, and says how many more there are', () => {
    const many = Array.from({ length: 25 }, (_, index) =>
      aFinding({ resource: { kind: 'node', id: `node-${index}` }, summary: `${index} of 50 addresses are free.` }),
    );
    const text = table(aDocument(anAssessment(many)), {});
    expect(text.match(/· node node-/g)).toHaveLength(10);
    expect(text).toContain('and 15 more of subnet-ip-exhaustion critical: --output json lists them');
  });
  test('says once what holds of many resources, and names them', () => {
    const nodes = Array.from({ length: 12 }, (_, index) => {
      const id = `node-${String(index).padStart(2, '0')}`;
      return aFinding({ resource: { kind: 'node', id }, summary: `The agent does not work on ${id}, and 4 pods wait.` });
    });
    const other = aFinding({ resource: { kind: 'node', id: 'node-99' }, summary: 'The agent does not work on node-99.' });
    const text = table(aDocument(anAssessment([...nodes, other])), { width: 200 });
    expect(text).toContain('· node node-00');
    expect(text).toContain('The agent does not work on node-00, and 4 pods wait.');
    expect(text).toContain('The same of node-01, node-02, node-03, node-04, node-05, node-06, node-07, node-08, and 3 more.');
    expect(text).not.toContain('on node-01');
    expect(text).toContain('· node node-99');
  });
  test('explains a remediation in a sentence where it fits into three lines, once a cluster', () => {
    const twice = aDocument(
      anAssessment([aFinding(), aFinding({ resource: { kind: 'subnet', id: 'subnet-b' }, summary: 'None is free.' })]),
    );
    const advice = (width: number) => {
      const text = table(twice, { width }).replace(/\s+/g, ' ');
      return [...text.matchAll(/→ (.*?) \(why and how: cniwatch explain [\w-]+\)/g)].map(([, told]) => told);
    };
    const [explained, again] = advice(120);
    expect(explained).toMatch(/^add-pod-subnet: Give pods more room in the same zone: .* for custom networking\.$/);
    expect(again).toBe('add-pod-subnet');
    expect(advice(60)).toEqual(['add-pod-subnet', 'add-pod-subnet']);
  });
  test('names a remediation that it does not know', () =>
    expect(table(aDocument(anAssessment([aFinding({ remediation: 'constructor' })])), {})).toContain(
      '→ constructor (why and how: cniwatch explain subnet-ip-exhaustion)',
    ));
  test('tells once what several checks say alike', () => {
    const text = table(aDocument(anAssessment([DENIED, { ...DENIED, check: 'max-pods-mismatch' }])), {});
    expect(text).toContain('cni-agents, max-pods-mismatch · cluster shop-prod');
    expect(text.match(/was not read/g)).toHaveLength(1);
  });
});

test('lines are no longer than the width unless one word is, and no word is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/)), fc.integer({ min: 1, max: 40 }), (words, width) => {
      const lines = wrap(words.join(' '), width);
      expect(lines.join(' ').split(' ').filter(Boolean)).toEqual(words);
      for (const [index, line] of lines.entries()) {
        expect(line.length <= width || !line.includes(' ')).toBe(true);
        const next = lines[index + 1]?.split(' ')[0];
        if (next !== undefined) expect(line.length + 1 + next.length).toBeGreaterThan(width);
      }
    }),
  );
});

describe('JSON', () => {
  test('is the document', () => {
    expect(JSON.parse(json(DOCUMENT, {}))).toEqual(DOCUMENT);
    expect(assessmentDocument.parse(JSON.parse(json(DOCUMENT, {})))).toEqual(DOCUMENT);
  });
  test('with problems only keeps the counts', () => {
    const { clusters } = JSON.parse(json(DOCUMENT, { problems: true }));
    expect(clusters[1].findings.map((finding: { verdict: string }) => finding.verdict)).toEqual(['critical', 'unknown']);
    expect(clusters[1].summary).toMatchObject({ ok: 1, notApplicable: 1 });
  });
});

describe('Markdown', () => {
  test('has the fleet, the problems and what was not read', () => {
    const text = markdown(DOCUMENT, {});
    expect(text).toContain(
      '| **critical** | shop-prod | eu-west-1 | 111122223333 | 1 critical, 1 unknown, 1 ok, 1 not applicable |',
    );
    expect(text).toContain('| **critical** | subnet-ip-exhaustion | subnet subnet-0abc \\(pods-a\\) |');
    expect(text).toContain('| pods | pods is forbidden | Bind it. |');
    expect(text).toContain('<details><summary>1 ok, 1 not applicable</summary>');
  });
  test('with problems only leaves the rest out', () =>
    expect(markdown(DOCUMENT, { problems: true })).not.toContain('subnet-quiet'));
});

test.each([
  ['HTML', html],
  ['Markdown', markdown],
])('%s says the whole of what to do, for readers without a command line', (_, render) => {
  const text = render(DOCUMENT, {});
  expect(text).toContain('Give pods more room in the same zone');
  expect(text).toMatch(/rules that name the pods(&#39;|')s? CIDRs\. \\?\(add-pod-subnet\\?\)/);
  expect(render(aDocument(anAssessment([aFinding({ remediation: 'of-a-newer-version' })])), {})).toContain('of-a-newer-version');
});

describe('HTML', () => {
  const page = html(DOCUMENT, {});

  test('asks for nothing and runs nothing', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form)\b|\bsrc=|url\(|@import|https?:/i);
    expect(page).toContain(`content="default-src &#39;none&#39;`);
  });
  test('is one document whose elements are closed in order', () => {
    const open: string[] = [];
    for (const [, end, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (name === 'meta') continue;
      if (end) expect(open.pop()).toBe(name);
      else open.push(name);
    }
    expect(open).toEqual([]);
  });
  test('shows the worst cluster first, its problems, its evidence and its sources', () => {
    expect(page.indexOf('id="cluster-0-name"><span class="badge critical">critical</span> shop-prod')).toBeGreaterThan(0);
    expect(page).toContain('<th scope="row">hoursToExhaustion</th><td>3.5</td>');
    expect(page).toContain('1 of 2 sources not read');
    expect(page.indexOf('Bind the ClusterRole')).toBeLessThan(page.indexOf('subnet-quiet'));
  });
  test('gives records a table of their own, with a column for every key', () => {
    const records = html(
      aDocument(
        anAssessment([aFinding({ evidence: { blockers: [{ block: 'a' }, { ips: 2 }], none: [], nested: { x: [1, 2] } } })]),
      ),
      {},
    );
    expect(records).toContain('<th scope="col">block</th><th scope="col">ips</th>');
    expect(records).toContain('<td>1, 2</td>');
    expect(records).toContain('<th scope="row">none</th><td>none</td>');
  });
  test('says once what holds of many nodes, and names each of them with its evidence', () => {
    const nodes = Array.from({ length: 12 }, (_, index) =>
      aFinding({
        resource: { kind: 'node', id: `node-${index}.` },
        summary: `The agent does not work on node-${index}.`,
        evidence: { restarts: 100 + index },
      }),
    );
    const folded = html(aDocument(anAssessment(nodes)), {});
    expect(folded.match(/<article/g)).toHaveLength(1);
    expect(folded).toContain('The same of 11 more');
    expect(folded.match(/What to do:/g)).toHaveLength(1);
    for (const index of nodes.keys()) expect(folded).toContain(`<td>${100 + index}</td>`);
  });
  const mapped = (map: string) =>
    html(aDocument(anAssessment([aFinding({ evidence: { cidr: '10.0.0.0/22', map, free: 3 } })])), {});
  test('shows the map of a subnet as a grid, a row a /24, with its legend and no more', () => {
    const grid = mapped(`a${'.'.repeat(47)}..ooo#####xxxx.a`);
    expect(grid).toContain('Map of 10.0.0.0/22');
    expect([...grid.matchAll(/<th scope="row">(10[.\d]+)<\/th>/g)].map(([, row]) => row)).toEqual([
      '10.0.0.0',
      '10.0.1.0',
      '10.0.3.0',
    ]);
    expect(grid).toContain('to 10.0.2.0: 2 rows alike');
    expect(grid).toContain(`<span class="run ours" style="--blocks: 3" title="10.0.3.32 to 10.0.3.79">ooo</span>`);
    expect(grid).toContain('<b>5</b> prefix of this cluster');
    expect(grid).not.toContain('leaked interfaces alone');
    expect(grid).toContain('<th scope="row">free</th>');
    expect(grid).not.toContain('<th scope="row">map</th>');
  });
  test.each(['', 'a?.a', '<b>'])('shows what is no map, %j, as any other evidence', (text) => {
    expect(mapped(text)).toContain('<th scope="row">map</th>');
    expect(mapped(text)).not.toContain('class="map"');
  });
  test('stays small where every row of a /16 differs and no two neighbours are alike', () => {
    const rows = Array.from({ length: 256 }, (_, row) =>
      row.toString(2).padStart(8, '0').replace(/0/g, '.o').replace(/1/g, 'x#'),
    );
    expect(mapped(rows.join('')).length).toBeLessThan(300_000);
  });
  test('with problems only leaves the rest out', () => expect(html(DOCUMENT, { problems: true })).not.toContain('subnet-quiet'));
});

test.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])('an empty fleet is a valid %s', async (format) => {
  const { render } = await FORMATS[format]();
  expect(render(aDocument(), {})).toMatch(/\n$/);
});

describe('what a symptom comes from', () => {
  const root = aFinding({
    check: 'cni-agents',
    resource: { kind: 'daemonset', id: 'kube-system/aws-node' },
    fingerprint: 'root',
  });
  const symptom = aFinding({
    check: 'pods-awaiting-network',
    resource: { kind: 'cluster', id: 'arn', name: 'shop' },
    causes: ['root'],
  });
  const gone = aFinding({ resource: { kind: 'subnet', id: 'subnet-1' }, causes: ['of another run'] });
  const text = (render: typeof table) =>
    render(aDocument(anAssessment([root, symptom, gone])), { width: 100 }).replace(/\\/g, '');

  test.each([
    ['table', table],
    ['markdown', markdown],
    ['html', html],
  ])('stands in the %s, once', (_name, render) => {
    expect(text(render).match(/because of cni-agents \(daemonset kube-system\/aws-node\)/g)).toHaveLength(1);
  });
});
