import { GetManagedPrefixListEntriesCommand } from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import { required } from '#lib/collect/aws/fields.ts';
import { need } from '#lib/collect/needs.ts';
import { defineCollector, ec2Reads, type Sources } from '#lib/collect/sources.ts';
import type { PrefixList } from '#lib/model/ec2.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** The lists that security group rules name. One that belongs to another account may be unreadable, and says so. */
export const prefixLists = defineCollector({
  key: 'prefixLists',
  needs: ['securityGroupRules'],
  permissions: ec2Reads('GetManagedPrefixListEntries'),
  async collect(sources, { securityGroupRules }) {
    const ids = need(securityGroupRules, 'securityGroupRules').flatMap(({ prefixListId }) => prefixListId ?? []);
    return pLimit(5).map([...new Set(ids)], (id) => readList(sources, id));
  },
});

async function readList({ ec2, everyPage }: Sources, prefixListId: string): Promise<PrefixList> {
  try {
    const entries = await everyPage(
      'ec2:GetManagedPrefixListEntries',
      (NextToken) => ec2(new GetManagedPrefixListEntriesCommand({ PrefixListId: prefixListId, MaxResults: 100, NextToken })),
      (page) => page.Entries,
    );
    return { prefixListId, cidrs: entries.map(({ Cidr }) => required(Cidr, 'PrefixListEntry.Cidr')) };
  } catch (error) {
    if (error instanceof ReadFailure && isOfThisList(error)) return { prefixListId, unreadable: error.message };
    throw error;
  }
}

/** Whether the list itself is out of reach, and not the run or the API. */
function isOfThisList({ code, cause }: ReadFailure): boolean {
  const name = (cause as { name?: unknown } | undefined)?.name;
  return code === 'AccessDenied' || (typeof name === 'string' && /^InvalidPrefixListI[dD]/.test(name));
}
