import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { afterEach, describe, expect, it } from 'vitest';
import { boundedCall } from '#lib/collect/aws/call.ts';
import { everyPage } from '#lib/collect/aws/pages.ts';
import { rateCap } from '#lib/collect/aws/rate-cap.ts';
import { startTally } from '#lib/collect/progress.ts';
import { WHOLE_SHARE } from '#lib/model/call-share.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { type AwsReply, anAwsEndpoint, sendEc2Error, sendEksError, sendXml } from '#test/collect/aws/an-aws-endpoint.ts';

const SUBNET = '<subnetSet><item><subnetId>subnet-a</subnetId></item></subnetSet>';
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function ec2(reply: AwsReply, credentials: AwsCredentialIdentityProvider = async () => KEYS) {
  const server = await anAwsEndpoint(reply);
  const client = new EC2Client({ region: 'eu-west-1', endpoint: server.url, credentials, maxAttempts: 2 });
  closing.push(server.close, () => client.destroy());
  const tally = startTally(() => undefined);
  const controller = new AbortController();
  return {
    call: boundedCall(client, 'ec2', { region: 'eu-west-1', signal: controller.signal, tally, rate: rateCap(WHOLE_SHARE) }),
    tally,
    controller,
    server,
  };
}

async function failureOf(work: Promise<unknown>): Promise<ReadFailure> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ReadFailure);
  return outcome as ReadFailure;
}

describe('a bounded call to AWS', () => {
  it("counts every attempt, the SDK's retries too", async () => {
    let count = 0;
    const { call, tally } = await ec2((response, operation) => {
      count += 1;
      if (count === 1) sendEc2Error(response, 503, 'RequestLimitExceeded', 'slow down');
      else sendXml(response, operation, SUBNET);
    });
    expect((await call(new DescribeSubnetsCommand({}))).Subnets).toMatchObject([{ SubnetId: 'subnet-a' }]);
    expect(tally.calls).toEqual({ 'ec2:DescribeSubnets': 2 });
  });

  const failing: readonly [string, AwsReply, string, RegExp, RegExp][] = [
    [
      'a denied action, by its IAM name',
      (response) =>
        sendEc2Error(
          response,
          403,
          'UnauthorizedOperation',
          'You are not authorized. Encoded authorization failure message: aaaBBB',
        ),
      'AccessDenied',
      /^ec2:DescribeSubnets was denied: You are not authorized\.$/,
      /Allow the action ec2:DescribeSubnets in an IAM policy/,
    ],
    [
      'an explicit deny',
      (response) => sendEc2Error(response, 403, 'UnauthorizedOperation', 'with an explicit deny in a service control policy'),
      'AccessDenied',
      /explicit deny/,
      /Remove the deny/,
    ],
    [
      'a policy that does not allow enough',
      (response) => sendEc2Error(response, 403, 'UnauthorizedOperation', 'because no service control policy allows the action'),
      'AccessDenied',
      /was denied/,
      /in the policy that the message names/,
    ],
    [
      'expired credentials',
      (response) => sendEc2Error(response, 400, 'RequestExpired', 'Request has expired.'),
      'ExpiredCredentials',
      /expired before/,
      /Sign in again/,
    ],
    [
      'an unknown key',
      (response) => sendEc2Error(response, 401, 'AuthFailure', 'AWS was not able to validate'),
      'Unauthorized',
      /did not accept/,
      /clock/,
    ],
    [
      'throttling on every attempt',
      (response) => sendEc2Error(response, 503, 'RequestLimitExceeded', 'Request limit exceeded.'),
      'Throttled',
      /on every attempt/,
      /shares this limit/,
    ],
    [
      'an error of the service',
      (response) => sendEc2Error(response, 500, 'InternalError', 'An internal error'),
      'ServiceError',
      /InternalError \(HTTP 500\)/,
      /Health Dashboard/,
    ],
    [
      'HTML where XML was due, which the SDK takes for an empty list',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Sign in</title>'),
      'UnexpectedResponse',
      /text\/html, not by AWS: "Sign in"/,
      /AWS_ENDPOINT_URL/,
    ],
    [
      'a body that ends early, which the SDK takes for a shorter list',
      (response, operation) =>
        response
          .writeHead(200, { 'content-type': 'text/xml' })
          .end(`<${operation}Response><subnetSet><item><subnetId>subnet-a</subnetId></item>`),
      'TruncatedResponse',
      /ends in the middle/,
      /proxy/,
    ],
    [
      'a connection cut in the middle of a body, on every attempt',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/xml', 'content-length': '900' });
        response.write('<DescribeSubnetsResponse>', () => response.socket?.destroy());
      },
      'TruncatedResponse',
      /cut off/,
      /network path/,
    ],
  ];
  it.each(failing)('names %s', async (_, reply, code, reason, remedy) => {
    const failure = await failureOf((await ec2(reply)).call(new DescribeSubnetsCommand({})));
    expect(failure).toMatchObject({ code, message: expect.stringMatching(reason), remedy: expect.stringMatching(remedy) });
    expect(failure.message).not.toContain('\n');
  });

  const credentials: readonly [string, string, string, RegExp][] = [
    ['none', 'Could not load credentials from any providers', 'NoCredentials', /aws sso login/],
    ['a lapsed SSO session', 'The SSO session associated with this profile has expired.', 'ExpiredCredentials', /Sign in again/],
  ];
  it.each(credentials)('names credentials that are %s', async (_, message, code, remedy) => {
    const { call } = await ec2(
      () => undefined,
      () => Promise.reject(Object.assign(new Error(message), { name: 'CredentialsProviderError' })),
    );
    expect(await failureOf(call(new DescribeSubnetsCommand({})))).toMatchObject({
      code,
      message: expect.stringContaining('ec2:DescribeSubnets'),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('names an API that nobody listens at', async () => {
    const { call, server } = await ec2(() => undefined);
    await server.close();
    expect(await failureOf(call(new DescribeSubnetsCommand({})))).toMatchObject({
      code: 'ServiceError',
      remedy: expect.stringMatching(/network path/),
    });
  });

  it('ends with the run, with the reason of that', async () => {
    const { call, controller } = await ec2(() => controller.abort(new ReadFailure('DeadlineExceeded', 'over', 'more time')));
    expect((await failureOf(call(new DescribeSubnetsCommand({})))).code).toBe('DeadlineExceeded');
  });

  it('waits for its token no longer than the run', async () => {
    const { call, controller, tally } = await ec2((response, operation) => sendXml(response, operation, SUBNET));
    const calls = Array.from({ length: 200 }, () => call(new DescribeSubnetsCommand({})));
    const [first, last] = [calls[0], calls.at(-1)];
    const failed = Promise.all(calls.slice(0, -1)).catch(() => undefined);
    await first;
    controller.abort(new ReadFailure('Cancelled', 'over', 'again'));
    expect((await failureOf(last ?? Promise.resolve())).code).toBe('Cancelled');
    await failed;
    expect(tally.calls['ec2:DescribeSubnets']).toBeLessThan(200);
  });

  it('refuses EKS answers that are not JSON', async () => {
    const server = await anAwsEndpoint((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello'));
    const client = new EKSClient({ region: 'eu-west-1', endpoint: server.url, credentials: KEYS, maxAttempts: 1 });
    closing.push(server.close, () => client.destroy());
    const call = boundedCall(client, 'eks', {
      region: 'eu-west-1',
      signal: new AbortController().signal,
      tally: startTally(() => undefined),
      rate: rateCap(WHOLE_SHARE),
    });
    expect((await failureOf(call(new DescribeClusterCommand({ name: 'x' })))).code).toBe('UnexpectedResponse');
  });

  it('takes the names of EKS errors from their header', async () => {
    const server = await anAwsEndpoint((response) => sendEksError(response, 403, 'AccessDeniedException', 'not authorized'));
    const client = new EKSClient({ region: 'eu-west-1', endpoint: server.url, credentials: KEYS, maxAttempts: 1 });
    closing.push(server.close, () => client.destroy());
    const call = boundedCall(client, 'eks', {
      region: 'eu-west-1',
      signal: new AbortController().signal,
      tally: startTally(() => undefined),
      rate: rateCap(WHOLE_SHARE),
    });
    const failure = await failureOf(call(new DescribeClusterCommand({ name: 'x' })));
    expect(failure).toMatchObject({ code: 'AccessDenied', message: expect.stringContaining('eks:DescribeCluster') });
  });
});

describe('everyPage', () => {
  it('reads to the end, empty pages too', async () => {
    const pages: { items: number[]; NextToken?: string }[] = [
      { items: [1], NextToken: 'a' },
      { items: [], NextToken: 'b' },
      { items: [2, 3] },
    ];
    let at = 0;
    const fetch = async () => pages[at++] ?? { items: [] };
    expect(await everyPage('ec2:X', fetch, ({ items }) => items)).toEqual([1, 2, 3]);
  });

  it('names a token that comes back, however long the circle', async () => {
    const next: Readonly<Record<string, string>> = { '': 'a', a: 'b', b: 'c', c: 'a' };
    const failure = await failureOf(
      everyPage(
        'ec2:X',
        async (token = '') => ({ nextToken: next[token] }),
        () => [1],
      ),
    );
    expect(failure).toMatchObject({ code: 'PageTokenLoop', message: expect.stringContaining('ec2:X') });
  });
});
