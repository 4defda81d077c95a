import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { assessmentDocument } from '#lib/model/assessment.ts';
import { parseSnapshot } from '#lib/model/snapshot.ts';
import { parseHistory } from '#lib/publish/history-file.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { type S3Server, startS3 } from '#test/functions/s3-server.ts';
import { definitionOf, execute } from '#test/infra/state-machine.ts';
import { synthesisedHub } from '#test/infra/synthesised-hub.ts';

/** The deployed definition, the real handlers and SDK clients; the sandbox for EKS, EC2, CloudWatch and the API servers. */
const definition = definitionOf(synthesisedHub());
const world = embeddedFleet(new Date());
const names = world.clusters.map(({ name }) => name).sort();
let sandbox: Sandbox;
let s3: S3Server;
let handlers: Record<string, (event: never, context: never) => Promise<unknown>>;

beforeAll(async () => {
  [sandbox, s3] = await Promise.all([startSandbox(world), startS3()]);
  const environment = {
    ...sandbox.environment,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    CNIWATCH_ACCOUNT: '111122223333',
    CNIWATCH_BUCKET: 'cniwatch-runs',
    CNIWATCH_TABLE: 'cniwatch-state',
    CNIWATCH_EVENT_BUS: 'cniwatch',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  handlers = {
    Discover: (await import('#functions/discover.ts')).handler,
    CheckCluster: (await import('#functions/check-cluster.ts')).handler,
    Summarise: (await import('#functions/summarise.ts')).handler,
  };
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([sandbox.close(), s3.close()]);
});
beforeEach(() => s3.objects.clear());

let runs = 0;
const lambda = { getRemainingTimeInMillis: () => 900_000 };
const json = (key: string) => JSON.parse(s3.objects.get(key)?.toString() ?? 'null');
const invoke = (id: string, payload: unknown) => {
  const handler = handlers[id.replace(/Function[0-9A-F]{8}$/, '')];
  return handler?.(payload as never, lambda as never) ?? Promise.reject(new Error(`no function ${id}`));
};

async function run(over: Partial<Parameters<typeof execute>[1]> = {}) {
  runs += 1;
  const published = sandbox.metrics().length;
  const [Name, Id] = [`run-${runs}`, `arn:aws:states:eu-west-1:111122223333:execution:Hub:run-${runs}`];
  const context = { Execution: { StartTime: '2026-11-24T08:00:00.000Z', Name, Id } };
  const surroundings = { invoke, readItems: async (_bucket: string, key: string) => json(key), ...over };
  const execution = await execute(definition, surroundings, context, {});
  const id = `2026-11-24T080000.000Z-run-${runs}`;
  const fleet = sandbox.metrics().slice(published);
  const metric = (name: string, severity?: string) =>
    fleet.find((each) => each.name === name && (severity === undefined || each.dimensions['Severity'] === severity))?.value;
  return { execution, id, metric, summary: json(`runs/${id}/summary.json`) };
}

test('a run over the embedded fleet leaves a result, a Snapshot and metrics of every cluster, and a summary', async () => {
  const { execution, id, metric, summary } = await run();
  expect(execution).toMatchObject({
    status: 'SUCCEEDED',
    output: { expected: names.length, reported: names.length, unread: [] },
  });

  const keys = [...s3.objects.keys()];
  const of = (prefix: string) => keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  expect(of(`runs/${id}/results/111122223333/${world.region}/`).sort()).toEqual(names.map((name) => `${name}.json`));
  const snapshots = keys.filter((key) => key.startsWith('snapshots/'));
  expect(snapshots).toHaveLength(names.length);
  for (const key of snapshots)
    expect(parseSnapshot(gunzipSync(s3.objects.get(key) ?? '').toString()).collectors.length).toBeGreaterThan(20);

  const document = assessmentDocument.parse(summary);
  expect(document.clusters.map(({ name }) => name).sort()).toEqual(names);
  expect(new Set(document.clusters.map(({ verdict }) => verdict))).toContain('critical');
  const verdicts = document.clusters.flatMap(({ findings }) => findings.map(({ verdict }) => verdict));
  expect(verdicts).not.toContain('ok');
  expect(verdicts).not.toContain('not-applicable');

  expect([metric('RunCompleted'), metric('ClustersExpected'), metric('ClustersReported')]).toEqual([
    1,
    names.length,
    names.length,
  ]);
  expect(metric('RegionsUnread')).toBe(0);
  for (const verdict of ['critical', 'unknown', 'warning', 'ok'])
    expect(metric('ClusterVerdict', verdict)).toBe(document.clusters.filter((cluster) => cluster.verdict === verdict).length);
});

test('each run adds its readings to the history of its cluster, and the next one recalls them', async () => {
  await run();
  const key = `history/111122223333/${world.region}/shop-prod.json.gz`;
  const points = () => {
    const tracks = parseHistory(s3.objects.get(key) ?? Buffer.alloc(0)).get('SubnetFreeIps');
    return [...(tracks?.values() ?? [])].reduce((sum, { at }) => sum + at.length, 0);
  };
  const first = points();
  expect(first).toBeGreaterThan(0);
  const asked = () => sandbox.calls()['cloudwatch:GetMetricData'] ?? 0;
  const before = asked();
  await run();
  expect(points()).toBeGreaterThanOrEqual(first);
  expect(asked()).toBe(before);
});

test('a hub whose table does not answer checks the fleet all the same, and says what was not recorded', async () => {
  const { execution, metric } = await run();
  expect(execution.status).toBe('SUCCEEDED');
  expect(metric('FindingsUnrecorded')).toBe(1);
});

test('a cluster that breaks its function is unknown in the summary, and the others are judged', async () => {
  const broken = names[0];
  const { execution, metric, summary } = await run({
    invoke: async (id, payload) => {
      const { target } = payload as { target?: { name: string } };
      if (target?.name === broken) throw new Error('Runtime exited with error: signal: killed');
      return invoke(id, payload);
    },
  });
  expect(execution.status).toBe('SUCCEEDED');
  const { clusters } = assessmentDocument.parse(summary);
  const lost = clusters.find(({ name }) => name === broken);
  expect(lost).toMatchObject({ verdict: 'unknown', summary: { unknown: 1, ok: 0 } });
  expect(lost?.findings[0]?.summary).toContain(`${broken} was not checked in this run`);
  expect(clusters.filter(({ configHash }) => configHash !== '')).toHaveLength(names.length - 1);
  expect([metric('ClustersExpected'), metric('ClustersReported')]).toEqual([names.length, names.length - 1]);
});

test('a cluster whose API server refuses is unreachable as a value, and never ok', async () => {
  const lift = sandbox.inject({
    on: 'GET *',
    cluster: names[0] ?? '',
    answer: { kind: 'error', code: 'Forbidden', status: 403 },
  });
  const outcomes: unknown[] = [];
  const { execution, summary } = await run({
    invoke: async (id, payload) => {
      const answer = await invoke(id, payload);
      if (id.startsWith('CheckCluster')) outcomes.push(answer);
      return answer;
    },
  });
  lift();
  expect(execution.status).toBe('SUCCEEDED');
  expect(outcomes).toContainEqual({ outcome: 'unreachable', verdict: expect.stringMatching(/critical|unknown/) });
  const cluster = assessmentDocument.parse(summary).clusters.find(({ name }) => name === names[0]);
  expect(cluster?.summary.unknown).toBeGreaterThan(0);
});

test('a Region that cannot be listed fails the run in the end, with what to do, and the summary stands', async () => {
  s3.objects.set('config/cniwatch.yaml', Buffer.from(`fleet:\n  - region: ${world.region}\n`));
  const denied = { kind: 'error', code: 'AccessDeniedException', status: 403, message: 'not allowed' } as const;
  const lift = sandbox.inject({ on: 'eks:ListClusters', answer: denied });
  const { execution, metric, summary } = await run();
  lift();
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'RegionsUnread',
    cause: expect.stringContaining('eks:ListClusters'),
  });
  expect(summary).toMatchObject({ clusters: [] });
  expect([metric('RunCompleted'), metric('RegionsUnread'), metric('ClustersExpected')]).toEqual([1, 1, 0]);
});

test('the configuration of the bucket says which clusters are checked, each once', async () => {
  const [first = '', second = ''] = names;
  const fleet = `fleet:\n  - region: ${world.region}\n    clusters: [${first}, ${second}]\n  - region: ${world.region}\n    clusters: [${first}]\n`;
  s3.objects.set('config/cniwatch.yaml', Buffer.from(fleet));
  const { id, summary } = await run();
  expect(
    json(`runs/${id}/targets.json`)
      .map(({ name }: { name: string }) => name)
      .sort(),
  ).toEqual([first, second]);
  const hashes = assessmentDocument.parse(summary).clusters.map(({ configHash }) => configHash);
  expect(new Set(hashes).size).toBe(1);
});

test('a configuration that is not valid fails the run by file and line, and checks nothing', async () => {
  s3.objects.set('config/cniwatch.yaml', Buffer.from('fleet: []\nchekcs: {}\n'));
  const { execution } = await run();
  expect(execution).toMatchObject({ status: 'FAILED', error: 'invalid-config', path: ['discover', 'any targets?', 'refused'] });
  expect((execution as { cause: string }).cause).toMatch(/config\/cniwatch\.yaml:2:1.*chekcs/s);
  expect([...s3.objects.keys()]).toEqual(['config/cniwatch.yaml']);
});

const target = {
  account: '111122223333',
  region: 'eu-west-1',
  name: 'shop',
  arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop',
};
test.each([
  ['Discover', {}],
  ['Discover', { runId: '../../config' }],
  ['Discover', undefined],
  ['CheckCluster', { runId: 'r' }],
  ['CheckCluster', { runId: 'r', target: { ...target, name: '../../other' } }],
  ['CheckCluster', { runId: 'r', target: { ...target, account: 'mine' } }],
  ['CheckCluster', { runId: 'r', target: { ...target, region: 'eu-west-1/..' } }],
  ['Summarise', { runId: 'r' }],
  ['Summarise', { runId: '', unread: [] }],
])('%s answers a bad event by a value that says what is wrong: %j', async (name, event) => {
  expect(await invoke(`${name}Function00000000`, event)).toEqual({
    outcome: 'invalid-event',
    reason: expect.stringContaining('✖'),
  });
  expect(s3.objects.size).toBe(0);
});

test.each([
  ['CheckCluster', { runId: 'r', target }, /r has no runs\/r\/config\.json/],
  ['Summarise', { runId: 'r', unread: [] }, /r has no runs\/r\/targets\.json/],
])('%s of a run that discover did not begin throws, and says so', async (name, event, message) => {
  await expect(invoke(`${name}Function00000000`, event)).rejects.toThrow(message);
});

test('check-cluster keeps to its own deadline: what was not read in time is unknown, and the result is there', async () => {
  const lift = sandbox.inject({ on: 'ec2:DescribeSubnets', answer: { kind: 'hang' } });
  const { id, summary } = await run({
    invoke: (name, payload) => {
      if (!name.startsWith('CheckCluster')) return invoke(name, payload);
      return (
        handlers['CheckCluster']?.(payload as never, { getRemainingTimeInMillis: () => 20_500 } as never) ?? Promise.reject()
      );
    },
  });
  lift();
  const { clusters } = assessmentDocument.parse(summary);
  expect(clusters).toHaveLength(names.length);
  for (const { summary: counts, collectors } of clusters) {
    expect(counts.unknown).toBeGreaterThan(0);
    expect(collectors.find((each) => each.id === 'subnets')).toMatchObject({ ok: false, code: 'DeadlineExceeded' });
  }
  expect([...s3.objects.keys()].filter((key) => key.startsWith(`runs/${id}/results/`))).toHaveLength(names.length);
});
