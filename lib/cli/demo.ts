import { Command } from 'commander';
import { addSelectionOptions, type SelectionOptions } from '#lib/cli/options.ts';
import type { System } from '#lib/cli/system.ts';

export interface DemoOptions extends SelectionOptions {
  readonly outFile?: string;
}

/** `cniwatch demo`. */
export function demoCommand(system: System, done: (exitCode: number) => void): Command {
  const command = new Command('demo').description(
    'check the embedded fleet of five clusters: no AWS account, nothing leaves this machine',
  );
  return addSelectionOptions(command)
    .option('--out-file <file>', 'where the HTML report goes (default: reports/demo.html)')
    .action(async (options: DemoOptions) => {
      const { runDemoCommand } = await import('#lib/cli/run-demo.ts');
      done(await runDemoCommand(options, system));
    });
}
