import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { writeSnapshot } from '#lib/cli/snapshot-file.ts';
import { canarySettings } from '#lib/model/canary-settings.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { triageDocument } from '#lib/model/triage.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { World } from '#lib/sandbox/world.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { run, start } from '#test/cli/run-cniwatch.ts';
import { snapshotOf } from '#test/scenarios/assess-world.ts';
import { calicoBgp } from '#test/scenarios/worlds/calico.ts';
import { type CanarySituation, canary, OUTSIDE } from '#test/scenarios/worlds/canary.ts';
import * as cni from '#test/scenarios/worlds/cni.ts';
import * as coredns from '#test/scenarios/worlds/coredns.ts';
import { flannel } from '#test/scenarios/worlds/flannel.ts';
import { shutBetweenNodes } from '#test/scenarios/worlds/other-cni.ts';
import { shop, zoneAWith } from '#test/scenarios/worlds/shop.ts';

const WORLDS: Readonly<Record<string, () => World>> = {
  quiet: () => shop(),
  'agent-down': cni.agentDown,
  'nodes-full': cni.nodesFull,
  'no-kube-proxy': cni.noKubeProxy,
  'no-dns': coredns.noEndpointReady,
  'subnet-empty': () => shop({ subnets: zoneAWith(0) }),
  'port-shut': () => shutBetweenNodes(flannel()),
  'no-bgp': () => calicoBgp('Connect'),
  refused: () => cni.refused('pods', 'events'),
};

/** What a canary sees. */
const CANARIES: Readonly<Record<string, CanarySituation>> = {
  'canary-well': {},
  'canary-no-route': { routes: 'none' },
  'canary-no-dns': { resolver: 'silent', coreDns: 'silent' },
  'canary-no-egress': { outside: 'silent' },
};

let sandbox: Sandbox;
let folder = '';
const at = (name: string): string => path.join(folder, `${name}.json`);
beforeAll(async () => {
  sandbox = await startSandbox(embeddedFleet(new Date()));
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-triage-'));
  for (const [name, world] of Object.entries(WORLDS)) await writeSnapshot(at(name), await snapshotOf(world(), { optIn: [] }));
  const settings = { ...canarySettings.parse({ egress: [OUTSIDE] }), timeoutSeconds: 20 };
  const seen = { optIn: ['canary'], settings: { ...DEFAULT_COLLECT_SETTINGS, canary: settings } } as const;
  for (const [name, situation] of Object.entries(CANARIES))
    await writeSnapshot(at(name), await snapshotOf(canary(situation), seen));
});
afterAll(async () => {
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

const triage = async (name: string, ...argv: readonly string[]) => {
  const system = aSystem();
  const code = await main(['triage', '--snapshot', at(name), ...argv], { version: '1', system });
  return { code, out: system.out(), err: system.err() };
};

describe('of a Snapshot', () => {
  test.each<[string, number, string, readonly string[]]>([
    [
      'agent-down',
      2,
      'One node (ip-10-0-4-5.eu-west-1.compute.internal): new pods get no network.',
      ['Do    restart-cni: First see why'],
    ],
    ['nodes-full', 2, 'Cluster-wide: addresses are running out.', ['Do    enable-prefix-delegation:', 'and 3 more like it']],
    ['no-kube-proxy', 2, 'Cluster-wide: Services do not answer', ['Do    Bring kube-proxy back']],
    ['no-dns', 2, 'Cluster-wide: names do not resolve.', ['Explains dns-security-groups.', 'get endpointslices']],
    ['subnet-empty', 2, '(2 of 4 nodes): addresses are running out.', ['Else  tune-warm-targets', 'aws ec2 describe-subnets']],
    ['port-shut', 2, 'Cluster-wide: pods cannot reach each other.', ["Let flannel's vxlan (UDP 8472) pass"]],
    ['no-bgp', 2, 'Cluster-wide: pods cannot reach each other.', ['Do    restart-bgp:', 'kubectl get caliconodestatuses']],
    [
      'refused',
      3,
      'Nothing wrong was found, but not all was seen',
      ['Not seen, so further problems may be hidden:', 'pods (Forbidden)'],
    ],
  ])('%s ends with %i, and says first what it is and what to do', async (name, code, headline, says) => {
    const told = await triage(name);
    expect({ code: told.code, err: told.err }).toEqual({ code, err: '' });
    const [, ...lines] = told.out.split('\n');
    expect(lines.slice(0, 2).join(' ')).toContain(headline);
    for (const words of says) expect(told.out).toContain(words);
  });

  test('one root has its symptoms folded beneath it', async () => {
    const { out } = await triage('agent-down');
    expect(out).toContain('Explains pod-sandbox-failures, pods-awaiting-network.');
    expect(out).not.toMatch(/^\d {2}\w+ +(pod-sandbox-failures|pods-awaiting-network)/m);
  });

  test.each(Object.keys(WORLDS))('%s is one screen', async (name) => {
    const lines = (await triage(name)).out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    // Commands are as long as they must be to be copied.
    const prose = lines.filter((line) => !/^ {2}(kubectl|aws|cniwatch) |kubectl enters by/.test(line));
    expect(prose.filter((line) => line.length > 80)).toEqual([]);
  });

  test.each(Object.keys(WORLDS))('%s as JSON is a document of the published shape, with the same verdict', async (name) => {
    const { code, out } = await triage(name, '--output', 'json');
    const document = triageDocument.parse(JSON.parse(out));
    expect(document.cluster.name).toBe('shop-prod');
    expect(code).toBe({ ok: 0, 'not-applicable': 0, warning: 1, critical: 2, unknown: 3 }[document.verdict]);
    expect(JSON.parse(out)).toEqual(document);
  });

  test.each([
    ['canary-well', 0, 'Nothing is wrong that cniwatch looks at', 'A canary pod got its network and resolved names'],
    ['canary-no-route', 2, 'new pods get no network', 'the CNI died while it set the pod up'],
    ['canary-no-dns', 2, 'names do not resolve', 'CoreDNS is blocked or down; look at the policies first'],
    ['canary-no-egress', 2, 'pods do not reach the outside', 'DNS works in a canary pod and the outside is not reached'],
  ])('what %s saw decides the words, and ends with %i', async (name, code, ...says) => {
    const told = await triage(name, '--output', 'json');
    const { headline } = triageDocument.parse(JSON.parse(told.out));
    for (const words of says) expect(headline).toContain(words);
    expect(told.code).toBe(code);
  });

  test('commands enter the cluster as it was entered', async () => {
    const { out } = await triage('agent-down', '--context', 'my context');
    expect(out).toContain("kubectl '--context=my context' -n kube-system get daemonset aws-node -o wide");
    expect(out).not.toContain('update-kubeconfig');
  });

  test('names of the cluster reach the terminal as text and nothing else', async () => {
    const snapshot = await snapshotOf(shop(), { optIn: [] });
    await writeSnapshot(at('evil'), { ...snapshot, target: { ...snapshot.target, name: 'a\u001b[2Jb\u202e; reboot' } });
    const { out } = await triage('evil');
    expect(out.split('\n')[0]).toMatch(/^OK {8}ab; reboot {2}eu-west-1/);
    for (const character of ['\u001b', '\u202e']) expect(out).not.toContain(character);
  });
});

describe('wrong usage is 64 and says why', () => {
  test.each([
    [['--snapshot', 's.json', '--cluster', 'a'], '--snapshot excludes --cluster'],
    [['--snapshot', 's.json', '--history', 'cloudwatch'], '--history cloudwatch is for live clusters'],
    [['--snapshot', '/nowhere.json'], 'the Snapshot /nowhere.json cannot be read (ENOENT)'],
    [['--output', 'html'], 'Allowed choices are table, json.'],
    [['--cluter', 'a'], "unknown option '--cluter'\n(Did you mean --cluster?)"],
    [[], 'which cluster? Give --cluster NAME or --snapshot FILE'],
    [['extra'], 'too many arguments'],
  ])('%j', async (argv, reason) => {
    const system = aSystem();
    expect(await main(['triage', ...argv], { version: '1', system })).toBe(64);
    expect(system.out()).toBe('');
    expect(system.err()).toContain(reason);
  });
});

test('its help says what the exit codes are, and shows an example', async () => {
  const system = aSystem();
  expect(await main(['triage', '--help'], { version: '1', system })).toBe(0);
  expect(system.out()).toContain('Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown');
  expect(system.out()).toContain('cniwatch triage --cluster shop-prod --region eu-west-1');
});

describe('of a live cluster', () => {
  const live = (...argv: readonly string[]) => run(['triage', ...argv], sandbox.environment);
  test.each([
    ['identity-prod', 0, 'Nothing is wrong that cniwatch looks at'],
    ['payments-prod', 2, 'names do not resolve'],
    ['media-staging', 2, 'new pods get no network'],
  ])('%s ends with %i, as check does', async (cluster, code, says) => {
    const told = await live('--cluster', cluster);
    expect(told.out).toContain(says);
    expect(told.code).toBe(code);
    const checked = await run(['check', '--cluster', cluster], sandbox.environment);
    expect(checked.code).toBe(code);
  });
  test('forecasts go by what was published', async () => {
    const { out } = await live('--cluster', 'shop-prod', '--output', 'json');
    const { problems } = triageDocument.parse(JSON.parse(out));
    const subnets = problems.find(({ hoursToExhaustion }) => hoursToExhaustion !== null);
    expect(subnets).toMatchObject({ check: 'subnet-ip-exhaustion', timeToImpact: 'hours' });
  });
  test('that is not there ends with 3', async () => {
    const { code, out, err } = await live('--cluster', 'no-such-cluster');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('no-such-cluster');
  });
  test('whose reader has gone still ends with the verdict, without a word', async () => {
    const { child, ended } = start(['triage', '--snapshot', at('agent-down')]);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 2, err: '' });
  });
});
