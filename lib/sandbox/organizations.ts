import type { MemberAccount } from '#lib/sandbox/accounts.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { pageStart, pageToken } from '#lib/sandbox/page-token.ts';
import type { World } from '#lib/sandbox/world.ts';

export const ORGANIZATION_ROOT = 'r-sand';
/** The most that Organizations gives at once. Source: AWS Organizations API reference, ListAccounts. */
const PAGE = 20;

interface Organization {
  readonly home: World;
  readonly members: readonly MemberAccount[];
}

const OPERATIONS = ['ListAccounts', 'ListAccountsForParent', 'ListOrganizationalUnitsForParent'] as const;
export type OrganizationsOperation = (typeof OPERATIONS)[number];

export function isOrganizationsOperation(operation: string): operation is OrganizationsOperation {
  return OPERATIONS.some((known) => known === operation);
}

/** The organization of the sandbox's accounts: the caller's manages it, and units hang below the root. */
export function answerOrganizations(organization: Organization, operation: OrganizationsOperation, body: string): string {
  const { ParentId, NextToken } = JSON.parse(body || '{}') as { ParentId?: string; NextToken?: string };
  const units = [...new Set(organization.members.flatMap(({ ou }) => ou ?? []))];
  if (operation !== 'ListAccounts' && ParentId !== ORGANIZATION_ROOT && !units.includes(ParentId ?? '')) {
    throw new AwsError('ParentNotFoundException', 'You specified parent that does not exist.');
  }
  if (operation === 'ListOrganizationalUnitsForParent') {
    const below = ParentId === ORGANIZATION_ROOT ? units.map((Id) => ({ Id, Name: Id })) : [];
    return page('OrganizationalUnits', below, NextToken);
  }
  const home = { account: organization.home.account, name: 'management', state: 'ACTIVE', parent: ORGANIZATION_ROOT };
  const members = organization.members.map(({ worlds: [{ account }], name = account, state = 'ACTIVE', ou }) => {
    return { account, name, state, parent: ou ?? ORGANIZATION_ROOT };
  });
  const there = [home, ...members].filter(({ parent }) => operation === 'ListAccounts' || parent === ParentId);
  return page(
    'Accounts',
    there.map(({ account, name, state }) => ({ Id: account, Name: name, State: state })),
    NextToken,
  );
}

function page(field: string, items: readonly unknown[], token: string | undefined): string {
  const start = pageStart(token ?? null);
  if (start === undefined) throw new AwsError('InvalidInputException', 'You specified an invalid value.');
  const end = start + PAGE;
  return JSON.stringify({ [field]: items.slice(start, end), ...(end < items.length ? { NextToken: pageToken(end) } : {}) });
}
