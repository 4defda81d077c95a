import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import pLimit, { type LimitFunction } from 'p-limit';
import { type DiscoverClients, discoverRegion, ownAccount } from '#lib/discover/discover.ts';
import type { FleetEntries } from '#lib/discover/entry.ts';
import { described, selectsByTags, selectsName } from '#lib/discover/select.ts';
import { namedSources, type Source } from '#lib/discover/sources.ts';
import { missingClusters, type PlaceFailure, placeFailure, type Seen } from '#lib/discover/unseen.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { AccountRole, Target } from '#lib/model/target.ts';

export type { PlaceFailure } from '#lib/discover/unseen.ts';

/** Accounts and Regions that are looked at at the same time: well below what EKS and STS allow one caller. */
const CONCURRENCY = 8;

export interface FleetPorts {
  /** Clients of a Region, of the credentials at hand or of a role. */
  clientsOf(region: string, role?: AccountRole): DiscoverClients;
  /** Called only for an `organization`. */
  organizations(): Promise<OrganizationsClient>;
  /** A Region that is enabled in the account of the credentials. */
  readonly home: string;
  /** Describe each cluster, so that its VPC and its tags are known. */
  readonly describe?: boolean;
}

export interface Discovery {
  /** Each cluster once, by account, Region and name. */
  readonly targets: readonly Target[];
  /** What was not seen: accounts, Regions, and clusters that are named and not there. */
  readonly failures: readonly PlaceFailure[];
  /** What is odd, one sentence each without its full stop. */
  readonly warnings: readonly string[];
  /** Everything was seen, and there is no cluster: an empty fleet is no healthy fleet. */
  readonly nothing?: ReadFailure;
}

/** Looks up the clusters of every account and Region. One that cannot be entered is a stated failure, and the others go on. */
export async function discoverFleet(entries: FleetEntries, ports: FleetPorts): Promise<Discovery> {
  const own = once(() => ownAccount(ports.home, ports.clientsOf(ports.home)));
  const organization = await membersOf(entries, own, ports);
  const sources = [...namedSources(entries), ...organization.sources];
  const limit = pLimit(CONCURRENCY);
  const looked = await Promise.all(sources.map((source) => lookIn(source, { own, limit, ports })));
  const seen = looked.flat();
  const missing = missingClusters(seen, organization.failures.length > 0);
  return {
    targets: distinctTargets(seen.flatMap(({ targets }) => targets)),
    failures: distinctFailures([...organization.failures, ...seen.flatMap(({ failures }) => failures), ...missing.failures]),
    warnings: [...organization.warnings, ...missing.warnings],
    ...(missing.nothing === undefined ? {} : { nothing: missing.nothing }),
  };
}

interface Looking {
  readonly own: () => Promise<string>;
  readonly limit: LimitFunction;
  readonly ports: FleetPorts;
}

async function membersOf({ accounts, organization }: FleetEntries, own: () => Promise<string>, ports: FleetPorts) {
  if (organization === undefined) return { sources: [], warnings: [], failures: [] };
  const named = new Set(accounts.map(({ id }) => id));
  try {
    // Its client is not loaded for the many fleets without one.
    const { organizationSources } = await import('#lib/discover/organization-sources.ts');
    const context = { client: await ports.organizations(), own: await own(), named };
    return { ...(await organizationSources(organization, context)), failures: [] };
  } catch (error) {
    return { sources: [], warnings: [], failures: [placeFailure({}, expected(error))] };
  }
}

async function lookIn(source: Source, looking: Looking): Promise<readonly Seen[]> {
  const { regions, role } = source;
  const { limit, own } = looking;
  try {
    const account = await limit(() => (role === undefined ? ownedBy(source, own) : entered(source, role, looking)));
    return await Promise.all(regions.map((region) => limit(() => lookInRegion(source, { account, region }, looking.ports))));
  } catch (error) {
    return [{ source, names: [], targets: [], failures: [placeFailure(source, expected(error))] }];
  }
}

/** @throws ReadFailure where the credentials at hand are of another account */
async function ownedBy({ account, entry }: Source, own: () => Promise<string>): Promise<string> {
  const caller = await own();
  if (account === undefined || account === caller) return caller;
  throw new ReadFailure(
    'NoCredentials',
    `The credentials are of account ${caller}, and ${entry} names no role to assume.`,
    `Add \`role\` to ${entry} in cniwatch.yaml, or run with credentials of account ${account}.`,
  );
}

/** Assumes the role, so that an account that cannot be entered is told once, and not for each of its Regions. */
async function entered({ account = '', regions: [region = ''] }: Source, role: AccountRole, { ports }: Looking): Promise<string> {
  await ports.clientsOf(region, role).eks.config.credentials();
  return account;
}

async function lookInRegion(
  source: Source,
  { account, region }: { readonly account: string; readonly region: string },
  { clientsOf, describe = false }: FleetPorts,
): Promise<Seen> {
  const { role, selection } = source;
  const clients = clientsOf(region, role);
  const place = { ...source, account, region };
  try {
    const all = await discoverRegion({ region, account }, clients);
    const names = all.map(({ name }) => name);
    const named = all.filter(({ name }) => selectsName(selection, name)).map((target) => (role ? { ...target, role } : target));
    if (!describe && !selectsByTags(selection)) return { source, region, names, targets: named, failures: [] };
    return { source, region, names, ...(await describeAll(named, place, clients)) };
  } catch (error) {
    return { source, region, names: [], targets: [], failures: [placeFailure(place, expected(error))] };
  }
}

/** One after another: EKS counts the calls of a whole account and Region. */
async function describeAll(
  named: readonly Target[],
  place: Source & { readonly region: string },
  { eks }: DiscoverClients,
): Promise<Pick<Seen, 'targets' | 'failures'>> {
  const targets: Target[] = [];
  const failures: PlaceFailure[] = [];
  for (const target of named) {
    try {
      const meant = await described(target, place.selection, eks);
      if (meant !== undefined) targets.push(meant);
    } catch (error) {
      failures.push(placeFailure(place, expected(error)));
    }
  }
  return { targets, failures };
}

function expected(error: unknown): ReadFailure {
  if (error instanceof ReadFailure) return error;
  throw error;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function distinctTargets(targets: readonly Target[]): readonly Target[] {
  const place = ({ account, region, name }: Target): string => [account, region, name].join('/');
  return [...new Map(targets.map((target) => [target.arn, target])).values()].toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/** What fails alike in several places, as credentials do, is told once. */
function distinctFailures(failures: readonly PlaceFailure[]): readonly PlaceFailure[] {
  const told = new Set<string>();
  return failures.filter(({ place, failure: { message } }) => {
    const key = JSON.stringify([place, message]);
    return !told.has(key) && told.add(key);
  });
}
