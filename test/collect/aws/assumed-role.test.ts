import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { assumedRole } from '#lib/collect/aws/assumed-role.ts';

const mock = mockClient(STSClient);
const sts = new STSClient({ region: 'eu-west-1' });
const ROLE = { arn: 'arn:aws:iam::444455556666:role/cniwatch-reader', externalId: 'one-two' };
const START = Date.parse('2026-11-24T03:00:00Z');
const MINUTE = 60_000;
let now = START;
const at = () => new Date(now);

beforeEach(() => {
  mock.reset();
  now = START;
  let count = 0;
  mock.on(AssumeRoleCommand).callsFake(async () => ({
    Credentials: {
      AccessKeyId: `ASIA${++count}`,
      SecretAccessKey: 'secret',
      SessionToken: 'token',
      Expiration: new Date(now + 60 * MINUTE),
    },
  }));
});

test('a role is assumed as cniwatch, with its external id', async () => {
  expect(await assumedRole(ROLE, { sts, now: at })()).toEqual({
    accessKeyId: 'ASIA1',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: new Date(START + 60 * MINUTE),
  });
  const request = { RoleArn: ROLE.arn, RoleSessionName: 'cniwatch' };
  expect(mock.calls()[0]?.args[0].input).toEqual({ ...request, ExternalId: 'one-two' });
  await assumedRole({ arn: ROLE.arn }, { sts, now: at })();
  expect(mock.calls()[1]?.args[0].input).toEqual(request);
});

test('whoever asks meanwhile shares one request, and its credentials until shortly before they end', async () => {
  const provider = assumedRole(ROLE, { sts, now: at });
  const keys = async () => (await Promise.all([provider(), provider()])).map(({ accessKeyId }) => accessKeyId);
  expect(await keys()).toEqual(['ASIA1', 'ASIA1']);
  now = START + 54 * MINUTE;
  expect(await keys()).toEqual(['ASIA1', 'ASIA1']);
  now = START + 55 * MINUTE;
  expect(await keys()).toEqual(['ASIA2', 'ASIA2']);
  expect(mock.calls()).toHaveLength(2);
});

test('a refusal is not kept', async () => {
  const denied = Object.assign(new Error('User: x is not authorized to perform: sts:AssumeRole'), { name: 'AccessDenied' });
  mock
    .on(AssumeRoleCommand)
    .rejectsOnce(denied)
    .resolves({
      Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(now + 60 * MINUTE) },
    });
  const provider = assumedRole(ROLE, { sts, now: at });
  await expect(provider()).rejects.toMatchObject({ code: 'AccessDenied' });
  expect(await provider()).toMatchObject({ accessKeyId: 'ASIA' });
});

test.each([
  [ROLE, 'asks for the external id that cniwatch.yaml gives'],
  [{ arn: ROLE.arn }, 'asks for no external id (cniwatch.yaml gives none)'],
])('a refusal says all that may be behind it', async (role, external) => {
  const message = `User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole on resource: ${ROLE.arn}`;
  mock.on(AssumeRoleCommand).rejects(Object.assign(new Error(message), { name: 'AccessDenied' }));
  await expect(assumedRole(role, { sts })()).rejects.toMatchObject({
    name: 'ReadFailure',
    message: `sts:AssumeRole was denied: ${message}.`,
    remedy: expect.stringMatching(new RegExp(`${ROLE.arn} exists.*${external.replace(/[()]/g, '\\$&')}`)),
  });
});

test.each([
  ['ExpiredTokenException', 'ExpiredCredentials'],
  ['ThrottlingException', 'Throttled'],
  ['CredentialsProviderError', 'NoCredentials'],
])('%s is %s', async (name, code) => {
  mock.on(AssumeRoleCommand).rejects(Object.assign(new Error('no'), { name }));
  await expect(assumedRole(ROLE, { sts })()).rejects.toMatchObject({ code });
});

test('an answer without credentials is none', async () => {
  mock.on(AssumeRoleCommand).resolves({});
  await expect(assumedRole(ROLE, { sts })()).rejects.toMatchObject({ code: 'UnexpectedResponse' });
});
