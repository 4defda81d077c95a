import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, FUNCTIONS, type FunctionName } from '#infra/constructs/bundling.ts';
import { assessment } from '#lib/model/assessment.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { startSandbox } from '#lib/sandbox/sandbox.ts';
import { startS3 } from '#test/functions/s3-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cniwatch-bundles-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inputs: Record<string, string[]> = {};
beforeAll(async () => {
  for (const name of FUNCTIONS) inputs[name] = Object.keys((await bundle(name, join(folder, name))).metafile.inputs);
});

/** Answers an event by a bundle in a process of its own, with no other environment than Lambda's. */
async function answer(name: FunctionName, event: unknown, environment: Readonly<Record<string, string>>): Promise<unknown> {
  const script = `const { handler } = await import(${JSON.stringify(join(folder, name, 'index.mjs'))});
    const answer = await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 300_000 });
    process.stdout.write('\\n' + JSON.stringify(answer)); process.exit(0);`;
  const hub = {
    CNIWATCH_ACCOUNT: '111122223333',
    CNIWATCH_BUCKET: 'cniwatch-runs',
    CNIWATCH_TABLE: 'cniwatch-state',
    CNIWATCH_EVENT_BUS: 'cniwatch',
    AWS_REGION: 'eu-west-1',
  };
  const env = { ...hub, POWERTOOLS_LOG_LEVEL: 'SILENT', ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env, cwd: folder });
  return JSON.parse(stdout.split('\n').at(-1) ?? '');
}

test.each<[FunctionName, number]>([
  // The configuration is held against the options of every check, whose texts come along; organizations and the lease have clients.
  ['discover', 1_400_000],
  // The texts of the checks and their engines are two fifths of it.
  ['check-cluster', 1_650_000],
  ['summarise', 1_200_000],
  ['notify', 800_000],
  ['report', 1_000_000],
])('%s is one module of at most %i bytes', (name, limit) => {
  expect(statSync(join(folder, name, 'index.mjs')).size).toBeLessThanOrEqual(limit);
});

test.each(FUNCTIONS)('%s carries its own code and clients only', (name) => {
  const foreign = /client-node|lib\/(sandbox|cli|remediate)\/|credential-provider-(sso|ini|login|process|cognito)/;
  expect(inputs[name]?.filter((path) => foreign.test(path))).toEqual([]);
  if (name !== 'report') expect(inputs[name]?.filter((path) => path.includes('report/html'))).toEqual([]);
  if (name !== 'check-cluster') expect(inputs[name]?.filter((path) => path.includes('@aws-sdk/client-ec2'))).toEqual([]);
});

test.each(FUNCTIONS)('%s loads alone, with nothing installed beside it, and answers', async (name) => {
  expect(await answer(name, {}, {})).toMatchObject({ outcome: 'invalid-event' });
});

test.each(FUNCTIONS)('%s is at most 60 lines', (name) => {
  expect(readFileSync(`functions/${name}.ts`, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(60);
});

test('the bundled functions run a fleet: their shaken SDK reads and writes every shape that they need', async () => {
  const world = embeddedFleet(new Date());
  const [sandbox, s3] = await Promise.all([startSandbox(world), startS3()]);
  const environment = { ...sandbox.environment, AWS_ENDPOINT_URL_S3: s3.endpoint };
  const json = (key: string) => JSON.parse(s3.objects.get(key)?.toString() ?? 'null');
  try {
    const start = {
      runId: 'r1',
      scheduledAt: '2026-11-24T08:00:00Z',
      execution: 'arn:aws:states:::execution:Hub:r1',
      maxConcurrency: 10,
    };
    const discovered = await answer('discover', start, environment);
    expect(discovered).toMatchObject({ outcome: 'discovered', count: world.clusters.length, unread: [] });
    const targets = json('runs/r1/targets.json');
    for (const target of targets) {
      const outcome = await answer('check-cluster', { runId: 'r1', target }, environment);
      expect(outcome).toMatchObject({ outcome: expect.stringMatching(/^(checked|partly-read)$/) });
      const result = assessment.parse(json(`runs/r1/results/${target.account}/${target.region}/${target.name}.json`));
      expect(result.collectors.filter(({ ok, code }) => !ok && code === 'UnexpectedResponse')).toEqual([]);
      expect(result.metrics.length).toBeGreaterThan(0);
    }
    const summarised = await answer('summarise', { runId: 'r1', unread: [] }, environment);
    expect(summarised).toMatchObject({ expected: targets.length, reported: targets.length });
  } finally {
    await Promise.all([sandbox.close(), s3.close()]);
  }
});
