import { Command, Option } from 'commander';
import type { System } from '#lib/cli/system.ts';

export interface ConfigCheckOptions {
  readonly clusters?: true;
  readonly region?: string;
  readonly profile?: string;
  readonly output: 'text' | 'json';
}

const EXAMPLES = `
Exit codes: 0 it is valid, 3 clusters or accounts could not be looked up, 64 it is not valid or not there.

Examples:
  cniwatch config check
  cniwatch config check fleet/cniwatch.yaml --clusters`;

/** `cniwatch config`. */
export function configCommand(system: System, done: (exitCode: number) => void): Command {
  const check = new Command('check')
    .description('say whether a cniwatch.yaml is valid, and what differs from the defaults, for the fleet and for some clusters')
    .argument('[file]', 'the configuration (default: cniwatch.yaml)')
    .addHelpText('after', EXAMPLES)
    .option('--clusters', 'ask AWS for the clusters, and say what each goes by')
    .option('--region <region>', 'of the fleet, only this AWS Region')
    .option('--profile <name>', 'AWS profile (default: AWS_PROFILE)')
    .addOption(new Option('--output <format>', 'format').choices(['text', 'json']).default('text'))
    .action(async (file: string | undefined, options: ConfigCheckOptions) => {
      const { runConfigCheck } = await import('#lib/cli/run-config-check.ts');
      done(await runConfigCheck(file, options, system));
    });
  return new Command('config').description('look at the configuration').addCommand(check);
}
