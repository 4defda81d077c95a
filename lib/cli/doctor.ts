import { Command, Option } from 'commander';
import { addClusterOptions, type ClusterOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface DoctorOptions extends ClusterOptions {
  readonly output: 'table' | 'json';
}

const EXAMPLES = `
It makes the reads of a check, but for opt-in sources, and asks RBAC about all of them. It changes nothing.

Exit codes: 0 ok, 1 a grant is missing, 2 a cluster cannot be entered, 3 unknown, 64 wrong usage.

Examples:
  cniwatch doctor --cluster shop-prod --region eu-west-1
  cniwatch doctor --output json`;

/** `cniwatch doctor`; the code that does it is loaded only when it runs. */
export function doctorCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('doctor')
    .description(
      'say for every source which grant is there or missing, whether clusters can be reached, and what adds what is missing',
    )
    .addHelpText('after', EXAMPLES);
  return addClusterOptions(command)
    .addOption(new Option('--output <format>', 'format').choices(['table', 'json']).default('table'))
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('#lib/cli/run-doctor.ts');
      done(await runDoctor(options, system));
    });
}
