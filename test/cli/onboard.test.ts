import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { WorldCluster } from '#lib/sandbox/world.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { accountWorld } from '#test/scenarios/worlds/one-cluster.ts';

const ROLE = 'arn:aws:iam::111122223333:role/cniwatch-reader';
const folder = await mkdtemp(join(tmpdir(), 'cniwatch-onboard-'));
let sandbox: Sandbox | undefined;

async function serve(over: Partial<WorldCluster> = {}): Promise<void> {
  const world = accountWorld({ account: '111122223333', region: 'eu-west-1', now: new Date() }, { shop: {} });
  sandbox = await startSandbox({ ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, ...over })) });
  for (const [name, value] of Object.entries(sandbox.environment)) vi.stubEnv(name, value);
}
afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
  sandbox = undefined;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function cniwatch(argv: readonly string[], answer?: string) {
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return answer;
  };
  const system = aSystem({ ask });
  const code = await main(argv, { version: '0', system });
  return { code, out: system.out(), err: system.err(), asked };
}
const onboard = (...more: readonly string[]) => cniwatch(['onboard', '--cluster', 'shop', '--role', ROLE, ...more]);
const offboard = (...more: readonly string[]) => cniwatch(['offboard', '--cluster', 'shop', '--role', ROLE, ...more]);
const outcomes = (out: string) =>
  [...out.matchAll(/^ {2}(\w+(?: hand)?) {2,}(.+)$/gm)].map(([, outcome, what]) => `${outcome}: ${what}`);
const writes = () => Object.keys(sandbox?.calls() ?? {}).filter((call) => /^(PATCH|DELETE)|:(Create|Update|Delete)/.test(call));

describe('a cluster that is new to cniwatch', () => {
  test('gets an access entry and the reader alone, and a second time keeps them', async () => {
    await serve();
    const first = await onboard('--yes');
    expect([first.code, first.err]).toEqual([0, '']);
    const created = outcomes(first.out);
    expect(created[0]).toBe(`create: access entry of ${ROLE}, in the group cniwatch-readers`);
    expect(created).toContain('create: ClusterRole cniwatch-readers');
    expect(created.join()).not.toContain('canary');
    expect(first.out).toContain('cniwatch doctor --cluster shop --region eu-west-1');
    const second = outcomes((await onboard('--yes')).out);
    expect(second[0]).toBe(`keep: access entry of ${ROLE}: it is in the group cniwatch-readers`);
    expect(second).toContain('keep: ClusterRole cniwatch-readers: it is as it should be');
    expect(new Set(second.map((line) => line.split(':')[0]))).toEqual(new Set(['keep']));
  });

  test('is told what differs from the configuration, and that alone is changed', async () => {
    await serve();
    await onboard('--yes', '--with', 'nodeProbes');
    const config = join(folder, 'image.yaml');
    await writeFile(config, 'probes: { image: registry.example/busybox:1 }\n');
    const again = () => onboard('--yes', '--with', 'nodeProbes', '--config', config);
    const { out } = await again();
    const told = outcomes(out).filter((line) => !line.startsWith('keep: '));
    expect(told).toEqual([expect.stringMatching(/^change: ValidatingAdmissionPolicy cniwatch-/)]);
    expect(out).toContain('\n1 change made.\n');
    expect((await again()).out).toContain('There is nothing to change.');
  });

  test('and the sources that are named, with their namespaces before what is in them', async () => {
    await serve();
    const lines = outcomes((await onboard('--yes', '--with', 'canary')).out);
    expect(lines.indexOf('create: Namespace cniwatch-canary')).toBeLessThan(
      lines.indexOf('create: Role cniwatch-canary/cniwatch-readers-canary'),
    );
    expect(lines.join()).not.toContain('nodeProbes');
  });

  test('is left as it was by a dry run, which the API server is let try', async () => {
    await serve();
    const { code, out } = await onboard('--dry-run', '--with', 'all');
    expect([code, out.includes('nothing was changed')]).toEqual([0, true]);
    expect(writes().filter((call) => !call.startsWith('PATCH'))).toEqual([]);
    expect(new Set(outcomes((await onboard('--dry-run')).out).map((line) => line.split(':')[0]))).toEqual(new Set(['create']));
  });

  test.each([
    ['yes', 'y', true],
    ['no', 'n', false],
    ['nothing', '', false],
  ])('is changed only where the answer %s lets it', async (_, answer, changed) => {
    await serve();
    const { code, asked } = await cniwatch(['onboard', '--cluster', 'shop', '--role', ROLE], answer);
    expect([code, asked.length, writes().length > 0]).toEqual([0, 1, changed]);
  });
});

describe('what is not changed', () => {
  test('a cluster where nobody can be asked', async () => {
    await serve();
    const { code, err } = await onboard();
    expect([code, writes()]).toEqual([64, []]);
    expect(err).toContain('give --yes');
  });

  test('aws-auth, in the mode CONFIG_MAP: the entry to add is told', async () => {
    await serve({ eks: { ...(await clusterOf()).eks, accessConfig: { authenticationMode: 'CONFIG_MAP' } } });
    const { code, out } = await onboard('--yes');
    expect(code).toBe(0);
    expect(out).toMatch(/by hand .*never edits that ConfigMap/);
    expect(out).toContain(`    - rolearn: ${ROLE}\n      username: cniwatch\n      groups:\n        - cniwatch-readers\n`);
    expect(writes().filter((call) => call.startsWith('eks:'))).toEqual([]);
  });

  test('anything, by --print, which asks nobody', async () => {
    const { code, out } = await cniwatch(['onboard', '--print', '--with', 'nodeProbes']);
    expect(code).toBe(0);
    expect(out).toMatch(/^apiVersion: rbac.*kind: ValidatingAdmissionPolicy\n/s);
  });

  test.each([
    ['a source that is none', ['--with', 'canry'], /canry is no opt-in source.*canary/],
    ['a role that is none', ['--role', 'arn:aws:s3:::bucket'], /not the ARN of an IAM role/],
  ])('by %s, which is told', async (_, more, message) => {
    await serve();
    const { code, err } = await onboard(...more);
    expect(code).toBe(64);
    expect(err).toMatch(message);
  });

  test('by somebody who may not: who could is told, and how far it came', async () => {
    await serve({ forbidden: ['patch clusterroles'] });
    const { code, err } = await onboard('--yes');
    expect(code).toBe(3);
    expect(err).toMatch(/ClusterRole cniwatch-readers: PATCH .* 1 of \d+ changes were made before/);
    expect(err).toContain('credentials that administer the cluster');
  });
});

test('the role comes from the configuration where the account is there', async () => {
  await serve();
  const config = join(folder, 'cniwatch.yaml');
  await writeFile(
    config,
    "accounts: [{ id: '111122223333', role: cniwatch-reader, regions: [eu-west-1] }]\ncollect: { optIn: [ipamd] }\n",
  );
  const { out } = await cniwatch(['onboard', '--cluster', 'shop', '--config', config, '--dry-run']);
  expect(outcomes(out)).toContain(`create: access entry of ${ROLE}, in the group cniwatch-readers`);
  expect(outcomes(out)).toContain('create: ClusterRole cniwatch-readers-ipamd');
  expect((await cniwatch(['onboard', '--cluster', 'shop'])).err).toMatch(/which role is to be let in\?.*ReaderRoleArn/);
});

test('an entry of other groups keeps them, and gets them back by offboard', async () => {
  await serve({ accessEntries: [{ principalArn: ROLE, kubernetesGroups: ['viewers'] }] });
  expect(outcomes((await onboard('--yes')).out)[0]).toBe(
    `change: access entry of ${ROLE}: it has viewers, and gets cniwatch-readers besides`,
  );
  expect(outcomes((await offboard('--yes')).out)[0]).toMatch(/^change: .*loses the group cniwatch-readers/);
  expect(outcomes((await onboard('--dry-run')).out)[0]).toContain('it has viewers, and');
});

test('offboard takes away all that onboard made, and a second time nothing', async () => {
  await serve();
  const made = outcomes((await onboard('--yes', '--with', 'all')).out);
  const gone = outcomes((await offboard('--yes')).out);
  expect(gone.map((line) => line.replace(/^delete: /, '')).sort()).toEqual(
    made.map((line) => line.replace(/^create: /, '').replace(', in the group cniwatch-readers', '')).sort(),
  );
  const again = await offboard('--yes');
  expect(outcomes(again.out)).toEqual([`keep: access entry of ${ROLE}: there is none`]);
  expect(again.out).toContain('There is nothing to change.');
});

test('offboard leaves what somebody else made under the same name', async () => {
  const metadata = { name: 'cniwatch-canary' };
  const { kubernetes } = await clusterOf();
  const withNamespace = kubernetes.map((each) =>
    each.plural === 'namespaces' ? { ...each, items: [...each.items, { apiVersion: 'v1', kind: 'Namespace', metadata }] } : each,
  );
  await serve({ kubernetes: withNamespace });
  expect(outcomes((await onboard('--yes', '--with', 'canary')).out)).toContain(
    'change: Namespace cniwatch-canary, which somebody else made: offboard will leave it',
  );
  expect(outcomes((await offboard('--yes')).out)).toContain('keep: Namespace cniwatch-canary: onboard did not make it');
});

async function clusterOf(): Promise<WorldCluster> {
  const world = accountWorld({ account: '111122223333', region: 'eu-west-1', now: new Date() }, { shop: {} });
  const [cluster] = world.clusters;
  if (cluster === undefined) throw new Error('no cluster');
  return cluster;
}
