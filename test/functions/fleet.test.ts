import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { assessmentDocument } from '#lib/model/assessment.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { hubEnvironment, runPipeline } from '#test/functions/run-pipeline.ts';
import { type S3Server, startS3 } from '#test/functions/s3-server.ts';
import { definitionOf } from '#test/infra/state-machine.ts';
import { synthesisedHub } from '#test/infra/synthesised-hub.ts';
import { fleetWorlds } from '#test/scenarios/worlds/fleet.ts';

/** Clusters by account: a large one, which the Map could fill with alone, and two small ones. */
const CLUSTERS = [14, 4, 2];
const worlds = fleetWorlds(CLUSTERS, new Date());
let sandbox: Sandbox;
let s3: S3Server;

beforeAll(async () => {
  [sandbox, s3] = await Promise.all([startSandbox(worlds.home, { members: worlds.members }), startS3()]);
  const environment = hubEnvironment(sandbox.environment, s3.endpoint, worlds.home.account);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  s3.objects.set('config/cniwatch.yaml', Buffer.from(worlds.config));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([sandbox?.close(), s3?.close()]);
});

test('a run over several accounts leaves half of every bucket of EC2 to the CNI, and reads all', async () => {
  const { execution, id, atOnce } = await runPipeline(definitionOf(synthesisedHub()), s3.endpoint);
  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { expected: 20, reported: 20, unread: [] } });
  expect(atOnce).toBeLessThanOrEqual(10);

  const lows = sandbox.lows();
  expect(new Set(lows.map(({ account }) => account)).size).toBe(CLUSTERS.length);
  for (const low of lows) {
    expect(low.call).not.toContain(' whole');
    expect(low.tokens, JSON.stringify(low)).toBeGreaterThanOrEqual(low.capacity / 2);
  }

  const { clusters } = assessmentDocument.parse(JSON.parse(String(s3.objects.get(`runs/${id}/summary.json`))));
  expect(clusters.flatMap(({ collectors }) => collectors.filter(({ ok }) => !ok))).toEqual([]);
  const places = clusters.map(({ account, name }) => `${account}/${name}`);
  expect(places).toEqual(places.toSorted());
});
