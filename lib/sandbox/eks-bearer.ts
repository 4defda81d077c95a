/** What the authenticator allows in a presigned URL. Source: aws-iam-authenticator, pkg/token/token.go. */
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
const LIFETIME = 15 * 60_000;
const LONGEST_TOKEN = 4096;
/** Seconds that a presigned URL may say it is good for. */
const LONGEST_EXPIRY = 900;

/**
 * Why EKS would refuse this Authorization header; undefined where it would not. The signature is not checked: the sandbox has no
 * secrets. Nor can it see which cluster the token names, only that the header which names it is signed.
 */
export function whyUnauthorized(authorization: string | undefined, now: Date): string | undefined {
  const token = /^Bearer k8s-aws-v1\.([A-Za-z0-9_-]+)$/.exec(authorization ?? '')?.[1];
  if (token === undefined || token.length > LONGEST_TOKEN) return 'no bearer token of EKS';
  const text = Buffer.from(token, 'base64url').toString();
  if (!URL.canParse(text)) return 'the token holds no URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' || url.pathname !== '/' || !/^sts\.([a-z0-9-]+\.)?amazonaws\.com(\.cn)?$/.test(url.host)) {
    return 'the token is not for STS';
  }
  const given = [...url.searchParams].map(([name, value]) => [name.toLowerCase(), value] as const);
  const parameters = new Map(given);
  if (parameters.size < given.length) return 'a parameter is there twice';
  const extra = [...parameters.keys()].find((name) => !PARAMETERS.has(name));
  if (extra !== undefined) return `the parameter ${extra} is not allowed`;
  if (parameters.get('action') !== 'GetCallerIdentity') return 'the token asks for another action';
  if (!parameters.get('x-amz-signedheaders')?.split(';').includes('x-k8s-aws-id')) return 'x-k8s-aws-id is not signed';
  if (!/^[0-9a-f]{64}$/.test(parameters.get('x-amz-signature') ?? '')) return 'the signature is none';
  const expires = Number(parameters.get('x-amz-expires') ?? Number.NaN);
  if (!(expires >= 0 && expires <= LONGEST_EXPIRY)) return 'X-Amz-Expires is out of bounds';
  const date = dateOf(parameters.get('x-amz-date'));
  return date === undefined || Math.abs(now.getTime() - date) > LIFETIME ? 'the token is expired' : undefined;
}

function dateOf(text = ''): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  return parts === null ? undefined : Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
}
