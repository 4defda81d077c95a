import { Command, Option } from 'commander';
import type { System } from '#lib/cli/system.ts';

export interface ExplainOptions {
  readonly list?: true;
  readonly output: 'text' | 'json';
}

/** `cniwatch explain`. */
export function explainCommand(system: System, done: (exitCode: number) => void): Command {
  return new Command('explain')
    .description('say what a check asks, how its verdict falls, and where its rule comes from')
    .argument('[check]', 'id of the check')
    .option('--list', 'name every check')
    .addOption(new Option('--output <format>', 'format').choices(['text', 'json']).default('text'))
    .action(async (id: string | undefined, options: ExplainOptions) => {
      const { runExplainCommand } = await import('#lib/cli/run-explain.ts');
      done(await runExplainCommand(id, options, system));
    });
}
