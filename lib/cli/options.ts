import { type Command, Option } from 'commander';
import { names, wholeNumber } from '#lib/cli/arguments.ts';
import type { Format } from '#lib/report/index.ts';

/** Where AWS and a cluster are entered: the same words for every command that reads clusters. */
export interface AccessOptions {
  readonly region?: string;
  /** Of `accounts` or the organization in the configuration. */
  readonly account?: string;
  readonly profile?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly config?: string;
  readonly deadline?: number;
}

/** And which clusters are meant. */
export interface ClusterOptions extends AccessOptions {
  readonly cluster?: readonly string[];
  readonly all?: true;
  readonly concurrency: number;
}

export function addClusterOptions(command: Command): Command {
  command
    .option('--cluster <name>', 'EKS cluster; several by commas or by repeating', names)
    .option('--all', 'every cluster of the Region');
  return addAccessOptions(command).option(
    '--concurrency <clusters>',
    'clusters that are read at the same time',
    wholeNumber(1, 64),
    4,
  );
}

export function addAccessOptions(command: Command): Command {
  return command
    .option('--region <region>', 'AWS Region (default: AWS_REGION, AWS_DEFAULT_REGION, the profile)')
    .option('--account <id>', 'in this account of cniwatch.yaml, by its role there; id or name')
    .option('--profile <name>', 'AWS profile (default: AWS_PROFILE)')
    .option('--kubeconfig <file>', 'enter the cluster by this kubeconfig, not by its EKS endpoint')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--config <file>', 'configuration (default: cniwatch.yaml, where there is one)')
    .option(
      '--deadline <seconds>',
      'how long reading one cluster may take; what is not read by then is unknown',
      wholeNumber(1, 3600),
    );
}

export interface OutputOptions {
  /** Unless given: by the ending of the file, else a table. */
  readonly output?: Format;
  readonly outFile?: string;
  readonly problems?: boolean;
}

/** The formats by name; the module that holds them is loaded when one is rendered. */
const OUTPUTS = ['table', 'json', 'markdown', 'html', 'junit', 'csv', 'prometheus'] as const satisfies readonly Format[];

export function addOutputOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--output <format>', 'format of the report (default: by the ending of --out-file, else table)').choices(OUTPUTS),
    )
    .option('--out-file <file>', 'write the report to a file instead; - is standard output')
    .option('--problems', 'leave out what is ok or not applicable (the table always does)');
}

export interface SelectionOptions {
  readonly check?: readonly string[];
  readonly area?: readonly string[];
}

export function addSelectionOptions(command: Command): Command {
  return command
    .option('--check <id>', 'only this check; several by commas or by repeating', names)
    .option('--area <area>', 'only checks of this area: subnet, node, dns, cni, ...', names);
}
