import { describe, expect, it } from 'vitest';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { ReadFailure } from '#lib/model/failure.ts';

const ASKED = { action: 'eks:ListAddons', region: 'eu-wst-1' };

function sdkError(name: string, message = 'said', over: object = {}): Error {
  return Object.assign(new Error(message), { name, ...over });
}

describe('awsFailure', () => {
  const cases: readonly [string, unknown, string, RegExp, RegExp][] = [
    [
      'EC2 denies',
      sdkError('UnauthorizedOperation'),
      'AccessDenied',
      /eks:ListAddons was denied: said\./,
      /Allow the action eks:ListAddons/,
    ],
    ['EKS denies', sdkError('AccessDeniedException'), 'AccessDenied', /was denied/, /IAM policy/],
    ['the Region is not enabled', sdkError('OptInRequired'), 'AccessDenied', /was denied/, /sign-up/],
    [
      'a boundary denies',
      sdkError('AccessDenied', 'because no permissions boundary allows it'),
      'AccessDenied',
      /boundary/,
      /policy that the message names/,
    ],
    ['a token expired', sdkError('ExpiredTokenException'), 'ExpiredCredentials', /expired before/, /Sign in again/],
    [
      'an SSO session expired',
      sdkError('TokenProviderError', 'Token is expired.'),
      'ExpiredCredentials',
      /expired/,
      /aws sso login/,
    ],
    [
      'there are none',
      sdkError('CredentialsProviderError', 'Could not load credentials'),
      'NoCredentials',
      /No AWS credentials/,
      /AWS_PROFILE/,
    ],
    ['the key is unknown', sdkError('InvalidClientTokenId'), 'Unauthorized', /did not accept/, /access key/],
    [
      'the clock is wrong',
      sdkError('SignatureDoesNotMatch', 'Signature expired: 2026'),
      'Unauthorized',
      /did not accept/,
      /clock/,
    ],
    ['EC2 throttles', sdkError('RequestLimitExceeded'), 'Throttled', /every attempt/, /shares this limit/],
    ['EKS throttles', sdkError('ThrottlingException'), 'Throttled', /every attempt/, /less often/],
    [
      'the Region has no such host',
      sdkError('Error', 'getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }),
      'ServiceError',
      /no address in eu-wst-1/,
      /Region, DNS/,
    ],
    [
      'nobody listens',
      sdkError('Error', 'connect', { code: 'ECONNREFUSED' }),
      'ServiceError',
      /did not reach AWS/,
      /network path/,
    ],
    ['it takes too long', sdkError('TimeoutError', 'Socket timed out'), 'ServiceError', /did not reach AWS/, /VPC endpoint/],
    ['the body is cut', sdkError('Error', 'aborted', { code: 'ECONNRESET' }), 'TruncatedResponse', /cut off/, /proxy/],
    [
      'the answer is no JSON',
      new SyntaxError('Unexpected token <\n  Deserialization error: to see the raw response, inspect the hidden field'),
      'UnexpectedResponse',
      /is not what AWS sends: Unexpected token <\.$/,
      /proxy/,
    ],
    [
      'the service fails',
      sdkError('ServerException', 'oops', { $metadata: { httpStatusCode: 500 } }),
      'ServiceError',
      /ServerException \(HTTP 500\): oops/,
      /Health Dashboard/,
    ],
    ['something else was thrown', 'a string', 'ServiceError', /answered an error/, /Run again/],
    ['nothing was thrown', undefined, 'ServiceError', /no message/, /Run again/],
  ];
  it.each(cases)('where %s', (_, error, code, reason, remedy) => {
    const failure = awsFailure(error, ASKED);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(reason), remedy: expect.stringMatching(remedy) });
  });

  it('lets a named failure pass', () => {
    const failure = new ReadFailure('PageTokenLoop', 'a', 'b');
    expect(awsFailure(failure, ASKED)).toBe(failure);
  });

  it('stays on one short line', () => {
    const { message } = awsFailure(sdkError('X', `one\ntwo ${'x'.repeat(5000)}`), ASKED);
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(600);
  });
});
