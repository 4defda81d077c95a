import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import pLimit from 'p-limit';
import { ownAccount } from '#lib/discover/discover.ts';
import type { FleetEntries } from '#lib/discover/entry.ts';
import { expected, type LookPorts, lookIn } from '#lib/discover/look.ts';
import { namedSources } from '#lib/discover/sources.ts';
import { missingClusters, type PlaceFailure, placeFailure } from '#lib/discover/unseen.ts';
import type { ReadFailure } from '#lib/model/failure.ts';
import type { Target } from '#lib/model/target.ts';

export type { PlaceFailure } from '#lib/discover/unseen.ts';

/** Accounts and Regions that are looked at at the same time: well below what EKS and STS allow one caller. */
const CONCURRENCY = 8;

export interface FleetPorts extends LookPorts {
  /** Called only for an `organization`. */
  organizations(): Promise<OrganizationsClient>;
  /** A Region that is enabled in the account of the credentials. */
  readonly home: string;
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
