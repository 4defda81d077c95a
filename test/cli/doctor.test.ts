import { afterEach, describe, expect, test, vi } from 'vitest';
import { main } from '#lib/cli/main.ts';
import type { Fault } from '#lib/sandbox/fault.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { WorldCluster } from '#lib/sandbox/world.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { accountWorld } from '#test/scenarios/worlds/one-cluster.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
  sandbox = undefined;
});

interface Situation {
  readonly cluster?: Partial<WorldCluster>;
  readonly faults?: readonly Fault[];
  readonly now?: () => Date;
  readonly argv?: readonly string[];
}

async function doctor({ cluster: over = {}, faults = [], now = () => new Date(), argv = [] }: Situation = {}) {
  const world = accountWorld({ account: '111122223333', region: 'eu-west-1', now: new Date() }, { shop: {} });
  sandbox = await startSandbox({ ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, ...over })) });
  for (const fault of faults) sandbox.inject(fault);
  for (const [name, value] of Object.entries(sandbox.environment)) vi.stubEnv(name, value);
  const system = aSystem({ now });
  const code = await main(['doctor', '--cluster', 'shop', ...argv], { version: '0', system });
  return { code, out: system.out(), err: system.err() };
}

const lineOf = (out: string, id: string): string => out.split('\n').find((line) => line.trim().split(/ {2,}/)[1] === id) ?? '';

describe('a cluster that cniwatch may read', () => {
  test('is ok, source by source, and nothing is to be added', async () => {
    const { code, out, err } = await doctor();
    expect([code, err]).toEqual([0, 'shop: ok\n']);
    expect(out).toMatch(/shop in eu-west-1, account 111122223333: ok, as arn:aws:iam::111122223333:role\/cniwatch/);
    for (const id of ['credentials', 'cluster', 'dns', 'endpoint', 'clock', 'token', 'subnets', 'pods', 'podMetrics']) {
      expect(lineOf(out, id)).toMatch(/^ {2}ok /);
    }
    expect(lineOf(out, 'nodeProbes')).toMatch(/^ {2}off .*granted/);
    expect(out).not.toContain('onboard');
  });

  test('is asked and never written to', async () => {
    await doctor();
    const writes = Object.keys(sandbox?.calls() ?? {}).filter((call) =>
      /^(POST|PATCH|DELETE) |:(Create|Update|Delete)/.test(call),
    );
    expect(writes).toEqual(['POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews']);
  });
});

describe('what is missing', () => {
  test.each([
    ['a list', ['pods'], 'pods', 'missing: list pods'],
    ['a list of another group', ['daemonsets'], 'daemonSets', 'missing: list daemonsets.apps'],
  ])('%s is a warning that names it, with the command that adds it', async (_, forbidden, source, said) => {
    const { code, out } = await doctor({ cluster: { forbidden } });
    expect(code).toBe(1);
    expect(lineOf(out, source)).toMatch(/^ {2}warning /);
    expect(lineOf(out, source)).toContain(said);
    expect(out).toContain('cniwatch onboard --cluster shop --region eu-west-1 --role arn:aws:iam::111122223333:role/cniwatch\n');
  });

  test('an opt-in source that is off does not count', async () => {
    const { code, out } = await doctor({ cluster: { forbidden: ['pods/exec'] } });
    expect(code).toBe(0);
    expect(lineOf(out, 'ciliumAgents')).toMatch(/^ {2}off .*missing: .*pods\/exec/);
  });

  test('an IAM action is a warning, with the statement that adds it', async () => {
    const answer = { kind: 'error', code: 'UnauthorizedOperation', status: 403 } as const;
    const { code, out } = await doctor({ faults: [{ on: 'ec2:DescribeSubnets', answer }] });
    expect(code).toBe(1);
    expect(lineOf(out, 'subnets')).toContain('missing: ec2:DescribeSubnets');
    expect(out).toMatch(/Add to a policy of arn:.*role\/cniwatch:\n.*"Sid": "CniwatchReads"/s);
    expect(out).toContain('"ec2:DescribeSubnets"');
  });
});

describe('what cannot be entered', () => {
  test('an API server that does not know cniwatch is critical, and its rights are unknown, not missing', async () => {
    const answer = { kind: 'error', code: 'Unauthorized', status: 401 } as const;
    const { code, out } = await doctor({ faults: ['GET /*', 'POST /*'].map((on) => ({ on, answer })) });
    expect(code).toBe(2);
    expect(lineOf(out, 'token')).toMatch(/^ {2}critical .*does not know who asks/);
    expect(lineOf(out, 'pods')).toMatch(/^ {2}unknown .*not known: list pods/);
    expect(lineOf(out, 'subnets')).toMatch(/^ {2}ok /);
    expect(out).toContain('cniwatch onboard --cluster shop');
  });

  test.each([
    [20 * 60, 'critical', /ahead of the API server/],
    [-90, 'warning', /behind the API server/],
  ])('a clock that is %s s off is %s', async (seconds, verdict, said) => {
    const { out } = await doctor({ now: () => new Date(Date.now() + seconds * 1000) });
    expect(lineOf(out, 'clock')).toMatch(new RegExp(`^ {2}${verdict} `));
    expect(lineOf(out, 'clock')).toMatch(said);
  });

  test('AWS credentials that are not good end it at once', async () => {
    const answer = { kind: 'error', code: 'InvalidClientTokenId', status: 403 } as const;
    const { code, out } = await doctor({ faults: [{ on: 'sts:GetCallerIdentity', answer }] });
    expect(code).toBe(2);
    expect(lineOf(out, 'credentials')).toMatch(/^ {2}critical /);
  });
});

test('the document says the same, with what adds what is missing', async () => {
  const { out } = await doctor({ cluster: { forbidden: ['pods'] }, argv: ['--output', 'json'] });
  const { schemaVersion, clusters } = JSON.parse(out);
  expect(schemaVersion).toBe(1);
  expect(clusters[0]).toMatchObject({
    name: 'shop',
    verdict: 'warning',
    remedies: { commands: [expect.stringContaining('cniwatch onboard')] },
  });
  expect(clusters[0].sources.find(({ source }: { source: string }) => source === 'pods')).toEqual({
    source: 'pods',
    enabled: true,
    verdict: 'warning',
    grants: [{ name: 'list pods', kind: 'rbac', state: 'missing' }],
  });
});
