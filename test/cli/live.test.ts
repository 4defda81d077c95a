import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AssessmentDocument, assessmentDocument } from '#lib/model/assessment.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Fault } from '#lib/sandbox/fault.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { run, start } from '#test/cli/run-cniwatch.ts';

let sandbox: Sandbox;
let folder = '';
const lifts: (() => void)[] = [];
beforeAll(async () => {
  sandbox = await startSandbox(embeddedFleet(new Date()));
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-live-'));
});
afterEach(() => {
  for (const lift of lifts.splice(0)) lift();
});
afterAll(async () => {
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

const cniwatch = (...argv: readonly string[]) => run(argv, sandbox.environment);
const strike = (fault: Fault) => lifts.push(sandbox.inject(fault));
const documentOf = (out: string): AssessmentDocument => JSON.parse(out);
const NAMES = ['analytics-prod', 'identity-prod', 'media-staging', 'payments-prod', 'shop-prod'];

describe('check', () => {
  test('of a Region prints one document of all its clusters in their order, and a line each on stderr', async () => {
    const { code, out, err } = await cniwatch('check', '--all', '--output', 'json');
    expect(assessmentDocument.safeParse(documentOf(out)).error).toBeUndefined();
    expect(documentOf(out).clusters.map(({ name }) => name)).toEqual(NAMES);
    expect(code).toBe(2);
    expect(
      err
        .trim()
        .split('\n')
        .map((line) => line.split(':')[0])
        .toSorted(),
    ).toEqual(NAMES);
  });

  test.each([
    [['--cluster', 'identity-prod'], 0],
    [['--cluster', 'shop-prod'], 1],
    [['--cluster', 'shop-prod,identity-prod', '--fail-on', 'critical'], 0],
    [['--cluster', 'payments-prod', '--cluster', 'identity-prod'], 2],
    [['--cluster', 'payments-prod', '--fail-on', 'never'], 0],
    [['--cluster', 'payments-prod', '--area', 'subnet'], 0],
    [['--cluster', 'identity-prod,no-such-cluster'], 3],
  ])('%j ends with %i', async (argv, expected) => {
    expect((await cniwatch('check', ...argv)).code).toBe(expected);
  });

  test('writes its report into a file, and nothing to stdout', async () => {
    const file = path.join(folder, 'deep/report.html');
    const { code, out } = await cniwatch('check', '--cluster', 'identity-prod', '--output', 'html', '--out-file', file);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(await readFile(file, 'utf8')).toContain('Pod networking of 1 cluster');
  });

  test('publishes each series once', async () => {
    const before = sandbox.metrics().length;
    const { code, err } = await cniwatch(
      'check',
      '--cluster',
      'identity-prod,payments-prod',
      '--publish-metrics',
      '--fail-on',
      'never',
    );
    const published = sandbox.metrics().slice(before);
    expect(code).toBe(0);
    expect(err).toContain(`${published.length} metrics published`);
    const series = published.map(({ namespace, name, dimensions }) =>
      JSON.stringify([namespace, name, Object.entries(dimensions).toSorted()]),
    );
    expect(new Set(series).size).toBe(series.length);
    expect(published.every(({ namespace }) => namespace === 'CNIWatch')).toBe(true);
  });

  test('that cannot publish still reports, and is not ok', async () => {
    strike({
      on: 'cloudwatch:PutMetricData',
      answer: { kind: 'error', code: 'AccessDenied', status: 403, message: 'not authorized' },
    });
    const { code, out, err } = await cniwatch('check', '--cluster', 'identity-prod', '--publish-metrics');
    expect(code).toBe(3);
    expect(out).toContain('OK        identity-prod');
    expect(err).toContain('error: cloudwatch:PutMetricData was denied');
  });
});

describe('a Snapshot', () => {
  test.each(['shop.json', 'shop.json.gz'])('captured into %s is judged as the cluster was', async (name) => {
    const file = path.join(folder, name);
    const captured = await cniwatch('capture', '--cluster', 'shop-prod', '--out-file', file);
    expect(captured).toMatchObject({ code: 0, out: '' });
    expect(captured.err).toMatch(/shop-prod in eu-west-1: .*shop\.json.*KiB: .*12 nodes/);
    const live = await cniwatch('check', '--cluster', 'shop-prod', '--history', 'none', '--output', 'json');
    const replayed = await cniwatch('check', '--snapshot', file, '--output', 'json');
    const findings = ({ out }: { out: string }): readonly Finding[] =>
      documentOf(out).clusters.flatMap((cluster) => cluster.findings);
    expect(findings(replayed)).toEqual(findings(live));
    expect(replayed.code).toBe(live.code);
  });
});

describe('what goes wrong while a cluster is read is unknown, says what to do, and the rest goes on', () => {
  const error = (code: string, status: number, message = 'refused'): Fault['answer'] => ({
    kind: 'error',
    code,
    status,
    message,
  });
  test.each<[string, Fault, string, string]>([
    ['one action denied', { on: 'ec2:DescribeSubnets', answer: error('UnauthorizedOperation', 403) }, 'subnets', 'AccessDenied'],
    [
      'credentials that expire',
      { on: 'ec2:DescribeSecurityGroupRules', answer: error('RequestExpired', 400) },
      'securityGroupRules',
      'ExpiredCredentials',
    ],
    ['an endpoint that drops connections', { on: 'GET *', answer: { kind: 'drop' } }, 'pods', 'ClusterUnreachable'],
    ['401 from Kubernetes', { on: 'GET *', answer: error('Unauthorized', 401) }, 'pods', 'Unauthorized'],
    ['403 from Kubernetes', { on: 'GET /api/v1/pods', answer: error('Forbidden', 403) }, 'pods', 'Forbidden'],
    ['pages that loop', { on: 'ec2:DescribeNetworkInterfaces', answer: { kind: 'loop' } }, 'networkInterfaces', 'PageTokenLoop'],
    ['a body cut in the middle', { on: 'GET /api/v1/nodes', answer: { kind: 'truncate' } }, 'nodes', 'TruncatedResponse'],
    ['HTML where JSON was due', { on: 'GET /api/v1/pods', answer: { kind: 'html', status: 200 } }, 'pods', 'UnexpectedResponse'],
    ['a source that never answers', { on: 'GET /api/v1/pods', answer: { kind: 'hang' } }, 'pods', 'DeadlineExceeded'],
  ])('%s', async (_, fault, source, failure) => {
    strike(fault);
    const argv = ['check', '--cluster', 'identity-prod', '--output', 'json', '--deadline', '8'];
    const { code, out, err } = await cniwatch(...argv);
    const [cluster] = documentOf(out).clusters;
    const report = cluster?.collectors.find(({ id }) => id === source);
    expect(report).toMatchObject({ ok: false, code: failure });
    expect(report?.remedy).toMatch(/\w/);
    expect(cluster?.verdict).toBe('unknown');
    expect(cluster?.findings.some(({ verdict, summary }) => verdict === 'unknown' && summary !== '')).toBe(true);
    expect(cluster?.summary.ok).toBeGreaterThan(0);
    expect(code).toBe(3);
    expect(`${out}${err}`).not.toMatch(/\n\s+at .*\.(ts|js):\d+/);
  });

  test('one cluster that fails leaves the others as they were', async () => {
    strike({ on: 'GET *', cluster: 'payments-prod', answer: error('Unauthorized', 401) });
    const { out } = await cniwatch('check', '--cluster', 'payments-prod,identity-prod', '--output', 'json');
    expect(documentOf(out).clusters.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'identity-prod ok',
      'payments-prod unknown',
    ]);
  });

  test('Ctrl-C ends the run at once, and tells how far it was', async () => {
    strike({ on: 'GET *', cluster: 'shop-prod', answer: { kind: 'hang' } });
    const { child, ended } = start(['check', '--cluster', 'shop-prod,identity-prod'], sandbox.environment);
    child.stderr?.on('data', (text) => {
      if (String(text).includes('identity-prod')) child.kill('SIGINT');
    });
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toContain('interrupted: 1 of 2 clusters had been read, and nothing was reported\n');
  });
});

describe('demo', () => {
  test('shows the embedded fleet with its problems, writes the report, and is 0', async () => {
    const file = path.join(folder, 'demo.html');
    // Whatever account the machine is set up for must not be seen.
    const { code, out, err } = await run(['demo', '--out-file', file], {
      AWS_PROFILE: 'production',
      AWS_ENDPOINT_URL_EKS: 'http://127.0.0.1:1',
    });
    expect(code).toBe(0);
    expect(out).toContain('5 clusters checked');
    expect(out).toContain(`HTML report: ${file}`);
    expect(out).toMatch(/\d+ metrics published to the sandbox's CloudWatch/);
    expect(err.trim().split('\n')).toHaveLength(5);
    for (const name of NAMES) expect(await readFile(file, 'utf8')).toContain(name);
  });
});
