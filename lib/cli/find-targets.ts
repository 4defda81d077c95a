import type { ClientsOf } from '#lib/cli/aws.ts';
import { discoverCluster } from '#lib/discover/discover.ts';
import type { FleetEntries } from '#lib/discover/entry.ts';
import { discoverFleet, type PlaceFailure } from '#lib/discover/fleet.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Target } from '#lib/model/target.ts';

/** What the command line or cniwatch.yaml asks for. */
export type Wanted =
  | { readonly kind: 'named'; readonly region: string; readonly names: readonly string[] }
  | { readonly kind: 'fleet'; readonly entries: FleetEntries };

export interface Found {
  /** Each cluster once, by account, Region and name. */
  readonly targets: readonly Target[];
  /** What was wanted and could not be found, or looked for. */
  readonly failures: readonly ReadFailure[];
  readonly warnings: readonly string[];
}

/**
 * Looks everything up that is wanted. What cannot be found never hides the others.
 * With `describe` the tags of a fleet's clusters are known. Roles are assumed, and the organization is asked, with the credentials at hand in the Region `home`.
 */
export async function findTargets(
  wanted: Wanted,
  { clientsOf, home, describe = false }: { clientsOf: ClientsOf; home: string; describe?: boolean },
): Promise<Found> {
  if (wanted.kind === 'named') return findNamed(wanted, clientsOf);
  const organizations = async () => {
    const { organizationsClient } = await import('#lib/discover/organization.ts');
    return organizationsClient(home);
  };
  const { targets, failures, warnings, nothing } = await discoverFleet(wanted.entries, {
    clientsOf,
    organizations,
    home,
    describe,
  });
  if (nothing !== undefined) return { targets, failures: [nothing], warnings: [] };
  return { targets, failures: failures.map(withPlace), warnings };
}

function withPlace({ place, failure }: PlaceFailure): ReadFailure {
  if (place === '') return failure;
  return new ReadFailure(failure.code, `${place}: ${failure.message}`, failure.remedy, { cause: failure.cause });
}

async function findNamed({ region, names }: Wanted & { kind: 'named' }, clientsOf: ClientsOf): Promise<Found> {
  const targets: Target[] = [];
  // What fails alike for every cluster, as credentials do, is told once.
  const failures = new Map<string, ReadFailure>();
  const find = async (name: string): Promise<void> => {
    try {
      targets.push(await discoverCluster({ region, name }, clientsOf(region)));
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error;
      failures.set(error.message, error);
    }
  };
  await Promise.all([...new Set(names)].map(find));
  return { targets: targets.toSorted((a, b) => (a.name < b.name ? -1 : 1)), failures: [...failures.values()], warnings: [] };
}
