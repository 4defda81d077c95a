import type { ConfigCheckOptions } from '#lib/cli/config.ts';
import { configDocument } from '#lib/cli/config-document.ts';
import { DEFAULT_FILE, readConfig } from '#lib/cli/config-file.ts';
import { configText } from '#lib/cli/config-text.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import type { System } from '#lib/cli/system.ts';
import type { Config } from '#lib/config/config.ts';
import { unmatchedRules } from '#lib/config/unmatched.ts';
import { jsonText } from '#lib/report/json.ts';

/** @throws UsageError and ConfigInvalid for a file that is not there or not valid */
export async function runConfigCheck(given: string | undefined, options: ConfigCheckOptions, system: System): Promise<number> {
  const file = given ?? DEFAULT_FILE;
  const config = await readConfig(file);
  const found = options.clusters ? await lookUp(config, options) : undefined;
  const warnings = found?.warnings ?? [];
  const document = configDocument(config, { file, now: system.now(), warnings, ...(found && { targets: found.targets }) });
  const text = options.output === 'json' ? jsonText(document) : configText(document, config, system.stdout.columns ?? 100);
  await system.stdout.write(text);
  for (const warning of warnings) await system.stderr.write(`warning: ${warning}\n`);
  for (const failure of found?.failures ?? []) await reportError(failure, system);
  return (found?.failures.length ?? 0) > 0 ? EXIT.unknown : EXIT.ok;
}

/** The AWS SDK is loaded only here: whether a file is valid needs no AWS. */
async function lookUp(config: Config, { region, profile }: ConfigCheckOptions) {
  const [{ useProfile }, { awsClientsByAccount }, { findTargets }, { homeRegion, wantedClusters }] = await Promise.all([
    import('#lib/cli/aws.ts'),
    import('#lib/collect/aws/clients.ts'),
    import('#lib/cli/find-targets.ts'),
    import('#lib/cli/wanted-clusters.ts'),
  ]);
  useProfile(profile);
  const wanted = await wantedClusters(region === undefined ? {} : { region }, config);
  const home = await homeRegion(wanted);
  const { targets, failures, warnings } = await findTargets(wanted, {
    clientsOf: awsClientsByAccount(home),
    home,
    describe: true,
  });
  const whole = failures.length === 0 && region === undefined;
  return { targets, failures, warnings: [...warnings, ...(whole ? unmatchedRules(config, targets) : [])] };
}
