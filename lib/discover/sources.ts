import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { ClusterSelection, FleetEntries, OrganizationEntry } from '#lib/discover/entry.ts';
import { organizationMembers } from '#lib/discover/organization.ts';
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

/**
 * The active accounts of the organization, less those that have an entry of their own; the account of the credentials is entered without
 * a role. What was left out and why is in `warnings`.
 * @throws ReadFailure where Organizations could not be asked
 */
export async function organizationSources(
  organization: OrganizationEntry,
  { client, own, named }: { client: OrganizationsClient; own: string; named: ReadonlySet<string> },
): Promise<{ readonly sources: readonly Source[]; readonly warnings: readonly string[] }> {
  const { role, externalId, regions } = organization;
  const members = (await organizationMembers(organization, client)).filter(({ id }) => !named.has(id));
  return {
    sources: members
      .filter(({ state }) => state === 'ACTIVE')
      .map(({ id, name }) => ({
        entry: 'organization',
        account: id,
        ...(name === undefined ? {} : { name }),
        ...(id === own ? {} : { role: roleIn(id, regions, role, externalId) }),
        regions,
        selection: organization,
      })),
    warnings: members
      .filter(({ state }) => state !== 'ACTIVE')
      .map(({ id, name, state }) => `account ${id}${name === undefined ? '' : ` (${name})`} is ${state} and was left out`),
  };
}

function roleIn(account: string, [region = '']: readonly string[], role: string, externalId: string | undefined): AccountRole {
  return { arn: roleArn(account, region, role), ...(externalId === undefined ? {} : { externalId }) };
}
