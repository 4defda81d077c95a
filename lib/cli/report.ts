import { Command, InvalidArgumentError, Option } from 'commander';
import type { System } from '#lib/cli/system.ts';
import type { ReportKind } from '#lib/model/fleet-report.ts';

export interface ReportOptions {
  readonly kind: ReportKind;
  readonly bucket?: string;
  readonly dir?: string;
  readonly from?: string;
  readonly to?: string;
  readonly timezone: string;
  readonly outDir?: string;
  readonly output: 'markdown' | 'html' | 'json' | 'csv';
  readonly region?: string;
  readonly profile?: string;
}

const EXAMPLES = `
The same report that the deployed cniwatch makes on its schedule, from the summaries of runs: what changed first. Since when findings
are open, and what came and went in between, only the deployed one knows.

Exit codes: 0 it was made, 3 no run was seen in that time or the bucket does not answer, 64 wrong usage.

Examples:
  cniwatch report --bucket cniwatch-runs-1a2b --region eu-west-1
  cniwatch report --kind weekly --bucket cniwatch-runs-1a2b --out-dir report
  cniwatch report --dir summaries --from 2026-11-23T07:00:00Z --to 2026-11-24T07:00:00Z --output html`;

/** `cniwatch report`; the code that does it is loaded only when it runs. */
export function reportCommand(system: System, done: (exitCode: number) => void): Command {
  return new Command('report')
    .description('report what changed in the fleet between two runs of the deployed cniwatch')
    .addHelpText('after', EXAMPLES)
    .addOption(new Option('--kind <kind>', 'over a day or a week').choices(['daily', 'weekly']).default('daily'))
    .option('--bucket <name>', "the hub's bucket (BucketName of its stack)")
    .option('--dir <folder>', 'a folder of summaries instead: <run>/summary.json, or documents of --output json')
    .option('--from <time>', 'begin of the time, ISO 8601 (default: a day or a week before its end)', isoTime)
    .option('--to <time>', 'end of the time, ISO 8601 (default: now)', isoTime)
    .option('--timezone <zone>', 'whose days and dates are meant, as Europe/Berlin', zone, 'UTC')
    .option('--out-dir <folder>', 'write index.html, fleet.md, fleet.json and fleet.csv into a folder')
    .addOption(
      new Option('--output <format>', 'format on standard output, without --out-dir')
        .choices(['markdown', 'html', 'json', 'csv'])
        .default('markdown'),
    )
    .option('--region <region>', 'AWS Region of the bucket (default: AWS_REGION, AWS_DEFAULT_REGION, the profile)')
    .option('--profile <name>', 'AWS profile (default: AWS_PROFILE)')
    .action(async (options: ReportOptions) => {
      const { runReportCommand } = await import('#lib/cli/run-report.ts');
      done(await runReportCommand(options, system));
    });
}

function isoTime(value: string): string {
  const at = new Date(value);
  if (/^\d{4}-\d\d-\d\d(T|$)/.test(value) && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new InvalidArgumentError('it must be a time, as 2026-11-24T07:00:00Z.');
}

function zone(value: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('it must be a time zone, as Europe/Berlin.');
  }
}
