import { Command } from 'commander';
import { addOnboardingOptions, type OnboardOptions } from '#lib/cli/onboard.ts';
import type { System } from '#lib/cli/system.ts';

const EXAMPLES = `
It deletes what bears the label app.kubernetes.io/managed-by: cniwatch among the objects that onboard makes, and the access entry if
onboard made it. It asks before it writes.

Exit codes: 0 done, 3 not done, 64 wrong usage.

Example:
  cniwatch offboard --cluster shop-prod --region eu-west-1 --role arn:aws:iam::111122223333:role/cniwatch-reader`;

/** `cniwatch offboard`; the code that does it is loaded only when it runs. */
export function offboardCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('offboard')
    .description('take out of a cluster what onboard put there, and nothing else')
    .addHelpText('after', EXAMPLES);
  return addOnboardingOptions(command).action(async (options: OnboardOptions) => {
    const { runOffboard } = await import('#lib/cli/run-onboard.ts');
    done(await runOffboard(options, system));
  });
}
