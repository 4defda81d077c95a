import { resolveRegion } from '#lib/cli/aws.ts';
import type { Wanted } from '#lib/cli/find-targets.ts';
import type { ClusterOptions } from '#lib/cli/options.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import type { Config } from '#lib/config/config.ts';
import { didYouMean } from '#lib/config/nearest.ts';
import type { AccountEntry, FleetEntries } from '#lib/discover/entry.ts';

type Asked = Pick<ClusterOptions, 'cluster' | 'all' | 'region' | 'account'>;
type Fleet = Pick<Config, 'fleet' | 'accounts' | 'organization'>;

/** Whether the options mean all that cniwatch.yaml names. */
export const isWholeFleet = ({ cluster, all, region, account }: Asked): boolean =>
  cluster === undefined && all === undefined && region === undefined && account === undefined;

/** @throws UsageError where nothing says which clusters are meant */
export async function wantedClusters(asked: Asked, config: Fleet): Promise<Wanted> {
  const { cluster, all, region, account } = asked;
  if (cluster && all) throw new UsageError('--cluster and --all exclude each other');
  if (account !== undefined) return { kind: 'fleet', entries: inAccount(accountEntry(account, config), asked) };
  if (cluster) return { kind: 'named', region: await resolveRegion(region), names: cluster };
  if (all) return { kind: 'fleet', entries: { fleet: [{ region: await resolveRegion(region), clusters: ['*'] }], accounts: [] } };
  const entries = inRegion(config, region);
  if (entries.fleet.length + entries.accounts.length > 0 || entries.organization) return { kind: 'fleet', entries };
  throw new UsageError(
    config.fleet.length + config.accounts.length > 0 || config.organization
      ? `the fleet of the configuration has no clusters in ${region}`
      : 'which clusters? Give --cluster NAME or --all, or write a fleet into cniwatch.yaml',
  );
}

/** How cniwatch.yaml enters an account: by its own entry, else as one of the organization. */
function accountEntry(account: string, { accounts, organization }: Fleet): AccountEntry {
  const named = accounts.find(({ id, name }) => id === account || name === account);
  if (named !== undefined) return named;
  if (organization !== undefined && /^\d{12}$/.test(account)) return { ...organization, id: account };
  const known = accounts.flatMap(({ id, name }) => [id, ...(name === undefined ? [] : [name])]);
  const hint = didYouMean(account, known) || (known.length > 0 ? `: it has ${known.join(', ')}` : ', which names none');
  throw new UsageError(`there is no account ${account} in the accounts of the configuration${hint}`);
}

/** One account: the clusters that are asked for, or those that its entry selects. */
function inAccount(entry: AccountEntry, { cluster, all, region }: Asked): FleetEntries {
  const { id, name, role, externalId } = entry;
  const regions = region === undefined ? entry.regions : [region];
  const clusters = cluster ?? (all ? ['*'] : undefined);
  const selected = clusters === undefined ? { ...entry, regions } : { id, name, role, externalId, regions, clusters };
  return { fleet: [], accounts: [selected] };
}

function inRegion({ fleet, accounts, organization }: Fleet, region: string | undefined): FleetEntries {
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
