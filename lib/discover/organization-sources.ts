import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { OrganizationEntry } from '#lib/discover/entry.ts';
import { organizationMembers } from '#lib/discover/organization.ts';
import { roleIn, type Source } from '#lib/discover/sources.ts';

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
