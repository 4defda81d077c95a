import type { TagPatterns } from '#lib/model/target-match.ts';

/** Which clusters of a place are meant. Names with `*` for any characters. */
export interface ClusterSelection {
  readonly clusters: readonly string[];
  readonly except?: readonly string[] | undefined;
  readonly tags?: TagPatterns | undefined;
  readonly exceptTags?: TagPatterns | undefined;
}

/** Of the account of the credentials. */
export interface FleetEntry extends ClusterSelection {
  readonly region: string;
}

export interface AccountEntry extends ClusterSelection {
  readonly id: string;
  readonly name?: string | undefined;
  /** Name or ARN; without one the credentials must be of that account. */
  readonly role?: string | undefined;
  readonly externalId?: string | undefined;
  readonly regions: readonly string[];
}

export interface OrganizationEntry extends ClusterSelection {
  /** By name: every account has its own. */
  readonly role: string;
  readonly externalId?: string | undefined;
  readonly regions: readonly string[];
  readonly ous?: readonly string[] | undefined;
  readonly exclude: readonly string[];
}

/** Where to look, as cniwatch.yaml says it. */
export interface FleetEntries {
  readonly fleet: readonly FleetEntry[];
  readonly accounts: readonly AccountEntry[];
  readonly organization?: OrganizationEntry | undefined;
}

/** Where to look; where nothing is said, at every cluster of one Region in the account of the credentials. */
export function entriesOr(region: string, entries: FleetEntries): FleetEntries {
  const { fleet, accounts, organization } = entries;
  const isSaid = fleet.length + accounts.length > 0 || organization !== undefined;
  return isSaid ? entries : { fleet: [{ region, clusters: ['*'] }], accounts: [] };
}
