import { Command, Option } from 'commander';
import { explainPathCommand } from '#lib/cli/explain-path.ts';
import { explainSubnetCommand } from '#lib/cli/explain-subnet.ts';
import type { System } from '#lib/cli/system.ts';

export interface ExplainOptions {
  readonly list?: true;
  readonly output: 'text' | 'json';
}

/** `cniwatch explain`. */
export function explainCommand(system: System, done: (exitCode: number) => void): Command {
  return new Command('explain')
    .description(
      'say what a check asks and how its verdict falls, what a remediation is, who holds a subnet, or whether a pod may reach another',
    )
    .argument('[id]', 'id of a check or of a remediation')
    .option('--list', 'name every check')
    .addOption(new Option('--output <format>', 'format').choices(['text', 'json']).default('text'))
    .enablePositionalOptions()
    .addCommand(explainSubnetCommand(system, done))
    .addCommand(explainPathCommand(system, done))
    .action(async (id: string | undefined, options: ExplainOptions) => {
      const { runExplainCommand } = await import('#lib/cli/run-explain.ts');
      done(await runExplainCommand(id, options, system));
    });
}
