import { Command, Option } from 'commander';
import type { OneClusterOptions } from '#lib/cli/one-snapshot.ts';
import { addAccessOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface ExplainPathOptions extends OneClusterOptions {
  readonly from?: string;
  readonly to?: string;
  readonly with?: string;
  readonly allDns?: true;
  readonly output: 'text' | 'json';
}

const EXAMPLES = `
Exit codes: 0 it passes, 1 some of it does or AWS's documents disagree, 2 it is blocked, 3 something that decides could not be read,
64 wrong usage. With --all-dns: 2 where some workload is cut off from DNS.

Examples:
  cniwatch explain path --from shop/web-7d4b9c-x2x1z --to data/db-0:5432 --cluster shop-prod --region eu-west-1
  cniwatch explain path --from shop/web-7d4b9c-x2x1z --to 10.0.7.20:6379/TCP --snapshot shop-prod.json.gz
  cniwatch explain path --with default-deny.yaml --all-dns --cluster shop-prod`;

/** `cniwatch explain path`. */
export function explainPathCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('path')
    .description('say whether a pod may reach another, layer by layer, and try network policies before they are applied')
    .addHelpText('after', EXAMPLES)
    .option('--from <namespace/pod>', 'the pod that opens the connection')
    .option(
      '--to <namespace/pod:port[/protocol]>',
      'the pod or the address that is to be reached, on the port where it listens; TCP by default',
    )
    .option('--with <file>', 'judge as if these NetworkPolicies were applied: YAML, one document or several')
    .option('--all-dns', 'list every workload that policies cut off from DNS; with --with, what the change cuts off')
    .option('--cluster <name>', 'EKS cluster')
    .option('--snapshot <file>', 'a captured Snapshot instead of a live cluster');
  return addAccessOptions(command)
    .addOption(new Option('--output <format>', 'format').choices(['text', 'json']).default('text'))
    .action(async (options: ExplainPathOptions) => {
      const { runExplainPathCommand } = await import('#lib/cli/run-explain-path.ts');
      done(await runExplainPathCommand(options, system));
    });
}
