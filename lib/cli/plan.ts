import { Command, Option } from 'commander';
import { files } from '#lib/cli/arguments.ts';
import type { OneClusterOptions } from '#lib/cli/one-snapshot.ts';
import { addAccessOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface PlanOptions extends OneClusterOptions {
  readonly list?: true;
  readonly finding?: string;
  readonly set?: readonly string[];
  readonly output: 'table' | 'json' | 'markdown';
}

const EXAMPLES = `
Nothing is changed: this version of cniwatch makes plans and applies none.
Exit codes: 0 the plan is ready, 1 there is none or a precondition does not hold, 3 the cluster could not be read, 64 wrong usage.

Examples:
  cniwatch plan --list
  cniwatch plan enable-prefix-delegation --cluster shop-prod
  cniwatch plan enable-prefix-delegation --snapshot shop-prod.json.gz --set warmPrefixTarget=2 --output markdown`;

/** `cniwatch plan`; the code that does it is loaded only when it runs. */
export function planCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('plan')
    .description(
      'say what a remediation would call, what that gains and risks, how it is verified and undone, and what stands against it',
    )
    .addHelpText('after', EXAMPLES)
    .argument('[id]', 'id of a remediation')
    .option('--list', 'name every remediation that can be planned')
    .option('--cluster <name>', 'EKS cluster')
    .option('--snapshot <file>', 'a captured Snapshot instead of a live cluster');
  return addAccessOptions(command)
    .option('--finding <fingerprint>', 'only what resolves this finding (default: every problem that the remediation fixes)')
    .option('--set <option=value>', 'an option of the remediation; may be repeated', files)
    .addOption(new Option('--output <format>', 'format').choices(['table', 'json', 'markdown']).default('table'))
    .action(async (id: string | undefined, options: PlanOptions) => {
      const { runPlanCommand } = await import('#lib/cli/run-plan.ts');
      done(await runPlanCommand(id, options, system));
    });
}
