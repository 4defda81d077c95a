import { expect, test } from 'vitest';
import { eksToken } from '#lib/collect/kubernetes/eks-token.ts';
import { authenticate, type EksIdentity } from './eks-authenticator.ts';

// The webhook that stands for EKS's authenticator must refuse what that one refuses, or a wrong token would pass the other tests.
const NOW = new Date('2026-11-24T03:00:00Z');
const CLUSTER = 'shop-prod';
const IDENTITY: EksIdentity = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  arn: 'arn:aws:iam::111122223333:role/cniwatch',
  groups: ['cniwatch-viewers'],
};
const SESSION: EksIdentity = { ...IDENTITY, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'FwoGZXIvYXdzE//+=example' };

interface Signing {
  readonly region?: string;
  readonly clusterName?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  readonly now?: Date;
}

const token = (over: Signing = {}) =>
  eksToken({ region: 'eu-west-1', clusterName: CLUSTER, credentials: IDENTITY, now: NOW, ...over });
const verify = (bearer: string) => authenticate(bearer, CLUSTER, [IDENTITY, SESSION], NOW).arn;
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

/** The token with its presigned URL changed. */
async function altered(change: (url: URL) => unknown): Promise<string> {
  const url = new URL(Buffer.from((await token()).replace('k8s-aws-v1.', ''), 'base64url').toString());
  change(url);
  return `k8s-aws-v1.${Buffer.from(url.href).toString('base64url')}`;
}

test.each<[string, Signing]>([
  ['of a long-lived key', {}],
  ['of a session', { credentials: { ...SESSION, sessionToken: 'FwoGZXIvYXdzE//+=example' } }],
  ['of another Region', { region: 'ap-southeast-2' }],
  ['of China', { region: 'cn-north-1' }],
  ['14 minutes old', { now: ago(14) }],
  ['4 minutes early', { now: ago(-4) }],
])('a token %s is taken', async (_name, over) => {
  expect(verify(await token(over))).toBe(IDENTITY.arn);
});

test.each<[string, () => Promise<string>, RegExp]>([
  ['for another cluster', () => token({ clusterName: 'shop-staging' }), /signature does not match/],
  ['of a wrong secret', () => token({ credentials: { ...IDENTITY, secretAccessKey: 'wrong' } }), /signature does not match/],
  ['of an unknown key', () => token({ credentials: { ...IDENTITY, accessKeyId: 'AKIAUNKNOWN' } }), /no identity/],
  [
    'of a session without its session token',
    () => token({ credentials: { ...IDENTITY, accessKeyId: SESSION.accessKeyId } }),
    /session/,
  ],
  ['16 minutes old', () => token({ now: ago(16) }), /16 minutes old/],
  ['from the future', () => token({ now: ago(-6) }), /from the future/],
  ['without its prefix', async () => (await token()).slice(1), /does not start with/],
  ['with padding', async () => `${await token()}=`, /base64url/],
  ['with a parameter more', () => altered((url) => url.searchParams.set('x-id', 'GetCallerIdentity')), /x-id is not among/],
  ['with a parameter twice', () => altered((url) => url.searchParams.append('action', 'GetCallerIdentity')), /twice/],
  ['for another action', () => altered((url) => url.searchParams.set('Action', 'AssumeRole')), /the action is AssumeRole/],
  ['valid for an hour', () => altered((url) => url.searchParams.set('X-Amz-Expires', '3600')), /X-Amz-Expires is 3600/],
  ['that changed its lifetime after signing', () => altered((url) => url.searchParams.set('X-Amz-Expires', '61')), /signature/],
  ['to another host', () => altered((url) => Object.assign(url, { host: 'sts.example.com' })), /is not STS/],
  ['over plain HTTP', () => altered((url) => Object.assign(url, { protocol: 'http:' })), /is not STS/],
])('a token %s is refused', async (_name, make, reason) => {
  const bearer = await make();
  expect(() => verify(bearer)).toThrow(reason);
});
