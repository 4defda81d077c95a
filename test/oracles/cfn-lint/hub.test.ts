import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Settings } from '#infra/settings.ts';
import { synthesisedHub, type Template } from '#test/infra/synthesised-hub.ts';
import { synthesisedMember } from '#test/infra/synthesised-member.ts';
import { cfnLint } from '#test/oracles/cfn-lint/cfn-lint.ts';

/**
 * W3005 is left out: the CDK makes a function depend on its role with the policies, so that it never runs without them, and the
 * reference to the role does not say that.
 */
const OPTIONS = ['--format', 'parseable', '--ignore-checks', 'W3005', '--regions', 'eu-west-1', 'us-east-1', '--'];

/** What cfn-lint says of a template, a line a finding. */
async function lint(template: Template): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cniwatch-cfn-lint-'));
  const file = join(folder, 'template.json');
  writeFileSync(file, JSON.stringify(template));
  const command = promisify(execFile)(await cfnLint(), [...OPTIONS, file]);
  const { stdout } = await command.catch((error: { stdout?: string }) => {
    if (error.stdout) return { stdout: error.stdout };
    throw error;
  });
  rmSync(folder, { recursive: true });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(file, 'template.json'));
}

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

test('cfn-lint sees what it should', async () => {
  const { Resources, ...others } = synthesisedHub();
  const [id = ''] = Object.keys(Resources).filter((each) => each.startsWith('CheckClusterFunction'));
  const broken = { ...others, Resources: { ...Resources, [id]: { ...Resources[id], Properties: { Runtime: 'nodejs99.x' } } } };
  expect((await lint(broken as unknown as Template)).join('\n')).toContain('nodejs99.x');
});
