import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An AWS identity that an access entry maps to a Kubernetes user. */
export interface EksIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn: string;
  readonly groups: readonly string[];
}

/** Why a token was refused. */
class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const PREFIX = 'k8s-aws-v1.';
const STS_HOST = /^sts(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/;
const PARAMETERS = new Set([
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
]);
const MINUTE = 60_000;

/**
 * Who a bearer token is, by the rules of EKS's authenticator. Where that one asks STS, this one computes the signature from the
 * secret that it knows, with `x-k8s-aws-id` set to this cluster's name, so that a token for another cluster does not verify.
 * Source: kubernetes-sigs/aws-iam-authenticator, pkg/token/token.go; AWS General Reference, "Create a signed AWS API request".
 * @throws TokenRefused
 */
export function authenticate(token: string, cluster: string, identities: readonly EksIdentity[], now: Date): EksIdentity {
  const url = presignedUrl(token);
  const query = parameters(url);
  const value = (name: string) => query.get(name) ?? '';
  demand(value('action') === 'GetCallerIdentity', `the action is ${value('action')}`);
  const expires = Number(value('x-amz-expires'));
  demand(expires >= 0 && expires <= 900, `X-Amz-Expires is ${expires}`);
  demandFresh(value('x-amz-date'), now);
  const signedHeaders = value('x-amz-signedheaders').split(';');
  demand(signedHeaders.includes('x-k8s-aws-id'), 'x-k8s-aws-id is not among the signed headers');
  const [accessKeyId, ...scope] = value('x-amz-credential').split('/');
  const identity = identities.find((one) => one.accessKeyId === accessKeyId);
  if (!identity) throw new TokenRefused(`no identity has the access key ${accessKeyId}`);
  demand((query.get('x-amz-security-token') ?? undefined) === identity.sessionToken, 'the session token is not the one issued');
  const headers: Readonly<Record<string, string>> = { host: url.host, 'x-k8s-aws-id': cluster };
  const canonicalHeaders = signedHeaders.map((name) => `${name}:${headers[name]}\n`).join('');
  const request = ['GET', '/', canonicalQuery(url), canonicalHeaders, signedHeaders.join(';'), sha256('')].join('\n');
  const expected = signature(identity.secretAccessKey, scope, value('x-amz-date'), request);
  const given = Buffer.from(value('x-amz-signature'), 'hex');
  demand(given.length === expected.length && timingSafeEqual(given, expected), 'the signature does not match');
  return identity;
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new TokenRefused(otherwise);
}

function presignedUrl(token: string): URL {
  demand(token.startsWith(PREFIX), `the token does not start with ${PREFIX}`);
  demand(token.length <= 4096, 'the token is longer than 4096 bytes');
  const payload = token.slice(PREFIX.length);
  demand(/^[A-Za-z0-9_-]+$/.test(payload), 'the payload is not base64url without padding');
  const url = new URL(Buffer.from(payload, 'base64url').toString());
  demand(url.protocol === 'https:' && url.pathname === '/' && STS_HOST.test(url.host), `${url.host}${url.pathname} is not STS`);
  return url;
}

function parameters(url: URL): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const key = name.toLowerCase();
    demand(PARAMETERS.has(key), `the parameter ${name} is not among those allowed`);
    demand(!query.has(key), `the parameter ${name} is there twice`);
    query.set(key, value);
  }
  return query;
}

/** A token lives for 15 minutes, whatever X-Amz-Expires says. */
function demandFresh(date: string, now: Date): void {
  const parts = date
    .match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/)
    ?.slice(1)
    .map(Number);
  if (!parts) throw new TokenRefused(`X-Amz-Date is ${date}`);
  const [year = 0, month = 0, day = 0, ...time] = parts;
  const age = now.getTime() - Date.UTC(year, month - 1, day, ...time);
  demand(age <= 15 * MINUTE, `the token is ${Math.round(age / MINUTE)} minutes old`);
  demand(age >= -5 * MINUTE, 'the token is from the future');
}

const encode = (value: string) =>
  encodeURIComponent(value).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .filter(([name]) => name.toLowerCase() !== 'x-amz-signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();

function signature(secret: string, scope: readonly string[], date: string, request: string): Buffer {
  const key = scope.reduce<string | Buffer>((derived, part) => hmac(derived, part), `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(request)].join('\n'));
}

export interface AuthenticatorWebhook {
  readonly url: string;
  /** Why tokens were refused, oldest first. */
  readonly refusals: readonly string[];
  stop(): Promise<void>;
}

/** Serves TokenReviews to the API server. Source: Kubernetes documentation, "Webhook Token Authentication". */
export async function startAuthenticator(cluster: string, identities: readonly EksIdentity[]): Promise<AuthenticatorWebhook> {
  const refusals: string[] = [];
  const review = (token: string) => {
    try {
      const { arn, groups } = authenticate(token, cluster, identities, new Date());
      return { authenticated: true, user: { username: arn, uid: arn, groups } };
    } catch (error) {
      refusals.push((error as Error).message);
      return { authenticated: false, error: (error as Error).message };
    }
  };
  const server = createServer(async (request, response) => {
    const { spec } = JSON.parse(await text(request)) as { spec: { token: string } };
    const answer = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status: review(spec.token) };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    refusals,
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
