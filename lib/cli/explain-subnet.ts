import { Command, Option } from 'commander';
import type { OneClusterOptions } from '#lib/cli/one-snapshot.ts';
import { addAccessOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface ExplainSubnetOptions extends OneClusterOptions {
  readonly output: 'text' | 'json';
}

const EXAMPLES = `
Exit codes: 0 it is explained, 3 something that it takes could not be read, 64 wrong usage.

Examples:
  cniwatch explain subnet subnet-0a1b2c3d --cluster shop-prod --region eu-west-1
  cniwatch explain subnet pods-a --snapshot shop-prod.json.gz`;

/** `cniwatch explain subnet`. */
export function explainSubnetCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('subnet')
    .description("say who holds a subnet's addresses, draw its map, and name the /28 blocks that are cheapest to free")
    .argument('<subnet>', 'id of a subnet of the cluster, or its Name tag')
    .addHelpText('after', EXAMPLES)
    .option('--cluster <name>', 'EKS cluster')
    .option('--snapshot <file>', 'a captured Snapshot instead of a live cluster');
  return addAccessOptions(command)
    .addOption(new Option('--output <format>', 'format').choices(['text', 'json']).default('text'))
    .action(async (subnet: string, options: ExplainSubnetOptions) => {
      const { runExplainSubnetCommand } = await import('#lib/cli/run-explain-subnet.ts');
      done(await runExplainSubnetCommand(subnet, options, system));
    });
}
