import { EXIT } from '#lib/cli/exit-code.ts';
import { Interrupted, type System } from '#lib/cli/system.ts';
import { plainText } from '#lib/model/plain-text.ts';

/** Names of errors that a person causes by what they typed. Told by name, so that their modules need not be loaded here. */
const USAGE = new Set(['UsageError', 'ConfigInvalid']);
/** Expected failures: their message says all there is to say. */
const EXPECTED = new Set(['ReadFailure', 'SnapshotUnreadable', 'SnapshotTooNew', 'OutputUnwritable']);

/**
 * Says on stderr what went wrong and what to do about it, and answers with the exit code. No stack trace: that is
 * for CNIWATCH_DEBUG=1 only.
 */
export async function reportError(error: unknown, { stderr, env }: Pick<System, 'stderr' | 'env'>): Promise<number> {
  if (error instanceof Interrupted) {
    await stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  const expected = USAGE.has(name) || EXPECTED.has(name);
  const lines = message.split('\n').map(plainText);
  await stderr.write(`${lines.map((line) => `error: ${expected ? '' : 'unexpected: '}${line}`).join('\n')}\n`);
  const remedy = expected
    ? (error as { readonly remedy?: unknown }).remedy
    : 'This is a defect of cniwatch: report it with what CNIWATCH_DEBUG=1 prints besides.';
  if (typeof remedy === 'string') await stderr.write(`  ${plainText(remedy)}\n`);
  if (env['CNIWATCH_DEBUG'] === '1' && error instanceof Error) await stderr.write(`${error.stack ?? ''}\n`);
  return USAGE.has(name) ? EXIT.usage : EXIT.unknown;
}
