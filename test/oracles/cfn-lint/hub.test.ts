import { expect, test } from 'vitest';
import type { Settings } from '#infra/settings.ts';
import { synthesisedAlarms } from '#test/infra/synthesised-alarms.ts';
import { synthesisedHub, type Template } from '#test/infra/synthesised-hub.ts';
import { synthesisedMember } from '#test/infra/synthesised-member.ts';
import { lint } from '#test/oracles/cfn-lint/lint.ts';

const configured = { configText: 'fleet: []\n', alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' };
test.each<[string, Partial<Settings>]>([
  ['as it comes', {}],
  ['with a configuration and a topic for alarms', configured],
])('the hub %s satisfies cfn-lint', async (_title, settings) => {
  expect(await lint(synthesisedHub(settings))).toEqual([]);
});

test('the template of a member account satisfies cfn-lint', async () => {
  expect(await lint(synthesisedMember())).toEqual([]);
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
