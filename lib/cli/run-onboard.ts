import { administeredCluster } from '#lib/cli/administered-cluster.ts';
import { loadConfig } from '#lib/cli/config-file.ts';
import { EXIT } from '#lib/cli/exit-code.ts';
import { byAdministrators } from '#lib/cli/for-administrators.ts';
import type { OnboardOptions } from '#lib/cli/onboard.ts';
import type { System } from '#lib/cli/system.ts';
import { takeSteps } from '#lib/cli/take-steps.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { didYouMean } from '#lib/config/nearest.ts';
import { OPT_IN_SOURCES, type OptInSource } from '#lib/model/collector.ts';
import { onboardingManifest } from '#lib/onboard/manifest.ts';
import { manifestText } from '#lib/onboard/manifest-text.ts';
import { offboardingSteps, onboardingSteps } from '#lib/onboard/steps.ts';

/** Lets a role into a cluster, or writes the manifest of it. */
export async function runOnboard(options: OnboardOptions, system: System): Promise<number> {
  const config = await loadConfig(options.config);
  const manifest = onboardingManifest(sourcesOf(options.with ?? config.collect.optIn), config);
  if (options.print) {
    await system.stdout.write(manifestText(manifest));
    return EXIT.ok;
  }
  await using cluster = await administeredCluster(options, config, system);
  const steps = await byAdministrators(onboardingSteps({ ...cluster.onboarding, manifest }));
  const done = await takeSteps(steps, cluster.target, options, system);
  if (done && !options.dryRun) {
    const { name, region } = cluster.target;
    await system.stdout.write(`\nIn a minute, see what it can read: cniwatch doctor --cluster ${name} --region ${region}\n`);
  }
  return EXIT.ok;
}

/** Takes away what `runOnboard` made, whatever sources it was asked for. */
export async function runOffboard(options: OnboardOptions, system: System): Promise<number> {
  const config = await loadConfig(options.config);
  await using cluster = await administeredCluster(options, config, system);
  const manifest = onboardingManifest(OPT_IN_SOURCES, config);
  const steps = await byAdministrators(offboardingSteps({ ...cluster.onboarding, manifest }));
  await takeSteps(steps, cluster.target, options, system);
  return EXIT.ok;
}

function sourcesOf(named: readonly string[]): readonly OptInSource[] {
  if (named.includes('all')) return OPT_IN_SOURCES;
  return OPT_IN_SOURCES.filter((source) => named.map(known).includes(source));
}

/** @throws UsageError for a source that is none */
function known(name: string): OptInSource {
  const source = OPT_IN_SOURCES.find((each) => each === name);
  if (source !== undefined) return source;
  const hint = didYouMean(name, OPT_IN_SOURCES) || `: there are ${OPT_IN_SOURCES.join(', ')}, or all`;
  throw new UsageError(`--with ${name} is no opt-in source${hint}`);
}
