/**
 * moto's table of quotas was taken from AWS's own answer: codes, names and defaults of the sandbox must be the same. moto knows no
 * GetAWSDefaultServiceQuota, and answers the default for the applied quota; its DescribeScalingActivities never has any.
 */
import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { type Moto, startMoto } from './server.ts';

const world = embeddedFleet(new Date('2026-11-24T03:00:00Z'));
let sandbox: Sandbox;
let moto: Moto;
beforeAll(async () => {
  sandbox = await startSandbox(world);
  moto = await startMoto({ account: world.account, region: world.region });
});
afterAll(async () => {
  await moto?.stop();
  await sandbox?.close();
});

const client = (endpoint: string) =>
  new ServiceQuotasClient({ region: world.region, endpoint, credentials: moto.credentials, maxAttempts: 1 });

test.each(['L-DF5E4CA3', 'L-0EA8095F', 'L-2AFB9258'])('%s', async (QuotaCode) => {
  const of = { ServiceCode: 'vpc', QuotaCode };
  const { Quota: theirs } = await client(moto.endpoint).send(new GetServiceQuotaCommand(of));
  const { Quota: ours } = await client(sandbox.endpoint).send(new GetAWSDefaultServiceQuotaCommand(of));
  const { ServiceCode, QuotaName, Value, Adjustable } = theirs ?? {};
  expect(ours).toMatchObject({ ServiceCode, QuotaCode, QuotaName, Value, Adjustable });
});

test('a code that is none is NoSuchResourceException at both', async () => {
  const ask = (endpoint: string) =>
    client(endpoint).send(new GetServiceQuotaCommand({ ServiceCode: 'vpc', QuotaCode: 'L-00000000' }));
  for (const { endpoint } of [moto, sandbox])
    await expect(ask(endpoint)).rejects.toMatchObject({ name: 'NoSuchResourceException' });
});
