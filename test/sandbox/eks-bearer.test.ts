import { describe, expect, it } from 'vitest';
import { eksToken } from '#lib/collect/kubernetes/eks-token.ts';
import { whyUnauthorized } from '#lib/sandbox/eks-bearer.ts';
import { bearer, bearerOf, PARAMETERS } from './bearer.ts';
import { NOW } from './start.ts';

const { 'X-Amz-Expires': _, ...WITHOUT_EXPIRY } = PARAMETERS;

describe('a token of EKS', () => {
  it.each([
    ['is taken', bearer()],
    ['of a session is taken', bearer({ ...PARAMETERS, 'X-Amz-Security-Token': 'FwoG' })],
    ['of the partition-wide endpoint is taken', bearer(PARAMETERS, 'https://sts.amazonaws.com')],
  ])('%s', (_name, authorization) => {
    expect(whyUnauthorized(authorization, NOW)).toBeUndefined();
  });

  it.each<[string, string | undefined, RegExp]>([
    ['none', undefined, /no bearer token/],
    ['a service account token', 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.x', /no bearer token/],
    ['another prefix', bearer().replace('v1', 'v2'), /no bearer token/],
    ['padding', `${bearer()}==`, /no bearer token/],
    ['more than 4,096 bytes', bearer({ ...PARAMETERS, 'X-Amz-Security-Token': 'x'.repeat(4096) }), /no bearer token/],
    ['no URL', bearerOf('hello'), /no URL/],
    ['another host', bearer(PARAMETERS, 'https://sts.example.com'), /not for STS/],
    ['plain HTTP', bearer(PARAMETERS, 'http://sts.eu-west-1.amazonaws.com'), /not for STS/],
    ['a path', bearer(PARAMETERS, undefined, '/x'), /not for STS/],
    ['another action', bearer({ ...PARAMETERS, Action: 'AssumeRole' }), /another action/],
    ['a parameter that is not allowed', bearer({ ...PARAMETERS, 'x-id': 'GetCallerIdentity' }), /x-id is not allowed/],
    ['a parameter twice', bearer({ ...PARAMETERS, 'x-amz-date': '20261124T030000Z' }), /twice/],
    ['a cluster that is not signed', bearer({ ...PARAMETERS, 'X-Amz-SignedHeaders': 'host' }), /x-k8s-aws-id is not signed/],
    ['half a signature', bearer({ ...PARAMETERS, 'X-Amz-Signature': '00ff' }), /signature/],
    ['more than 15 minutes of validity', bearer({ ...PARAMETERS, 'X-Amz-Expires': '901' }), /X-Amz-Expires/],
    ['no validity', bearer(WITHOUT_EXPIRY), /X-Amz-Expires/],
    ['another age', bearer({ ...PARAMETERS, 'X-Amz-Date': '20261124T024459Z' }), /expired/],
    ['no date', bearer({ ...PARAMETERS, 'X-Amz-Date': 'today' }), /expired/],
  ])('with %s is refused', (_name, authorization, reason) => {
    expect(whyUnauthorized(authorization, NOW)).toMatch(reason);
  });
});

it.each(['eu-west-1', 'cn-north-1', 'us-gov-east-1'])("cniwatch's own token of %s is taken", async (region) => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'FwoG/+=' };
  const token = await eksToken({ region, clusterName: 'shop-prod', credentials, now: NOW });
  expect(whyUnauthorized(`Bearer ${token}`, NOW)).toBeUndefined();
});
