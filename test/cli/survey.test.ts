import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import type { ClientsOf } from '#lib/cli/aws.ts';
import { survey } from '#lib/cli/survey.ts';
import { Interrupted } from '#lib/cli/system.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { ACCOUNT } from '#test/scenarios/slices.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const clientsOf: ClientsOf = (region) =>
  ({ eks: new EKSClient({ region, credentials }), ec2: new EC2Client({ region, credentials }) }) as ReturnType<ClientsOf>;
const target = (name: string, region = 'eu-west-1'): Target => ({
  account: ACCOUNT,
  region,
  name,
  arn: clusterArn(ACCOUNT, region, name),
});
const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
mockClient(EKSClient).rejects(denied);
mockClient(EC2Client).rejects(denied);

const SETTINGS = { clientsOf, concurrency: 2, deadlineSeconds: 30, optIn: [] };
const nameOf = ({ target, collectors }: Snapshot) => ({
  name: target.name,
  failed: collectors.filter(({ ok }) => !ok).length,
  outcome: `read ${target.region}`,
});

test('a cluster of which nothing can be read is a Snapshot of stated failures, and the others go on in their order', async () => {
  const system = aSystem();
  const results = await survey(
    ['a', 'b', 'c'].map((name) => target(name)),
    SETTINGS,
    system,
    nameOf,
  );
  expect(results.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(results.every(({ failed }) => failed > 0)).toBe(true);
  expect(system.err().split('\n').toSorted()).toEqual(['', 'a: read eu-west-1', 'b: read eu-west-1', 'c: read eu-west-1']);
});

test('two clusters of one name are told apart by their Region', async () => {
  const system = aSystem();
  await survey([target('a'), target('a', 'us-east-1'), target('b')], SETTINGS, system, nameOf);
  expect(system.err().split('\n').toSorted()).toEqual([
    '',
    'a (eu-west-1): read eu-west-1',
    'a (us-east-1): read us-east-1',
    'b: read eu-west-1',
  ]);
});

test('one kubeconfig never serves several clusters: its findings would be of the wrong one', async () => {
  await expect(survey([target('a'), target('b')], { ...SETTINGS, kubeconfig: {} }, aSystem(), nameOf)).rejects.toThrow(
    '--kubeconfig and --context lead to one cluster, and 2 were found: name one by --cluster',
  );
});

test('an interruption ends the run, and tells how far it was', async () => {
  const controller = new AbortController();
  const system = aSystem({ signal: controller.signal });
  const run = survey(
    ['a', 'b', 'c'].map((name) => target(name)),
    { ...SETTINGS, concurrency: 1 },
    system,
    (snapshot) => {
      if (snapshot.target.name === 'b') controller.abort(new Interrupted('SIGINT'));
      return nameOf(snapshot);
    },
  );
  await expect(run).rejects.toThrow('interrupted: 2 of 3 clusters had been read, and nothing was reported');
});

test.each([
  [[], 'NotEnabled'],
  [['ipamd'], 'InputMissing'],
] as const)('of opt-in sources, those that are named are tried: %j', async (optIn, code) => {
  const ipamdOf = ({ slices }: Snapshot) => ({ ipamd: slices.ipamd, outcome: 'read' });
  const [read] = await survey([target('a')], { ...SETTINGS, optIn }, aSystem(), ipamdOf);
  expect(read?.ipamd).toMatchObject({ ok: false, code });
});
