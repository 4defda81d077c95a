import { Command } from 'commander';
import type { System } from '#lib/cli/system.ts';

export interface NotifyOptions {
  readonly test: true;
  readonly target?: string;
  readonly config?: string;
  readonly profile?: string;
}

const EXAMPLES = `
With the credentials of whoever calls it: that the deployed function may do the same, its own messages show.

Exit codes: 0 every target took it, 3 one did not, 64 no such target.

Examples:
  cniwatch notify --test
  cniwatch notify --test --target night --config fleet/cniwatch.yaml`;

/** `cniwatch notify`. */
export function notifyCommand(system: System, done: (exitCode: number) => void): Command {
  return new Command('notify')
    .description('send a test message to the targets of notifications')
    .addHelpText('after', EXAMPLES)
    .requiredOption('--test', 'send a test message; messages about findings the deployed hub sends by itself')
    .option('--target <name>', 'only to the target of this name')
    .option('--config <file>', 'the configuration (default: cniwatch.yaml)')
    .option('--profile <name>', 'AWS profile (default: AWS_PROFILE)')
    .action(async (options: NotifyOptions) => {
      const { runNotify } = await import('#lib/cli/run-notify.ts');
      done(await runNotify(options, system));
    });
}
