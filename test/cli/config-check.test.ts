import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { accountWorld } from '#test/scenarios/worlds/one-cluster.ts';

const PAY = '444455556666';
let folder = '';
let sandbox: Sandbox;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cniwatch-config-'));
  const now = new Date();
  const world = (account: string, clusters: Record<string, Record<string, string>>) =>
    accountWorld({ account, region: 'eu-west-1', now }, clusters);
  const members = [{ role: 'cniwatch-reader', worlds: [world(PAY, { 'pay-prod': { size: 'large' } })] as const }];
  sandbox = await startSandbox(world('111122223333', { 'shop-prod': {}, 'shop-test': {} }), { members });
  for (const [name, value] of Object.entries(sandbox.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

async function check(text: string, ...options: readonly string[]) {
  const file = join(folder, 'cniwatch.yaml');
  await writeFile(file, text);
  const system = aSystem();
  const code = await main(['config', 'check', file, ...options], { version: '0', system });
  return { code, out: system.out().replaceAll(folder, '.'), err: system.err().replaceAll(folder, '.') };
}

const FILE = `
fleet: [{ region: eu-west-1, clusters: ['shop-*'] }]
accounts:
  - { id: '${PAY}', name: payments, role: cniwatch-reader, regions: [eu-west-1], exceptTags: { cniwatch: 'off' } }
checks: { subnet-ip-exhaustion: { options: { warningPercent: 75 } }, max-pods-mismatch: { enabled: false } }
overrides:
  - match: { clusters: ['*-test'] }
    checks: { subnet-ip-exhaustion: { enabled: false } }
  - match: { tags: { size: large } }
    checks: { subnet-ip-exhaustion: { options: { warningPercent: 85 } } }
suppressions:
  - { check: leaked-enis, cluster: shop-prod, reason: goes in May, until: 2027-05-31 }
  - { check: eni-quota, resource: L-DF5E4CA3, reason: asked for, until: 2026-01-31 }
remediations:
  rules: [{ remediation: restart-coredns, policy: auto, match: { clusters: ['*-test'] }, window: { from: '08:00', to: '16:00' } }]
`;

describe('a configuration that is valid', () => {
  test('is told with what differs from the defaults', async () => {
    const { code, out, err } = await check(FILE);
    expect([code, err]).toEqual([0, '']);
    expect(out.replace(/Configuration [0-9a-f]{12}/, 'Configuration HASH').split('\n')).toEqual([
      './cniwatch.yaml is valid. Configuration HASH.',
      '',
      'Where it looks',
      '  fleet.0     eu-west-1: shop-*',
      '  accounts.0  account 444455556666 (payments) by cniwatch-reader, eu-west-1: *; without cniwatch=off',
      '',
      'What differs from the defaults',
      '  subnet-ip-exhaustion  warningPercent 75 (default 80)',
      '  max-pods-mismatch     off',
      '',
      'overrides.0, for clusters *-test',
      '  subnet-ip-exhaustion  off',
      '',
      'overrides.1, for tags size=large',
      '  subnet-ip-exhaustion  warningPercent 85',
      '',
      'Suppressions',
      '  leaked-enis  cluster shop-prod: until 2027-05-31: goes in May',
      '  eni-quota    L-DF5E4CA3: over since 2026-01-31, counts again: asked for',
      '',
      'Remediations',
      '  restart-coredns  auto for clusters *-test, 08:00 to 16:00 UTC',
      '  all others       propose',
      '',
    ]);
  });

  test('and empty is the defaults', async () => {
    const { code, out } = await check('');
    expect(code).toBe(0);
    expect(out).toContain('no fleet: what the command line says');
    expect(out).not.toContain('What differs');
  });

  test('tells what each cluster goes by, by its name and its tags', async () => {
    const { code, out, err } = await check(FILE, '--clusters');
    expect([code, err]).toEqual([0, '']);
    expect(out.slice(out.indexOf('shop-prod in')).split('\n')).toEqual([
      'shop-prod in eu-west-1, account 111122223333',
      '  subnet-ip-exhaustion  warningPercent 75 (default 80)',
      '  max-pods-mismatch     off',
      '',
      'shop-test in eu-west-1, account 111122223333',
      '  subnet-ip-exhaustion  off; warningPercent 75 (default 80)',
      '  max-pods-mismatch     off',
      '',
      'pay-prod in eu-west-1, account 444455556666',
      '  subnet-ip-exhaustion  warningPercent 85 (default 80)',
      '  max-pods-mismatch     off',
      '',
    ]);
  });

  test('has the same as JSON', async () => {
    const { out } = await check(FILE, '--clusters', '--output', 'json');
    const document = JSON.parse(out);
    expect(document).toMatchObject({ schemaVersion: 1, configHash: expect.stringMatching(/^[0-9a-f]{64}$/), warnings: [] });
    expect(document.clusters[2]).toMatchObject({
      account: PAY,
      name: 'pay-prod',
      changed: [
        { check: 'subnet-ip-exhaustion', enabled: true, options: { warningPercent: { value: 85, default: 80 } } },
        { check: 'max-pods-mismatch', enabled: false, options: {} },
      ],
    });
    expect(document.suppressions.map(({ expired }: { expired: boolean }) => expired)).toEqual([false, true]);
    expect(out).not.toContain('role/cniwatch-reader');
  });

  test('names rules that are of no cluster, once all were seen', async () => {
    const stray = `${FILE.replace("['*-test']", "['web-*']")}`;
    expect((await check(stray, '--clusters')).err).toBe('warning: overrides.0.match: no cluster of the fleet matches web-*\n');
    expect((await check(stray, '--clusters', '--region', 'eu-west-1')).err).toBe('');
    const gone = await check(stray.replace('role: cniwatch-reader', 'role: gone'), '--clusters');
    expect(gone.code).toBe(3);
    expect(gone.err).toMatch(/^error: account 444455556666 \(payments\): sts:AssumeRole was denied.*\n {2}Check in that account/);
  });
});

describe('a configuration that is not', () => {
  test('is 64, with every problem at its place, and nothing on stdout', async () => {
    const { code, out, err } = await check('checks:\n  subnet-ip-exhaustoin: {}\nfleets: []\n');
    expect([code, out]).toEqual([64, '']);
    expect(err.split('\n')).toEqual([
      'error: ./cniwatch.yaml:2:3: unknown check "subnet-ip-exhaustoin": did you mean "subnet-ip-exhaustion"?',
      'error: ./cniwatch.yaml:3:1: unknown key "fleets": did you mean "fleet"?',
      '',
    ]);
  });

  test('there at all is 64', async () => {
    const system = aSystem();
    expect(await main(['config', 'check', join(folder, 'none.yaml')], { version: '0', system })).toBe(64);
    expect(system.err()).toMatch(/none\.yaml cannot be read \(ENOENT\)/);
  });
});
