import { lookup } from 'node:dns/promises';
import { useProfile } from '#lib/cli/aws.ts';
import { loadConfig } from '#lib/cli/config-file.ts';
import type { DoctorOptions } from '#lib/cli/doctor.ts';
import { doctorDocument } from '#lib/cli/doctor-document.ts';
import { doctorText } from '#lib/cli/doctor-text.ts';
import { findTargets } from '#lib/cli/find-targets.ts';
import { showProgress } from '#lib/cli/progress.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { exitCode } from '#lib/cli/run-exit-code.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { homeRegion, wantedClusters } from '#lib/cli/wanted-clusters.ts';
import { awsClientsByAccount } from '#lib/collect/aws/clients.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import type { Config } from '#lib/config/config.ts';
import type { Target } from '#lib/model/target.ts';
import type { Diagnosis } from '#lib/onboard/diagnosis.ts';
import { examine } from '#lib/onboard/examine.ts';
import { jsonText } from '#lib/report/json.ts';

/** Examines clusters one after the other, reports, and answers with the exit code. */
export async function runDoctor(options: DoctorOptions, system: System): Promise<number> {
  const config = await loadConfig(options.config);
  useProfile(options.profile);
  const wanted = await wantedClusters(options, config);
  const home = await homeRegion(wanted);
  const { targets, failures, warnings } = await findTargets(wanted, { clientsOf: awsClientsByAccount(home), home });
  if (targets.length > 1 && (options.kubeconfig || options.context))
    throw new UsageError(
      `--kubeconfig and --context lead to one cluster, and ${targets.length} were found: name one by --cluster`,
    );
  const progress = showProgress(system.stderr, targets.length, system.now);
  const diagnoses: Diagnosis[] = [];
  for (const target of targets) {
    system.signal.throwIfAborted();
    const step = (key: Parameters<typeof progress.source>[1]): void => progress.source(target.name, key);
    const diagnosis = await examine(target, {
      ...(await accessTo(target, home, options)),
      ...settings(options, config, system),
      onProgress: step,
    });
    diagnoses.push(diagnosis);
    progress.done(target.name, diagnosis.verdict);
  }
  await progress.end();
  if (diagnoses.length > 0) {
    const document = doctorDocument(diagnoses, { config, now: system.now(), node: process.versions.node });
    await system.stdout.write(options.output === 'json' ? jsonText(document) : doctorText(document));
  }
  for (const warning of warnings) await system.stderr.write(`warning: ${warning}\n`);
  for (const failure of failures) await reportError(failure, system);
  const verdicts = diagnoses.map(({ verdict }) => verdict);
  return exitCode(verdicts, { failOn: 'warning', incomplete: failures.length > 0 });
}

function settings(options: DoctorOptions, config: Config, { signal, now }: System) {
  const deadlineMs = (options.deadline ?? config.collect.deadlineSeconds) * 1000;
  return { deadlineMs, optIn: config.collect.optIn, signal, now, lookup: (host: string) => lookup(host, { all: true }) };
}

/** Clients of its own, since they are watched. */
async function accessTo(target: Target, home: string, { kubeconfig: path, context }: DoctorOptions) {
  const { sts, ...aws } = awsClientsByAccount(home)(target.region, target.role);
  const access = async (): Promise<CollectOptions['kubernetes']> => {
    if (path === undefined && context === undefined) return eksAccess({ target, credentials: aws.eks.config.credentials });
    const { kubeconfigAccess } = await import('#lib/collect/kubernetes/kubeconfig-access.ts');
    return kubeconfigAccess({ ...(path && { path }), ...(context && { context }) });
  };
  return { aws, sts, kubernetes: await access() };
}
