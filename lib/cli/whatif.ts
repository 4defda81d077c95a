import { Command, InvalidArgumentError, Option } from 'commander';
import { files, wholeNumber } from '#lib/cli/arguments.ts';
import { type AccessOptions, addAccessOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface WhatIfOptions extends AccessOptions {
  readonly cluster?: string;
  readonly snapshot?: string;
  readonly nodes?: number;
  readonly instanceType?: string;
  readonly prefixDelegation?: 'on' | 'off';
  readonly warmIpTarget?: number;
  readonly addSubnet?: readonly string[];
  /** Percent; `true` where each node group's own update configuration decides. */
  readonly surge?: number | true;
  readonly loseZone?: string;
  readonly replaceNodes?: boolean;
  readonly output: 'text' | 'json';
}

const EXAMPLES = `
The options combine; without any it says what fits today. Pods are those with an address of their node's pool.
Exit codes: 0 it fits, 1 something runs out below the pods that have to run, 3 unknown, 64 wrong usage.

Examples:
  cniwatch whatif --cluster shop-prod --nodes +20
  cniwatch whatif --snapshot shop-prod.json.gz --prefix-delegation on --surge
  cniwatch whatif --cluster shop-prod --lose-zone eu-west-1a --add-subnet 100.64.0.0/20@eu-west-1b`;

/** `cniwatch whatif`. */
export function whatIfCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('whatif')
    .description('say how many pods a cluster has addresses for, and what runs out first, today and after a change')
    .addHelpText('after', EXAMPLES)
    .option('--cluster <name>', 'EKS cluster')
    .option('--snapshot <file>', 'a captured Snapshot instead of a live cluster');
  return addAccessOptions(command)
    .option('--nodes <change>', 'so many more nodes or fewer: +20, -5', signedNumber)
    .option('--instance-type <type>', 'type of the new nodes; of all nodes, where no --nodes are added')
    .addOption(new Option('--prefix-delegation <on|off>', 'whether nodes take /28 prefixes').choices(['on', 'off']))
    .option('--warm-ip-target <n>', 'WARM_IP_TARGET; 0 is off', wholeNumber(0, 1000))
    .option('--add-subnet <cidr[@zone]>', 'a further subnet for pods; may be repeated', files)
    .option(
      '--surge [percent]',
      "so many more nodes for a rolling update; without a number, by each node group's own setting",
      percent,
    )
    .option('--lose-zone <zone>', 'its nodes and subnets are gone, and as many nodes start in the others')
    .option('--replace-nodes', 'present nodes give way to new ones (the default with --prefix-delegation or --instance-type)')
    .option('--no-replace-nodes', 'present nodes stay as they are')
    .addOption(new Option('--output <format>', 'format').choices(['text', 'json']).default('text'))
    .action(async (options: WhatIfOptions) => {
      const { runWhatIfCommand } = await import('#lib/cli/run-whatif.ts');
      done(await runWhatIfCommand(options, system));
    });
}

/** A number without a sign could be meant as all nodes that there are. */
function signedNumber(text: string): number {
  if (!/^[+-]\d{1,5}$/.test(text)) throw new InvalidArgumentError('it must be a number with its sign, as +20 or -5.');
  return Number(text);
}

function percent(text: string): number {
  const number = Number(text.replace(/%$/, ''));
  if (/^\d+(\.\d+)?%?$/.test(text) && number > 0 && number <= 1000) return number;
  throw new InvalidArgumentError('it must be a percentage above 0, as 25%.');
}
