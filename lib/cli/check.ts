import { Command, Option } from 'commander';
import { files } from '#lib/cli/arguments.ts';
import { FAIL_ON, type FailOn } from '#lib/cli/exit-code.ts';
import {
  addClusterOptions,
  addOutputOptions,
  addSelectionOptions,
  type ClusterOptions,
  type OutputOptions,
  type SelectionOptions,
} from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface CheckOptions extends ClusterOptions, OutputOptions, SelectionOptions {
  readonly snapshot?: readonly string[];
  readonly history?: string;
  readonly failOn: FailOn;
  readonly publishMetrics?: true;
}

const EXAMPLES = `
Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown (something could not be read), 64 wrong usage.

Examples:
  cniwatch check --cluster shop-prod --region eu-west-1
  cniwatch check --all --region eu-west-1 --output html --out-file report.html
  cniwatch check --snapshot shop-prod.json.gz --check dns-security-groups`;

/** `cniwatch check`; the code that does it is loaded only when it runs. */
export function checkCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('check')
    .description('check the pod networking of clusters, or of captured Snapshots')
    .addHelpText('after', EXAMPLES);
  addOutputOptions(addSelectionOptions(addClusterOptions(command)))
    .option('--snapshot <file>', 'judge a captured Snapshot instead of a live cluster; may be repeated', files)
    .option(
      '--history <source>',
      "the past that forecasts need: cloudwatch (what cniwatch published there), none, or a history file of the hub's bucket (default: cloudwatch, and none for a Snapshot)",
    )
    .addOption(
      new Option('--fail-on <verdict>', 'from which verdict on the exit code is not 0; unknown counts unless never')
        .choices(FAIL_ON)
        .default('warning'),
    )
    .option('--publish-metrics', 'put the metrics into CloudWatch, in the Region of --region')
    .action(async (options: CheckOptions) => {
      const { runCheckCommand } = await import('#lib/cli/run-check.ts');
      done(await runCheckCommand(options, system));
    });
  return command;
}
