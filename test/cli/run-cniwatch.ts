import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull, tmpdir } from 'node:os';
import * as path from 'node:path';

const BIN = path.resolve(import.meta.dirname, '../../bin/cniwatch.js');
/** No settings of whoever runs the tests: no account, no profile, no metadata service. */
const ALONE = {
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
};
export const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' };

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the command line in a process of its own, with `node` flags before it. */
export function start(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  node: readonly string[] = [],
): { readonly child: ChildProcess; readonly ended: Promise<Ran> } {
  const child: ChildProcess = spawn(process.execPath, [...node, BIN, ...argv], {
    env: { ...ALONE, ...env },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.err += chunk;
  });
  return { child, ended: once(child, 'close').then(([code]) => ({ code, ...text })) };
}
export const run = (...given: Parameters<typeof start>): Promise<Ran> => start(...given).ended;
