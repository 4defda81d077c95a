import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '#lib/cli/main.ts';
import type { PlanDocument } from '#lib/cli/plan-text.ts';
import { writeSnapshot } from '#lib/cli/snapshot-file.ts';
import { REMEDIATIONS } from '#lib/remediate/index.ts';
import { aSystem } from '#test/cli/a-system.ts';
import { anAddon, aSettledCluster } from '#test/remediate/a-plan.ts';
import { DENIED } from '#test/scenarios/slices.ts';

let folder = '';
const at = (name: string): string => path.join(folder, name);
/** 26 of 27 addresses of each node are in use, and each can attach no further interface. */
const full = { podsPerNode: 26 };
const tags = { 'aws:cloudformation:stack-name': 'net' };
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cniwatch-plan-'));
  await writeSnapshot(at('healthy.json'), aSettledCluster({ nodes: 1 }));
  await writeSnapshot(at('busy.json'), aSettledCluster({ nodes: 1, podsPerNode: 9, maxPods: 400 }));
  await writeSnapshot(at('full.json'), aSettledCluster({ nodes: 1, ...full }, { addons: [anAddon({ tags })] }));
  await writeSnapshot(at('unread.json'), aSettledCluster({ nodes: 1, ...full }, { nodegroups: DENIED }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const plan = async (...argv: readonly string[]) => {
  const system = aSystem();
  const code = await main(['plan', ...argv], { version: '1', system });
  return { code, out: system.out(), err: system.err() };
};
const documentOf = async (...argv: readonly string[]): Promise<PlanDocument> =>
  JSON.parse((await plan(...argv, '--output', 'json')).out);
const ID = 'enable-prefix-delegation';

test('--list names every remediation that can be planned, as its contract has it', async () => {
  const { code, out } = await plan('--list', '--output', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(
    REMEDIATIONS.map(({ id, title, fixes, risk, approvals }) => ({ id, title, fixes, risk, approvals })),
  );
  expect((await plan('--list')).out).toMatch(/^enable-prefix-delegation +medium/m);
});

describe('the exit code', () => {
  test.each<[string, readonly string[], number, RegExp]>([
    ['ready', [ID, '--snapshot', 'busy.json'], 0, /^Ready: /],
    ['a guard that does not hold', [ID, '--snapshot', 'full.json'], 1, /^Not ready, 1 of \d+ preconditions do not hold/],
    ['nothing wrong', [ID, '--snapshot', 'healthy.json'], 1, /^Refused: /],
    ['a source that was not read', [ID, '--snapshot', 'unread.json'], 1, /The source nodegroups was not read/],
    ['a finding that there is not', [ID, '--snapshot', 'busy.json', '--finding', 'f'], 1, /has the fingerprint f/],
    ['no id', ['--snapshot', 'busy.json'], 64, /which remediation\?/],
    ['an id that cannot be planned', ['reset-cni', '--snapshot', 'busy.json'], 64, /no remediation "reset-cni" can be planned/],
    ['a mistyped id', ['enable-prefix-delegatoin', '--snapshot', 'busy.json'], 64, /enable-prefix-delegation/],
    ['an option that there is not', [ID, '--snapshot', 'busy.json', '--set', 'warm=1'], 64, /has no option "warm"/],
    [
      'a value that it does not take',
      [ID, '--snapshot', 'busy.json', '--set', 'warmPrefixTarget=0'],
      64,
      /--set warmPrefixTarget/,
    ],
    ['neither cluster nor Snapshot', [ID], 64, /which cluster\?/],
  ])('%s', async (_, argv, code, told) => {
    const given = argv.map((word) => (word.endsWith('.json') ? at(word) : word));
    const answer = await plan(...given);
    expect(answer.code).toBe(code);
    expect(answer.out.replaceAll(/\s+/g, ' ') + answer.err).toMatch(told);
  });
});

test('the text stands what fails first, then the calls, what they gain and risk, and how they are undone', async () => {
  const { out } = await plan(ID, '--snapshot', at('full.json'));
  const titles = out.split('\n').filter((line) => /^[A-Z][a-z ]+$/.test(line));
  expect(titles).toEqual([
    'Preconditions that do not hold',
    'What would be called',
    'What changes',
    'What it gains and risks',
    'What cannot be undone',
    'Warnings',
    'Who owns it',
    'How it is verified',
    'How it is undone',
    'What is left to a person',
    'Plan',
    'Preconditions that hold',
  ]);
  expect(out).toContain('Nothing was changed: this version of cniwatch makes plans and applies none.');
  expect(out).toContain('CloudFormation owns add-on vpc-cni');
});

test('the same plan has the same id, whenever and however often it is made', async () => {
  const first = await documentOf(ID, '--snapshot', at('busy.json'));
  const other = await documentOf(ID, '--snapshot', at('busy.json'), '--set', 'warmPrefixTarget=2');
  expect((await documentOf(ID, '--snapshot', at('busy.json'))).plan?.id).toBe(first.plan?.id);
  expect(other.plan?.id).not.toBe(first.plan?.id);
  expect(other.plan?.changes).toContainEqual(expect.objectContaining({ field: 'WARM_PREFIX_TARGET', after: '2' }));
});

test('Markdown for a ticket fences what goes into a source', async () => {
  const { out } = await plan(ID, '--snapshot', at('full.json'), '--output', 'markdown');
  expect(out).toMatch(/^# Not ready/);
  expect(out).toContain('```\nProperties:\n  ConfigurationValues:');
});

test('explain leads to the plan', async () => {
  const system = aSystem();
  await main(['explain', ID], { version: '1', system });
  expect(system.out()).toContain('cniwatch plan enable-prefix-delegation --cluster CLUSTER');
});
