import { expect, test } from 'vitest';
import type { Settings } from '#infra/settings.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { synthesisedAlarms } from '#test/infra/synthesised-alarms.ts';
import { synthesisedHub, type Template } from '#test/infra/synthesised-hub.ts';
import { synthesisedMember } from '#test/infra/synthesised-member.ts';
import { aRunner, synthesisedRunner } from '#test/infra/synthesised-runner.ts';
import { lint } from '#test/oracles/cfn-lint/lint.ts';

/** Runners of the hub's account, and of another one. */
const [inside, elsewhere] = [aRunner(), aRunner({ account: '444455556666', securityGroups: ['sg-0a1b2c3d'] })];
const configured = { configText: 'fleet: []\n', alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' };
test.each<[string, Partial<Settings>]>([
  ['as it comes', {}],
  ['with a configuration and a topic for alarms', configured],
  ["with another account's runner", { config: { ...defaultConfig(), runners: [elsewhere] } }],
])('the hub %s satisfies cfn-lint', async (_title, settings) => {
  expect(await lint(synthesisedHub(settings))).toEqual([]);
});

test('the template of a member account satisfies cfn-lint', async () => {
  expect(await lint(synthesisedMember())).toEqual([]);
});

test.each([
  ["the hub's account", inside],
  ['another account', elsewhere],
])('the template of a runner of %s satisfies cfn-lint', async (_title, runner) => {
  expect(await lint(synthesisedRunner([runner]))).toEqual([]);
});

const topic = (name: string) => `arn:aws:sns:eu-west-1:111122223333:${name}`;
test.each<[string, Partial<Settings>]>([
  ['as they come', {}],
  ['with topics', { criticalTopicArn: topic('page'), warningTopicArn: topic('ticket') }],
])('the alarms %s satisfy cfn-lint', async (_title, settings) => {
  expect(await lint(synthesisedAlarms(settings))).toEqual([]);
});

test('cfn-lint sees what it should', async () => {
  const { Resources, ...others } = synthesisedHub();
  const [id = ''] = Object.keys(Resources).filter((each) => each.startsWith('CheckClusterFunction'));
  const broken = { ...others, Resources: { ...Resources, [id]: { ...Resources[id], Properties: { Runtime: 'nodejs99.x' } } } };
  expect((await lint(broken as unknown as Template)).join('\n')).toContain('nodejs99.x');
});
