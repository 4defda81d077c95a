import { asClause } from '#lib/model/failure.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { NodeNetwork } from '#lib/network/node-reach.ts';

/** What security groups are judged by; or why that was not read. Prefix lists are left open where they were not. */
export function nodeNetwork(
  slices: Pick<Slices, 'networkInterfaces' | 'securityGroups' | 'securityGroupRules' | 'prefixLists'>,
): NodeNetwork | string {
  const { networkInterfaces, securityGroups, securityGroupRules, prefixLists } = slices;
  if (!networkInterfaces.ok) return `interfaces were not read: ${asClause(networkInterfaces.reason)}`;
  if (!securityGroups.ok) return `security groups were not read: ${asClause(securityGroups.reason)}`;
  if (!securityGroupRules.ok) return `rules of security groups were not read: ${asClause(securityGroupRules.reason)}`;
  return {
    networkInterfaces: networkInterfaces.data,
    securityGroups: securityGroups.data,
    securityGroupRules: securityGroupRules.data,
    prefixLists: dataOf(prefixLists),
  };
}
