import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

/** A program that the machine lacks; `message` says what it is for and how to get it. */
export class MissingTool extends Error {
  override readonly name = 'MissingTool';
}

/** A program that ran and failed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it is for and how to get it, should it be missing. */
  readonly need: string;
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Runs a program, its output on stderr, at low priority: a build takes minutes on a machine that others use. */
export async function run(command: string, args: readonly string[], { cwd, env, need }: CommandOptions): Promise<void> {
  process.stderr.write(`  $ ${command} ${args.join(' ')}\n`);
  const child = spawn('nice', ['-n', '10', command, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  // `nice` answers 127 where the program does not exist.
  if (code === 127) throw new MissingTool(`${command} is missing: ${need}`);
  if (code !== 0)
    throw new CommandFailed(`${command} ${args.join(' ')} ended with ${code ?? 'a signal'}; its output stands above`);
}

/**
 * Runs a program and answers what it printed.
 * @throws MissingTool where the program does not exist, CommandFailed where it fails
 */
export async function output(command: string, args: readonly string[], { cwd, env, need }: CommandOptions): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, env: { ...process.env, ...env } });
    return stdout.trim();
  } catch (error) {
    if (isMissing(error)) throw new MissingTool(`${command} is missing: ${need}`);
    throw new CommandFailed(`${command} ${args.join(' ')}: ${(error as Error).message}`);
  }
}
