import { Command, CommanderError } from 'commander';
import { captureCommand } from '#lib/cli/capture.ts';
import { checkCommand } from '#lib/cli/check.ts';
import { configCommand } from '#lib/cli/config.ts';
import { dashboardCommand } from '#lib/cli/dashboard.ts';
import { demoCommand } from '#lib/cli/demo.ts';
import { doctorCommand } from '#lib/cli/doctor.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { explainCommand } from '#lib/cli/explain.ts';
import { notifyCommand } from '#lib/cli/notify.ts';
import { offboardCommand } from '#lib/cli/offboard.ts';
import { onboardCommand } from '#lib/cli/onboard.ts';
import { planCommand } from '#lib/cli/plan.ts';
import { reportCommand } from '#lib/cli/report.ts';
import type { System } from '#lib/cli/system.ts';
import { processSystem } from '#lib/cli/system.ts';
import { triageCommand } from '#lib/cli/triage.ts';
import { whatIfCommand } from '#lib/cli/whatif.ts';

/** Runs one command line and answers with the exit code. Never throws: every error is told on stderr. */
export async function main(
  argv: readonly string[],
  { version, system = processSystem() }: { readonly version: string; readonly system?: System },
): Promise<number> {
  let exitCode: number = EXIT.ok;
  const done = (code: number): void => {
    exitCode = code;
  };
  const written: Promise<void>[] = [];
  const program = new Command('cniwatch')
    .description('Sees IP exhaustion, fragmentation, DNS gaps and CNI failures in EKS clusters before pods do.')
    .version(version)
    .helpCommand(true)
    // What follows a command is its own, and of `explain subnet` the subcommand's.
    .enablePositionalOptions()
    .addHelpText('after', '\nStart with: cniwatch demo');
  const commands = [
    checkCommand,
    triageCommand,
    reportCommand,
    captureCommand,
    explainCommand,
    whatIfCommand,
    planCommand,
    configCommand,
    dashboardCommand,
    onboardCommand,
    offboardCommand,
    doctorCommand,
    notifyCommand,
    demoCommand,
  ];
  for (const command of commands) program.addCommand(command(system, done));
  for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
    command
      .exitOverride()
      .showHelpAfterError('(--help says more)')
      .configureOutput({
        writeOut: (text) => void written.push(system.stdout.write(text)),
        writeErr: (text) => void written.push(system.stderr.write(text)),
        getOutHelpWidth: () => system.stdout.columns ?? 100,
        getErrHelpWidth: () => system.stderr.columns ?? 100,
      });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    else exitCode = await (await import('#lib/cli/report-errors.ts')).reportError(error, system);
  }
  await Promise.all(written);
  return exitCode;
}
