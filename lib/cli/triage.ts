import { Command, Option } from 'commander';
import type { OneClusterOptions } from '#lib/cli/one-snapshot.ts';
import { addAccessOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface TriageOptions extends OneClusterOptions {
  readonly history?: string;
  readonly output: 'table' | 'json';
}

const EXAMPLES = `
Problems stand by time to impact, the critical ones of each first, then by reach; what a problem explains is folded beneath it.
The commands to confirm by hand change nothing.

Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown (something could not be read), 64 wrong usage.

Examples:
  cniwatch triage --cluster shop-prod --region eu-west-1
  cniwatch triage --snapshot shop-prod.json.gz --output json`;

/** `cniwatch triage`; the code that does it is loaded only when it runs. */
export function triageCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('triage')
    .description('say in one screen what is broken in a cluster, how far it reaches, when it hurts and what to do first')
    .addHelpText('after', EXAMPLES)
    .option('--cluster <name>', 'EKS cluster')
    .option('--snapshot <file>', 'a captured Snapshot instead of a live cluster');
  return addAccessOptions(command)
    .option(
      '--history <source>',
      "the past that forecasts need: cloudwatch (what cniwatch published there), none, or a history file of the hub's bucket (default: cloudwatch, and none for a Snapshot)",
    )
    .addOption(new Option('--output <format>', 'format').choices(['table', 'json']).default('table'))
    .action(async (options: TriageOptions) => {
      const { runTriageCommand } = await import('#lib/cli/run-triage.ts');
      done(await runTriageCommand(options, system));
    });
}
