import type { ClusterSelection, FleetEntries } from '#lib/discover/entry.ts';
import { type AccountRole, roleArn } from '#lib/model/target.ts';

/** One account to look in, as one entry of cniwatch.yaml means it. */
export interface Source {
  /** Where it stands in cniwatch.yaml, as `accounts.2`. */
  readonly entry: string;
  /** Absent where it is the account of the credentials, whichever that is. */
  readonly account?: string;
  readonly name?: string;
  readonly role?: AccountRole;
  readonly regions: readonly string[];
  readonly selection: ClusterSelection;
}

/** The accounts that the file itself names. */
export function namedSources({ fleet, accounts }: Pick<FleetEntries, 'fleet' | 'accounts'>): Source[] {
  return [
    ...fleet.map((entry, index) => ({ entry: `fleet.${index}`, regions: [entry.region], selection: entry })),
    ...accounts.map(({ id, name, role, externalId, regions, ...selection }, index) => ({
      entry: `accounts.${index}`,
      account: id,
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role: roleIn(id, regions, role, externalId) }),
      regions,
      selection,
    })),
  ];
}

/** A role of an account, given by name or ARN. */
export function roleIn(
  account: string,
  [region = '']: readonly string[],
  role: string,
  externalId: string | undefined,
): AccountRole {
  return { arn: roleArn(account, region, role), ...(externalId === undefined ? {} : { externalId }) };
}
