import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defaultConfig, parseConfig } from '#lib/config/config.ts';
import { configHash } from '#lib/config/hash.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import { assessment } from '#lib/model/assessment.ts';
import type { Check, CheckResult, MetricSample } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { MetricDeclaration } from '#lib/model/metric.ts';
import { VERDICTS_WORST_FIRST, type Verdict, verdict, worstVerdict } from '#lib/model/verdict.ts';
import { aCheck } from '#test/scenarios/checks.ts';
import { ACCOUNT, aNode, aSnapshot, DENIED, NOW, REGION } from '#test/scenarios/slices.ts';

const node = (id: string, verdict: Verdict, over: Partial<Judgement> = {}): Judgement => ({
  verdict,
  resource: { kind: 'node', id },
  summary: `${id} is ${verdict}.`,
  evidence: {},
  ...over,
});
const answering = (findings: readonly Judgement[], over: Partial<Check> = {}): Check =>
  aCheck({ inputs: [], evaluate: (): CheckResult => ({ findings, metrics: [] }), ...over });
const assess = (checks: readonly Check[], snapshot = aSnapshot()) =>
  evaluate(snapshot, { config: defaultConfig(checks), checks });

describe('a cluster', () => {
  test.each([
    { verdicts: ['ok', 'ok'], verdict: 'ok' },
    { verdicts: ['ok', 'warning'], verdict: 'warning' },
    { verdicts: ['warning', 'unknown', 'ok'], verdict: 'unknown' },
    { verdicts: ['unknown', 'critical', 'ok'], verdict: 'critical' },
    { verdicts: ['not-applicable', 'ok'], verdict: 'ok' },
    { verdicts: ['not-applicable'], verdict: 'not-applicable' },
  ] as const)('with findings $verdicts is $verdict', ({ verdicts, verdict }) => {
    const result = assess([answering(verdicts.map((each, index) => node(`n${index}`, each)))]);
    expect(result.verdict).toBe(verdict);
    expect(assessment.parse(result)).toEqual(result);
  });

  test('has its counts, its identity, and the hash of the configuration', () => {
    const checks = [
      answering(['ok', 'ok', 'warning', 'critical', 'unknown', 'not-applicable'].map((v, i) => node(`n${i}`, v as Verdict))),
    ];
    expect(assess(checks)).toMatchObject({
      account: ACCOUNT,
      region: REGION,
      name: 'shop-prod',
      takenAt: NOW,
      summary: { ok: 2, warning: 1, critical: 1, unknown: 1, notApplicable: 1 },
      configHash: configHash(defaultConfig(checks)),
    });
  });

  test('publishes how many findings of each severity are open, zeros too', () => {
    const dimensions = { Account: ACCOUNT, Region: REGION, Cluster: 'shop-prod' };
    expect(assess([answering([node('a', 'critical'), node('b', 'critical'), node('c', 'unknown')])]).metrics).toEqual([
      { name: 'FindingsOpen', unit: 'Count', value: 2, dimensions: { ...dimensions, Severity: 'critical' } },
      { name: 'FindingsOpen', unit: 'Count', value: 0, dimensions: { ...dimensions, Severity: 'warning' } },
      { name: 'FindingsOpen', unit: 'Count', value: 1, dimensions: { ...dimensions, Severity: 'unknown' } },
    ]);
  });

  test('counts a root once, and not what it explains', () => {
    const daemonSet: Judgement['resource'] = { kind: 'daemonset', id: 'aws-node' };
    const agents = [
      node('aws-node', 'critical', { resource: daemonSet, evidence: { nodes: ['a', 'b'] } }),
      node('a', 'critical'),
      node('b', 'critical'),
    ];
    const result = assess([
      answering(agents, { id: 'cni-agents' }),
      answering([node('a', 'critical')], { id: 'node-ip-capacity' }),
    ]);
    expect(result.summary.critical).toBe(4);
    expect(result.metrics).toContainEqual(expect.objectContaining({ name: 'FindingsOpen', value: 2 }));
  });
});

describe('findings', () => {
  test('stand worst first, then in the order of the registry, then by resource', () => {
    const first = answering([node('b', 'ok'), node('c', 'warning'), node('a', 'ok')], { id: 'z-first' });
    const second = answering([node('a', 'critical'), node('b', 'warning')], { id: 'a-second' });
    expect(assess([first, second]).findings.map(({ check, resource }) => `${check} ${resource.id}`)).toEqual([
      'a-second a',
      'z-first c',
      'a-second b',
      'z-first a',
      'z-first b',
    ]);
  });

  test('keep their fingerprint whatever was measured, and differ by check, cluster and resource', () => {
    const print = (check: Check, snapshot = aSnapshot()) => assess([check], snapshot).findings[0]?.fingerprint;
    const before = print(answering([node('a', 'ok')]));
    expect(before).toMatch(/^[0-9a-f]{32}$/);
    // A released contract: history, suppressions and alarms refer to it.
    expect(before).toBe('0669ff3a81e5b0c76bdc4c34c264b365');
    expect(print(answering([node('a', 'critical', { summary: 'other', evidence: { free: 1 } })]))).toBe(before);
    const others = [
      print(answering([node('b', 'ok')])),
      print(answering([node('a', 'ok', { resource: { kind: 'pod', id: 'a' } })])),
      print(answering([node('a', 'ok')], { id: 'other' })),
      print(answering([node('a', 'ok')]), { ...aSnapshot(), target: { ...aSnapshot().target, arn: 'arn:other' } }),
    ];
    expect(new Set([before, ...others]).size).toBe(5);
  });

  test('are the same whatever order a check gives them in', () => {
    const some = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1 }), verdict: fc.constantFrom(...verdict.options) }), {
      selector: ({ id }) => id,
      minLength: 1,
    });
    fc.assert(
      fc.property(some, fc.nat(), (list, turn) => {
        const judgements = list.map(({ id, verdict }) => node(id, verdict));
        const cut = turn % judgements.length;
        const straight = assess([answering(judgements)]);
        expect(assess([answering([...judgements.slice(cut), ...judgements.slice(0, cut)])])).toEqual(straight);
        const ranks = straight.findings.map((finding) => VERDICTS_WORST_FIRST.indexOf(finding.verdict));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        expect(straight.verdict).toBe(worstVerdict(list.map(({ verdict }) => verdict)));
      }),
    );
  });
});

describe('what was not read is unknown', () => {
  const check = aCheck({
    inputs: ['nodes', 'pods'],
    evaluate: () => {
      throw new Error('must not be called');
    },
  });

  test('a failed input is named, with its reason and its remedy', () => {
    const result = assess([check], aSnapshot({ nodes: [aNode()], pods: DENIED }));
    expect(result.verdict).toBe('unknown');
    expect(result.findings).toMatchObject([
      {
        check: 'nodes-cordoned',
        verdict: 'unknown',
        resource: { kind: 'cluster', name: 'shop-prod' },
        summary: 'The input pods was not read (AccessDenied): the call was denied',
        evidence: {
          remedy: 'grant the action to the role',
          failedInputs: [
            { input: 'pods', code: 'AccessDenied', reason: 'the call was denied', remedy: 'grant the action to the role' },
          ],
        },
      },
    ]);
  });

  test('several failed inputs make one finding that names them all', () => {
    const [finding, ...others] = assess([check], aSnapshot({ nodes: DENIED, pods: DENIED })).findings;
    expect(others).toEqual([]);
    expect(finding?.summary).toBe('The input nodes was not read (AccessDenied): the call was denied Nor were: pods.');
  });

  test('an optional slice that failed reaches the check as it is', () => {
    const optional = aCheck({
      inputs: [],
      optional: ['pods'],
      evaluate: ({ optional: { pods } }) => ({ findings: [node('a', pods?.ok ? 'ok' : 'unknown')], metrics: [] }),
    });
    expect(assess([optional], aSnapshot({ pods: DENIED })).verdict).toBe('unknown');
    expect(assess([optional], aSnapshot({ pods: [] })).verdict).toBe('ok');
  });
});

describe('a check that misbehaves is unknown, and the run goes on', () => {
  const METRICS: readonly MetricDeclaration[] = [
    { name: 'Nodes', unit: 'Count', per: 'cluster', description: 'nodes' },
    { name: 'Free', unit: 'Count', per: 'subnet', description: 'free addresses' },
    { name: 'Used', unit: 'Percent', per: 'distribution', description: 'use per node' },
  ];
  const emitting = (...metrics: readonly MetricSample[]): Check =>
    aCheck({ id: 'bad', inputs: [], metrics: METRICS, evaluate: () => ({ findings: [node('a', 'ok')], metrics }) });
  const throwing = (thrown: unknown): Check =>
    aCheck({
      id: 'bad',
      inputs: [],
      evaluate: () => {
        throw thrown;
      },
    });

  test.each([
    ['throws', throwing(new TypeError('x is undefined')), 'x is undefined'],
    ['throws what is no error', throwing('oops'), 'oops'],
    ['judges a resource twice', answering([node('a', 'ok'), node('a', 'warning')], { id: 'bad' }), 'it judged the node a twice'],
    ['emits an undeclared metric', emitting({ name: 'Nods', value: 1 }), 'it emitted the metric Nods, which it does not declare'],
    [
      'emits a metric twice',
      emitting({ name: 'Nodes', value: 1 }, { name: 'Nodes', value: 2 }),
      'Nodes twice for the same dimensions',
    ],
    ['emits no number', emitting({ name: 'Nodes', value: Number.NaN }), 'Nodes has the value NaN'],
    ['forgets the subnet', emitting({ name: 'Free', value: 1 }), 'declared per subnet and was emitted without a SubnetId'],
    ['adds a subnet', emitting({ name: 'Nodes', value: 1, dimensions: { SubnetId: 's' } }), 'was emitted with a SubnetId'],
    ['adds a dimension', emitting({ name: 'Nodes', value: 1, dimensions: { Node: 'n' } }), 'has the dimension Node'],
    ['gives one value of a distribution', emitting({ name: 'Used', value: 1 }), 'declared a distribution'],
    ['loses a count', emitting({ name: 'Used', values: [1, 2], counts: [1] }), 'has 2 values and 1 counts'],
  ])('it %s', (_, bad, reason) => {
    const good = answering([node('a', 'ok')], { id: 'good' });
    const { findings, metrics } = assess([bad, good]);
    expect(findings.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual(['bad unknown', 'good ok']);
    expect(findings[0]?.summary).toContain(reason);
    expect(metrics.map(({ name }) => name)).toEqual(['FindingsOpen', 'FindingsOpen', 'FindingsOpen']);
  });

  test('a check that finds nothing to judge is not applicable, never silent', () => {
    expect(assess([answering([])]).findings).toMatchObject([{ verdict: 'not-applicable', resource: { kind: 'cluster' } }]);
  });

  test('samples get their unit and dimensions; a subnet names no cluster', () => {
    const { metrics } = assess([
      emitting(
        { name: 'Nodes', value: 3 },
        { name: 'Free', value: 9, dimensions: { SubnetId: 'subnet-a' } },
        { name: 'Used', values: [10, 20], counts: [1, 2] },
      ),
    ]);
    expect(metrics.slice(0, 3)).toEqual([
      { name: 'Nodes', unit: 'Count', value: 3, dimensions: { Account: ACCOUNT, Region: REGION, Cluster: 'shop-prod' } },
      { name: 'Free', unit: 'Count', value: 9, dimensions: { Account: ACCOUNT, Region: REGION, SubnetId: 'subnet-a' } },
      {
        name: 'Used',
        unit: 'Percent',
        values: [10, 20],
        counts: [1, 2],
        dimensions: { Account: ACCOUNT, Region: REGION, Cluster: 'shop-prod' },
      },
    ]);
  });
});

describe('the configuration', () => {
  const echo = aCheck({
    inputs: [],
    options: z.object({ limit: z.number().default(3).describe('a limit') }),
    evaluate: ({ options, now }) => ({
      findings: [node('a', 'ok', { summary: JSON.stringify({ options, now }) })],
      metrics: [],
    }),
  });
  const summary = (yaml: string) =>
    evaluate(aSnapshot(), { config: parseConfig(yaml, 'cniwatch.yaml', [echo]), checks: [echo] }).findings.map(
      (finding) => finding.summary,
    );

  test('gives a check its options, and the Snapshot its time', () => {
    expect(summary('')).toEqual([JSON.stringify({ options: { limit: 3 }, now: NOW })]);
    expect(summary('checks: { nodes-cordoned: { options: { limit: 7 } } }')[0]).toContain('"limit":7');
  });
  test('switches a check off', () => expect(summary('checks: { nodes-cordoned: { enabled: false } }')).toEqual([]));
  test('that says nothing of a check leaves its defaults', () => {
    const { findings } = evaluate(aSnapshot(), { config: defaultConfig([]), checks: [echo] });
    expect(findings[0]?.summary).toContain('"limit":3');
  });
});

describe('an opt-in source that nobody switched on', () => {
  const needsIpamd = answering([], { id: 'ipamd-counters', inputs: ['ipamd'] });

  test('makes its check not-applicable, with what switches it on', () => {
    const [finding] = assess([needsIpamd]).findings;
    expect(finding).toMatchObject({
      verdict: 'not-applicable',
      summary: 'This check is opt-in. add it to collect.optIn in cniwatch.yaml',
      evidence: { failedInputs: [expect.objectContaining({ input: 'ipamd', code: 'NotEnabled' })] },
    });
  });

  test('beside one that could not be read leaves the check unknown', () => {
    const check = answering([], { inputs: ['ipamd', 'pods'] });
    expect(assess([check], aSnapshot({ pods: DENIED })).findings[0]?.verdict).toBe('unknown');
  });
});

describe('readings', () => {
  const reading = (value: number) => ({ series: 'SubnetFreeIps', id: 'subnet-a', value });
  const keeping = (readings: CheckResult['readings'] = [], history: Check['history'] = { SubnetFreeIps: 'free' }) =>
    aCheck({ inputs: [], history, evaluate: (): CheckResult => ({ findings: [], metrics: [], readings }) });

  test('of all checks stand in the Assessment, for the history', () => {
    const other = { ...keeping([{ ...reading(2), series: 'Other' }], { Other: 'another' }), id: 'other' };
    expect(assess([keeping([reading(1)]), other]).readings).toEqual([reading(1), { ...reading(2), series: 'Other' }]);
  });

  test.each([
    [
      'of a series that the check does not declare',
      keeping([reading(1)], {}),
      /keeps readings of SubnetFreeIps, which it does not/,
    ],
    ['that are no number', keeping([reading(Number.NaN)]), /reading of SubnetFreeIps is NaN/],
    ['of the same thing twice', keeping([reading(1), reading(2)]), /reads SubnetFreeIps of subnet-a twice/],
  ])('%s are a defect of the check, and are not kept', (_, check, summary) => {
    const { findings, readings } = assess([check]);
    expect(findings[0]).toMatchObject({ verdict: 'unknown', summary: expect.stringMatching(summary) });
    expect(readings).toEqual([]);
  });
});
