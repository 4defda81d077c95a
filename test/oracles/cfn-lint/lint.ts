import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Template } from '#test/infra/synthesised-hub.ts';
import { cfnLint } from '#test/oracles/cfn-lint/cfn-lint.ts';

/**
 * W3005 is left out: the CDK makes a function depend on its role with the policies, so that it never runs without them, and the
 * reference to the role does not say that.
 */
const OPTIONS = ['--format', 'parseable', '--ignore-checks', 'W3005', '--regions', 'eu-west-1', 'us-east-1', '--'];

/** What cfn-lint says of a template, a line a finding. */
export async function lint(template: Template): Promise<string[]> {
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
