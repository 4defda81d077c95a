import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { assessment } from '#lib/model/assessment.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { type S3Server, startS3 } from '#test/functions/s3-server.ts';
import { accountWorld } from '#test/scenarios/worlds/one-cluster.ts';

const HUB = '111122223333';
const PAY = '444455556666';
const REGION = 'eu-west-1';
const RUN = 'r1';
let sandbox: Sandbox;
let s3: S3Server;

beforeAll(async () => {
  const now = new Date();
  const world = (account: string, name: string) => accountWorld({ account, region: REGION, now }, { [name]: {} });
  const members = [{ role: 'cniwatch-reader', externalId: 'pay-id', worlds: [world(PAY, 'pay-prod')] as const }];
  [sandbox, s3] = await Promise.all([startSandbox(world(HUB, 'hub-prod'), { members }), startS3()]);
  const environment = {
    ...sandbox.environment,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    CNIWATCH_ACCOUNT: HUB,
    CNIWATCH_BUCKET: 'cniwatch-runs',
    CNIWATCH_TABLE: 'cniwatch-state',
    CNIWATCH_EVENT_BUS: 'cniwatch',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([sandbox?.close(), s3?.close()]);
});

const json = (key: string) => JSON.parse(s3.objects.get(key)?.toString() ?? 'null');
async function discover(config: string) {
  s3.objects.set('config/cniwatch.yaml', Buffer.from(config));
  const { handler } = await import('#functions/discover.ts');
  return handler({
    runId: RUN,
    scheduledAt: '2026-11-24T08:00:00.000Z',
    execution: 'arn:aws:states:eu-west-1:111122223333:execution:m:e',
    maxConcurrency: 10,
  });
}
const fleet = (externalId: string) => `
fleet: [{ region: ${REGION} }]
accounts: [{ id: '${PAY}', name: payments, role: cniwatch-reader, externalId: ${externalId}, regions: [${REGION}] }]
`;

test('the clusters of other accounts are targets with their role', async () => {
  expect(await discover(fleet('pay-id'))).toMatchObject({ outcome: 'discovered', count: 2, unread: [] });
  expect(json(`runs/${RUN}/targets.json`)).toMatchObject([
    { account: HUB, name: 'hub-prod' },
    { account: PAY, name: 'pay-prod', role: { arn: `arn:aws:iam::${PAY}:role/cniwatch-reader`, externalId: 'pay-id' } },
  ]);
});

test('an account that cannot be entered is named, and the others are checked', async () => {
  expect(await discover(fleet('wrong'))).toMatchObject({
    outcome: 'discovered',
    count: 1,
    unread: [
      { region: `account ${PAY} (payments)`, code: 'AccessDenied', reason: expect.stringContaining('sts:AssumeRole was denied') },
    ],
  });
});

test('a configuration that names a check that does not exist is told, with its place', async () => {
  expect(await discover('checks: { subnet-ip-exhaustoin: {} }')).toEqual({
    outcome: 'invalid-config',
    reason: 'config/cniwatch.yaml:1:11: unknown check "subnet-ip-exhaustoin": did you mean "subnet-ip-exhaustion"?',
  });
});

const runner = { functionArn: `arn:aws:lambda:${REGION}:${PAY}:function:cniwatch-runner-vpc-0a1b2c3d` };
test.each([
  ['as it is found', {}],
  ['in place of a runner of its account that does not answer', { runner }],
])(
  'a cluster is read by the hub with the role of its target, %s, and nothing of the role is in what is stored',
  async (_, over) => {
    await discover(fleet('pay-id'));
    const [, target] = json(`runs/${RUN}/targets.json`);
    const key = `runs/${RUN}/results/${PAY}/${REGION}/pay-prod.json`;
    s3.objects.delete(key);
    const { handler } = await import('#functions/check-cluster.ts');
    await handler({ runId: RUN, target: { ...target, ...over } }, { getRemainingTimeInMillis: () => 300_000 }).catch(
      () => undefined,
    );
    const stored = json(key);
    const result = assessment.parse(stored);
    expect(result).toMatchObject({ account: PAY, name: 'pay-prod' });
    expect(result.collectors.filter(({ ok }) => !ok)).toEqual([]);
    expect(JSON.stringify(stored)).not.toContain('pay-id');
  },
);
