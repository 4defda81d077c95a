import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { organizationMembers } from '#lib/discover/organization.ts';

const mock = mockClient(OrganizationsClient);
const client = new OrganizationsClient({ region: 'us-east-1' });
const ids = async (given: { ous?: readonly string[]; exclude?: readonly string[] } = {}) =>
  (await organizationMembers({ exclude: [], ...given }, client)).map(({ id }) => id);

beforeEach(() => {
  mock.reset();
});

describe('the members of an organization', () => {
  test('are read page by page, in the order of their ids', async () => {
    mock.on(ListAccountsCommand, { NextToken: undefined }).resolves({ Accounts: [{ Id: '3' }, { Id: '1' }], NextToken: 'more' });
    mock.on(ListAccountsCommand, { NextToken: 'more' }).resolves({ Accounts: [{ Id: '2' }] });
    expect(await ids()).toEqual(['1', '2', '3']);
    expect(await ids({ exclude: ['2'] })).toEqual(['1', '3']);
  });

  test('have the state that Organizations gives, by its new name or the old', async () => {
    mock.on(ListAccountsCommand).resolves({
      Accounts: [
        { Id: '1', Name: 'new', State: 'SUSPENDED', Status: 'ACTIVE' },
        { Id: '2', Name: 'old', Status: 'PENDING_CLOSURE' },
        { Id: '3' },
      ],
    });
    expect(await organizationMembers({ exclude: [] }, client)).toEqual([
      { id: '1', name: 'new', state: 'SUSPENDED' },
      { id: '2', name: 'old', state: 'PENDING_CLOSURE' },
      { id: '3', state: 'unknown' },
    ]);
  });

  test('of units are those below them too, each once', async () => {
    const units: Record<string, readonly string[]> = { top: ['left', 'right'], left: ['leaf'], right: [], leaf: [] };
    mock.on(ListOrganizationalUnitsForParentCommand).callsFake(({ ParentId }) => {
      return { OrganizationalUnits: (units[ParentId] ?? []).map((Id) => ({ Id })) };
    });
    mock.on(ListAccountsForParentCommand).callsFake(({ ParentId }) => ({ Accounts: [{ Id: `in-${ParentId}` }] }));
    expect(await ids({ ous: ['top', 'left'] })).toEqual(['in-leaf', 'in-left', 'in-right', 'in-top']);
    expect(mock.commandCalls(ListAccountsForParentCommand)).toHaveLength(4);
    expect(await ids({ ous: ['right'] })).toEqual(['in-right']);
  });
});

describe('an organization that cannot be asked', () => {
  test.each([
    ['AccessDeniedException', 'AccessDenied', /only its management account and delegated administrators/],
    ['AWSOrganizationsNotInUseException', 'ServiceError', /is in no organization/],
    ['TooManyRequestsException', 'Throttled', /Run again later/],
    ['CredentialsProviderError', 'NoCredentials', /Give credentials/],
  ])('%s is %s', async (name, code, remedy) => {
    mock.on(ListAccountsCommand).rejects(Object.assign(new Error('no'), { name }));
    await expect(ids()).rejects.toMatchObject({ code, remedy: expect.stringMatching(remedy) });
  });

  test('a unit that does not exist is told where it stands', async () => {
    mock.on(ListAccountsForParentCommand).rejects(Object.assign(new Error('no'), { name: 'ParentNotFoundException' }));
    await expect(ids({ ous: ['ou-none'] })).rejects.toMatchObject({ remedy: expect.stringContaining('organization.ous') });
  });

  test('a list without an end is given up', async () => {
    mock.on(ListAccountsCommand).resolves({ Accounts: [{ Id: '1' }], NextToken: 'again' });
    await expect(ids()).rejects.toMatchObject({ code: 'PageTokenLoop' });
  });
});
