import { Command } from 'commander';
import { addClusterOptions, type ClusterOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface CaptureOptions extends ClusterOptions {
  readonly outFile?: string;
}

const EXAMPLES = `
Exit codes: 0 everything was read, 3 something was not, 64 wrong usage.

Examples:
  cniwatch capture --cluster shop-prod --region eu-west-1 --out-file shop-prod.json.gz
  cniwatch check --snapshot shop-prod.json.gz`;

/** `cniwatch capture`. */
export function captureCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('capture')
    .description('write what cniwatch reads of a cluster into a Snapshot, to be judged anywhere')
    .addHelpText('after', EXAMPLES);
  return addClusterOptions(command)
    .option('--out-file <file>', 'file to write, compressed if it ends in .gz (default: <cluster>.json.gz)')
    .action(async (options: CaptureOptions) => {
      const { runCaptureCommand } = await import('#lib/cli/run-capture.ts');
      done(await runCaptureCommand(options, system));
    });
}
