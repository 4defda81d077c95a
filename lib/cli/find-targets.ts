import type { ClientsOf } from '#lib/cli/aws.ts';
import { discoverCluster, discoverRegion } from '#lib/discover/discover.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Target } from '#lib/model/target.ts';

/** What the command line or the fleet of cniwatch.yaml asks for. */
export type Wanted =
  | { readonly region: string; readonly name: string }
  | { readonly region: string; readonly patterns: readonly string[] };

export interface Found {
  /** Each cluster once, by account, Region and name. */
  readonly targets: readonly Target[];
  /** What was wanted and could not be found, or looked for. */
  readonly failures: readonly ReadFailure[];
}

/** Looks every wanted cluster up. One that cannot be found never hides the others. */
export async function findTargets(wanted: readonly Wanted[], clientsOf: ClientsOf): Promise<Found> {
  const answers = await Promise.all(wanted.map((each) => find(each, clientsOf)));
  const targets = new Map(answers.flatMap(({ targets }) => targets.map((target) => [target.arn, target])));
  return {
    targets: [...targets.values()].toSorted((a, b) => compare(placeOf(a), placeOf(b))),
    failures: distinct(answers.flatMap(({ failures }) => failures)),
  };
}

async function find(wanted: Wanted, clientsOf: ClientsOf): Promise<Found> {
  const clients = clientsOf(wanted.region);
  try {
    if ('name' in wanted) return { targets: [await discoverCluster(wanted, clients)], failures: [] };
    const targets = await discoverRegion({ region: wanted.region, names: wanted.patterns }, clients);
    return { targets, failures: targets.length > 0 ? [] : [noneMatches(wanted)] };
  } catch (error) {
    if (error instanceof ReadFailure) return { targets: [], failures: [error] };
    throw error;
  }
}

/** What fails alike for every cluster, as credentials do, is told once. */
function distinct(failures: readonly ReadFailure[]): ReadFailure[] {
  const seen = new Set<string>();
  return failures.filter(({ message }) => !seen.has(message) && seen.add(message));
}

/** An empty fleet is no healthy fleet: it mostly means the wrong Region or account. */
function noneMatches({ region, patterns }: { readonly region: string; readonly patterns: readonly string[] }): ReadFailure {
  return new ReadFailure(
    'ClusterNotFound',
    `No EKS cluster in ${region} matches ${patterns.join(', ')}.`,
    'Check the Region, the account of the credentials, and the patterns.',
  );
}

const placeOf = ({ account, region, name }: Target): string => [account, region, name].join('/');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
