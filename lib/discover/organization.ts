import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { everyPage } from '#lib/collect/aws/pages.ts';
import type { OrganizationEntry } from '#lib/discover/entry.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Permissions } from '#lib/model/permissions.ts';

/** Asked of only where cniwatch.yaml has an `organization`; none of these takes a resource that is known beforehand. */
export const ORGANIZATION_PERMISSIONS: Permissions = {
  aws: [
    { action: 'organizations:ListAccounts', resource: '*' },
    { action: 'organizations:ListAccountsForParent', resource: '*' },
    { action: 'organizations:ListOrganizationalUnitsForParent', resource: '*' },
  ],
  kubernetes: [],
};

/** A client that is made, and whose code is loaded, only where an organization is asked: it answers few calls a second. */
export async function organizationsClient(region: string): Promise<OrganizationsClient> {
  const { OrganizationsClient: Client } = await import('@aws-sdk/client-organizations');
  return new Client({ region, retryMode: 'standard', maxAttempts: 8 });
}

export interface Member {
  readonly id: string;
  readonly name?: string;
  /** ACTIVE, SUSPENDED, PENDING_CLOSURE, ... */
  readonly state: string;
}

/**
 * The accounts of the organization, or of some of its units and what is below them, each once, by id; suspended ones too.
 * @throws ReadFailure where Organizations could not be asked
 */
export async function organizationMembers(
  { ous, exclude }: Pick<OrganizationEntry, 'ous' | 'exclude'>,
  client: OrganizationsClient,
): Promise<readonly Member[]> {
  const accounts = ous === undefined ? await allAccounts(client) : await accountsBelow(ous, client);
  const members = accounts.flatMap(({ Id: id, Name: name, State: state, Status: status }): Member[] =>
    // Status is what Organizations gave before it had State.
    id === undefined || exclude.includes(id) ? [] : [{ id, ...(name ? { name } : {}), state: state ?? status ?? 'unknown' }],
  );
  return [...new Map(members.map((member) => [member.id, member])).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function allAccounts(client: OrganizationsClient): Promise<readonly Account[]> {
  return asked('organizations:ListAccounts', (action) =>
    everyPage(
      action,
      (NextToken) => client.send(new ListAccountsCommand({ NextToken })),
      ({ Accounts }) => Accounts,
    ),
  );
}

/** Unit after unit, not all at once: Organizations allows few calls a second, and an organization has few units. */
async function accountsBelow(parents: readonly string[], client: OrganizationsClient): Promise<readonly Account[]> {
  const accounts: Account[] = [];
  const waiting = [...new Set(parents)];
  const seen = new Set<string>();
  for (let ParentId = waiting.shift(); ParentId !== undefined; ParentId = waiting.shift()) {
    if (seen.has(ParentId)) continue;
    seen.add(ParentId);
    accounts.push(...(await accountsIn(ParentId, client)));
    waiting.push(...(await unitsIn(ParentId, client)));
  }
  return accounts;
}

function accountsIn(ParentId: string, client: OrganizationsClient): Promise<readonly Account[]> {
  return asked('organizations:ListAccountsForParent', (action) =>
    everyPage(
      action,
      (NextToken) => client.send(new ListAccountsForParentCommand({ ParentId, NextToken })),
      ({ Accounts }) => Accounts,
    ),
  );
}

async function unitsIn(ParentId: string, client: OrganizationsClient): Promise<readonly string[]> {
  const units = await asked('organizations:ListOrganizationalUnitsForParent', (action) =>
    everyPage(
      action,
      (NextToken) => client.send(new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken })),
      ({ OrganizationalUnits }) => OrganizationalUnits,
    ),
  );
  return units.flatMap(({ Id }) => Id ?? []);
}

async function asked<T>(action: string, ask: (action: string) => Promise<T>): Promise<T> {
  try {
    return await ask(action);
  } catch (error) {
    const failure = awsFailure(error, { action });
    const remedy = remedyOf(error, failure);
    throw remedy === undefined ? failure : new ReadFailure(failure.code, failure.message, remedy, { cause: error });
  }
}

/** Source: AWS Organizations API reference, errors of ListAccounts and ListAccountsForParent. */
function remedyOf(error: unknown, { code }: ReadFailure): string | undefined {
  const name = error instanceof Error ? error.name : '';
  if (name === 'AWSOrganizationsNotInUseException') {
    return 'Its account is in no organization: list the accounts under `accounts` in cniwatch.yaml.';
  }
  if (name === 'ParentNotFoundException') return 'Correct organization.ous in cniwatch.yaml: one of them does not exist.';
  if (code !== 'AccessDenied') return undefined;
  return 'Organizations answers only its management account and delegated administrators: run cniwatch in one of those, or list the accounts under `accounts` in cniwatch.yaml.';
}
