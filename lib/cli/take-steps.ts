import { forAdministrators } from '#lib/cli/for-administrators.ts';
import type { OnboardOptions } from '#lib/cli/onboard.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { plainText } from '#lib/model/plain-text.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import type { Step } from '#lib/onboard/step.ts';

/**
 * Says what is to be done, asks, and does it. False where the person said no, or there was nothing to do.
 * @throws UsageError where nobody can be asked and --yes was not given; ReadFailure where a step failed, with those before it done
 */
export async function takeSteps(
  steps: readonly Step[],
  { name, region, account }: Target,
  { dryRun = false, yes = false, forceConflicts: force = false }: OnboardOptions,
  { stdout, stderr, ask }: System,
): Promise<boolean> {
  await stdout.write(`${name} in ${region}, account ${account}\n${steps.map(lineOf).join('')}`);
  const changes = steps.flatMap(({ run, what }) => (run === undefined ? [] : [{ run, what }]));
  if (changes.length === 0) {
    await stdout.write('\nThere is nothing to change.\n');
    return false;
  }
  if (!dryRun && !yes && !(await isAgreed(changes.length, ask))) {
    await stderr.write('nothing was changed\n');
    return false;
  }
  for (const [done, { run, what }] of changes.entries()) {
    await run({ dryRun, force }).catch((error: unknown) => {
      throw failedAt(forAdministrators(error), { what, done, of: changes.length });
    });
  }
  const count = plural(changes.length, 'change');
  await stdout.write(dryRun ? `\nDry run: nothing was changed; ${count} would be made.\n` : `\n${count} made.\n`);
  return true;
}

function lineOf({ outcome, what, text = '' }: Step): string {
  const indented = text.replace(/^(?=.)/gm, '    ');
  return `  ${outcome.padEnd(7)}  ${plainText(what)}\n${indented}`;
}

async function isAgreed(changes: number, ask: System['ask']): Promise<boolean> {
  const answer = await ask(`Make ${changes === 1 ? 'this change' : `these ${changes} changes`}? [y/N] `);
  if (answer === undefined)
    throw new UsageError('nobody is at a terminal to be asked: give --yes, or --dry-run to change nothing');
  return /^y(es)?$/i.test(answer.trim());
}

function failedAt(error: unknown, { what, done, of }: { what: string; done: number; of: number }): unknown {
  if (!(error instanceof ReadFailure)) return error;
  return new ReadFailure(error.code, `${what}: ${error.message} ${done} of ${of} changes were made before.`, error.remedy, {
    cause: error,
  });
}
