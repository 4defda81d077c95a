import type { LimitFunction } from 'p-limit';
import { type DiscoverClients, discoverRegion } from '#lib/discover/discover.ts';
import type { Runners } from '#lib/discover/runner.ts';
import { described, selectsByTags, selectsName } from '#lib/discover/select.ts';
import type { Source } from '#lib/discover/sources.ts';
import { type PlaceFailure, placeFailure, type Seen } from '#lib/discover/unseen.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { AccountRole, Target } from '#lib/model/target.ts';

export interface LookPorts {
  /** Clients of a Region, of the credentials at hand or of a role. */
  clientsOf(region: string, role?: AccountRole): DiscoverClients;
  /** Describe each cluster, so that its VPC and its tags are known. */
  readonly describe?: boolean;
  /** Functions inside VPCs; where there are some, each cluster is described. */
  readonly runners?: Runners;
}

interface Looking {
  /** The account of the credentials at hand. */
  readonly own: () => Promise<string>;
  readonly limit: LimitFunction;
  readonly ports: LookPorts;
}

/** What one account gives, a Region each; only a failure where it cannot be entered. */
export async function lookIn(source: Source, looking: Looking): Promise<readonly Seen[]> {
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
  { clientsOf, runners, describe = runners !== undefined }: LookPorts,
): Promise<Seen> {
  const { role, selection } = source;
  const clients = clientsOf(region, role);
  const place = { ...source, account, region };
  try {
    const all = await discoverRegion({ region, account }, clients);
    const names = all.map(({ name }) => name);
    const named = all.filter(({ name }) => selectsName(selection, name)).map((target) => (role ? { ...target, role } : target));
    if (!describe && !selectsByTags(selection)) return { source, region, names, targets: named, failures: [] };
    return { source, region, names, ...(await describeAll(named, place, { eks: clients.eks, runners })) };
  } catch (error) {
    return { source, region, names: [], targets: [], failures: [placeFailure(place, expected(error))] };
  }
}

/** One after another: EKS counts the calls of a whole account and Region. */
async function describeAll(
  named: readonly Target[],
  place: Source & { readonly region: string },
  { eks, runners }: Pick<DiscoverClients, 'eks'> & { readonly runners: Runners | undefined },
): Promise<Pick<Seen, 'targets' | 'failures'>> {
  const targets: Target[] = [];
  const failures: PlaceFailure[] = [];
  for (const target of named) {
    try {
      const meant = await described(target, { selection: place.selection, runners, eks });
      if (meant !== undefined) targets.push(meant);
    } catch (error) {
      failures.push(placeFailure(place, expected(error)));
    }
  }
  return { targets, failures };
}

/** An expected failure; anything else is a defect, and thrown. */
export function expected(error: unknown): ReadFailure {
  if (error instanceof ReadFailure) return error;
  throw error;
}
