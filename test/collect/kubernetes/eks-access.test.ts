import { describe, expect, it } from 'vitest';
import { accessAdvice } from '#lib/collect/kubernetes/access.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { eksToken } from '#lib/collect/kubernetes/eks-token.ts';
import { ACCOUNT, aCluster, DENIED, REGION } from '#test/scenarios/slices.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'a/session+token=' };
const TARGET = { account: ACCOUNT, region: REGION, name: 'shop-prod', arn: aCluster().arn };
const ENDPOINT = 'https://ABC.gr7.eu-west-1.eks.amazonaws.com';

/** What the authenticator takes. Source: aws-iam-authenticator, pkg/token/token.go. */
const WHITELIST = [
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
];

function decoded(token: string): URL {
  return new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString('utf8'));
}

describe('eksToken', () => {
  it('is a presigned STS address with the parameters that EKS allows, and no others', async () => {
    const now = new Date('2026-11-24T03:00:00Z');
    const token = await eksToken({ region: REGION, clusterName: 'shop-prod', credentials: CREDENTIALS, now });
    expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
    expect(token.length).toBeLessThan(4096);
    const url = decoded(token);
    expect(`${url.protocol}//${url.host}${url.pathname}`).toBe('https://sts.eu-west-1.amazonaws.com/');
    expect([...url.searchParams.keys()].map((key) => key.toLowerCase()).sort()).toEqual([...WHITELIST].sort());
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host;x-k8s-aws-id');
    expect(url.searchParams.get('X-Amz-Date')).toBe('20261124T030000Z');
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe(CREDENTIALS.sessionToken);
  });

  it('asks the STS of China in China', async () => {
    const token = await eksToken({ region: 'cn-north-1', clusterName: 'x', credentials: CREDENTIALS });
    expect(decoded(token).host).toBe('sts.cn-north-1.amazonaws.com.cn');
  });
});

describe('eksAccess', () => {
  it("enters by the cluster's endpoint and its certificate authority", async () => {
    const cluster = aCluster({ endpoint: ENDPOINT, certificateAuthorityData: Buffer.from('PEM').toString('base64') });
    const access = await eksAccess({ target: TARGET, credentials: CREDENTIALS })({ ok: true, data: cluster });
    expect(access.server).toBe(ENDPOINT);
    expect(access.tls.ca?.toString()).toBe('PEM');
    expect(await access.authorization()).toMatch(/^Bearer k8s-aws-v1\./);
  });

  it('keeps a token for 14 minutes, then asks the credentials again', async () => {
    let at = Date.parse('2026-11-24T03:00:00Z');
    let asked = 0;
    const credentials = async () => ({ ...CREDENTIALS, sessionToken: `session-${++asked}` });
    const enter = eksAccess({ target: TARGET, credentials, now: () => new Date(at) });
    const access = await enter({ ok: true, data: aCluster({ endpoint: ENDPOINT }) });
    const [first, second] = await Promise.all([access.authorization(), access.authorization()]);
    at += 13 * 60_000;
    const third = await access.authorization();
    expect(new Set([first, second, third]).size).toBe(1);
    at += 60_000;
    expect(await access.authorization()).not.toBe(first);
    expect(asked).toBe(2);
  });

  it('does not keep a failure', async () => {
    let fails = true;
    const credentials = async () => {
      if (fails) throw Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
      return CREDENTIALS;
    };
    const access = await eksAccess({ target: TARGET, credentials })({ ok: true, data: aCluster({ endpoint: ENDPOINT }) });
    await expect(access.authorization()).rejects.toMatchObject({ code: 'NoCredentials' });
    fails = false;
    expect(await access.authorization()).toMatch(/^Bearer /);
  });

  it.each([
    ['the cluster could not be read', DENIED, /cluster could not be read/],
    ['the cluster has no endpoint yet', { ok: true, data: aCluster({ status: 'CREATING' }) } as const, /status is CREATING/],
  ])('says what it lacks where %s', async (_, cluster, reason) => {
    await expect(eksAccess({ target: TARGET, credentials: CREDENTIALS })(cluster)).rejects.toMatchObject({
      code: 'InputMissing',
      message: expect.stringMatching(reason),
    });
  });
});

describe('advice about an API server that cannot be entered', () => {
  it.each([
    [
      'a private endpoint',
      { endpointPublicAccess: false },
      /private: run cniwatch in VPC vpc-1 .* TCP 443 open to sg-cluster .*runner.*"Private clusters"/,
    ],
    [
      'public access for some addresses',
      { endpointPublicAccess: true, publicAccessCidrs: ['198.51.100.0/24'] },
      /limited to 198\.51\.100\.0\/24: add .*, or run cniwatch in VPC .*runner.*"Private clusters"/,
    ],
    ['public access for all', { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'] }, /public: check DNS/],
  ])('tells %s', (_, over, advice) => {
    const cluster = { ok: true, data: aCluster({ endpoint: ENDPOINT, ...over }) } as const;
    expect(accessAdvice(cluster, ENDPOINT).unreachable).toMatch(advice);
  });

  it.each([
    ['API', /cniwatch onboard --cluster shop-prod/],
    ['API_AND_CONFIG_MAP', /cniwatch onboard/],
    ['CONFIG_MAP', /aws-auth/],
  ])('says how to let cniwatch in under authentication mode %s', (authenticationMode, advice) => {
    const cluster = { ok: true, data: aCluster({ endpoint: ENDPOINT, authenticationMode }) } as const;
    expect(accessAdvice(cluster, `${ENDPOINT}:443/`).unauthorized).toMatch(advice);
  });

  it('does not speak of EKS where the server is another', () => {
    const cluster = { ok: true, data: aCluster({ endpoint: ENDPOINT }) } as const;
    expect(accessAdvice(cluster, 'https://127.0.0.1:6443').unreachable).toMatch(/kubeconfig/);
    expect(accessAdvice(DENIED, ENDPOINT).unauthorized).toMatch(/kubeconfig/);
  });
});
