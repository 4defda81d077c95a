import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MiniStack } from './ministack/ministack.ts';

/** Outputs by name. */
export type Outputs = Readonly<Record<string, string>>;

/** The CDK's command line as a person uses it, in this checkout, against an emulator. */
export class CdkFailed extends Error {
  override readonly name = 'CdkFailed';
}

/** Bootstraps the account and deploys a stack. `context` is what follows `-c`. */
export async function deploy(on: MiniStack, stack: string, context: Readonly<Record<string, string>>): Promise<Outputs> {
  const folder = await mkdtemp(join(tmpdir(), 'cniwatch-deploy-'));
  try {
    await cdk(on, ['bootstrap', `aws://${on.account}/${on.region}`, '--output', join(folder, 'bootstrap')]);
    const outputs = join(folder, 'outputs.json');
    const settings = Object.entries(context).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const where = ['--output', join(folder, 'cdk.out'), '--outputs-file', outputs];
    await cdk(on, ['deploy', stack, '--require-approval', 'never', ...where, ...settings]);
    const written = JSON.parse(await readFile(outputs, 'utf8')) as Readonly<Record<string, Outputs>>;
    return written[stack] ?? {};
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Takes a stack down again. */
export async function destroy(on: MiniStack, stack: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cniwatch-destroy-'));
  try {
    await cdk(on, ['destroy', stack, '--force', '--output', join(folder, 'cdk.out')]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function cdk({ environment }: MiniStack, args: readonly string[]): Promise<void> {
  const child = spawn('npx', ['cdk', ...args, '--no-notices'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-20_000);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new CdkFailed(`cdk ${args.join(' ')} ended with ${code}:\n${printed.slice(-6_000)}`);
}
