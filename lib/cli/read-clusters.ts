import { access, constants } from 'node:fs/promises';
import { type ClientsOf, resolveRegion, useProfile } from '#lib/cli/aws.ts';
import { findTargets, type Wanted } from '#lib/cli/find-targets.ts';
import type { ClusterOptions } from '#lib/cli/options.ts';
import { survey } from '#lib/cli/survey.ts';
import type { System } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { awsClientsByAccount } from '#lib/collect/aws/clients.ts';
import type { Config } from '#lib/config/config.ts';
import { unmatchedRules } from '#lib/config/unmatched.ts';
import type { FleetEntries } from '#lib/discover/entry.ts';
import type { ReadFailure } from '#lib/model/failure.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { plainText } from '#lib/report/plain-text.ts';

/**
 * Finds the clusters that the options or the fleet of the configuration mean, reads them, and hands each Snapshot to `use`.
 * `clientsOf` is for the effects that follow (publishing): the same clients.
 */
export async function readClusters<T extends { readonly outcome: string }>(
  options: ClusterOptions,
  config: Config,
  system: System,
  use: (snapshot: Snapshot, clientsOf: ClientsOf) => T | Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly failures: readonly ReadFailure[]; readonly clientsOf: ClientsOf }> {
  useProfile(options.profile);
  await requireKubeconfig(options.kubeconfig);
  const wanted = await wantedClusters(options, config);
  const home = await homeRegion(wanted);
  const clientsOf = awsClientsByAccount(home);
  const { targets, failures, warnings } = await unlessInterrupted(findTargets(wanted, { clientsOf, home }), system.signal);
  const all = options.region === undefined && !options.all && !options.cluster && failures.length === 0;
  for (const warning of [...warnings, ...(all ? unmatchedRules(config, targets) : [])]) {
    await system.stderr.write(`warning: ${plainText(warning)}\n`);
  }
  const { path, context } = { path: options.kubeconfig, context: options.context };
  const kubeconfig =
    path === undefined && context === undefined ? undefined : { ...(path && { path }), ...(context && { context }) };
  const settings = {
    clientsOf,
    concurrency: options.concurrency,
    deadlineSeconds: options.deadline ?? config.collect.deadlineSeconds,
    optIn: config.collect.optIn,
    settings: config,
    ...(kubeconfig && { kubeconfig }),
  };
  return { results: await survey(targets, settings, system, (snapshot) => use(snapshot, clientsOf)), failures, clientsOf };
}

/** @throws UsageError where the file that was named cannot be read: a typing error, and no fault of a cluster */
async function requireKubeconfig(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  await access(file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the kubeconfig ${file} cannot be read (${error.code})`);
  });
}

/** @throws UsageError where nothing says which clusters are meant */
export async function wantedClusters(
  { cluster, all, region }: Pick<ClusterOptions, 'cluster' | 'all' | 'region'>,
  { fleet, accounts, organization }: Pick<Config, 'fleet' | 'accounts' | 'organization'>,
): Promise<Wanted> {
  if (cluster && all) throw new UsageError('--cluster and --all exclude each other');
  if (cluster) return { kind: 'named', region: await resolveRegion(region), names: cluster };
  if (all) return { kind: 'fleet', entries: { fleet: [{ region: await resolveRegion(region), clusters: ['*'] }], accounts: [] } };
  const entries = inRegion({ fleet, accounts, organization }, region);
  if (entries.fleet.length + entries.accounts.length > 0 || entries.organization) return { kind: 'fleet', entries };
  throw new UsageError(
    fleet.length + accounts.length > 0 || organization
      ? `the fleet of the configuration has no clusters in ${region}`
      : 'which clusters? Give --cluster NAME or --all, or write a fleet into cniwatch.yaml',
  );
}

function inRegion({ fleet, accounts, organization }: FleetEntries, region: string | undefined): FleetEntries {
  if (region === undefined) return { fleet, accounts, organization };
  const here = <T extends { readonly regions: readonly string[] }>(entry: T): T[] =>
    entry.regions.includes(region) ? [{ ...entry, regions: [region] }] : [];
  const [organizationHere] = organization ? here(organization) : [];
  return {
    fleet: fleet.filter((entry) => entry.region === region),
    accounts: accounts.flatMap(here),
    organization: organizationHere,
  };
}

/** Where the credentials at hand are certainly good: their own Region, else the first that is looked in. */
export async function homeRegion(wanted: Wanted): Promise<string> {
  if (wanted.kind === 'named') return wanted.region;
  const { fleet, accounts, organization } = wanted.entries;
  const [first = ''] = [
    ...fleet.map(({ region }) => region),
    ...accounts.flatMap(({ regions }) => regions),
    ...(organization?.regions ?? []),
  ];
  return accounts.length === 0 && organization === undefined ? first : resolveRegion(undefined).catch(() => first);
}

/** The work, or the interruption if that comes first: discovery itself takes no signal. */
function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
