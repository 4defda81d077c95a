import { DescribeNetworkInterfacesCommand } from '@aws-sdk/client-ec2';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuota as SdkQuota,
} from '@aws-sdk/client-service-quotas';
import { required } from '#lib/collect/aws/fields.ts';
import { defineCollector, type Sources } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { ServiceQuota } from '#lib/model/service-quota.ts';

/** Source: Amazon VPC User Guide, "Amazon VPC quotas". */
const INTERFACES = 'L-DF5E4CA3';
const RULES_PER_GROUP = 'L-0EA8095F';
const GROUPS_PER_INTERFACE = 'L-2AFB9258';

/** Pages of a thousand interfaces that are counted: beyond, the count is a lower bound, since EC2's limits are shared. */
const MOST_PAGES = 20;

/** The quotas that a cluster's interfaces and security groups run into, and how many interfaces the Region has. */
export const serviceQuotas = defineCollector({
  key: 'serviceQuotas',
  needs: [],
  permissions: {
    aws: [
      { action: 'servicequotas:GetServiceQuota', resource: '*' },
      { action: 'servicequotas:GetAWSDefaultServiceQuota', resource: '*' },
      { action: 'ec2:DescribeNetworkInterfaces', resource: '*' },
    ],
    kubernetes: [],
  },
  async collect(sources) {
    const [interfaces, rules, groups, counted] = await Promise.all([
      quota(sources, INTERFACES),
      quota(sources, RULES_PER_GROUP),
      quota(sources, GROUPS_PER_INTERFACE),
      interfacesOfRegion(sources),
    ]);
    return [{ ...interfaces, ...counted }, rules, groups];
  },
});

/** Quotas that were never raised may not be there: then AWS's default holds. */
async function quota({ serviceQuotas: call }: Sources, QuotaCode: string): Promise<ServiceQuota> {
  const of = { ServiceCode: 'vpc', QuotaCode };
  const { Quota } = await call(new GetServiceQuotaCommand(of)).catch((error: { cause?: { name?: unknown } }) => {
    if (error.cause?.name !== 'NoSuchResourceException') throw error;
    return call(new GetAWSDefaultServiceQuotaCommand(of));
  });
  return toServiceQuota(required(Quota, 'Quota'));
}

function toServiceQuota(quota: SdkQuota): ServiceQuota {
  return {
    serviceCode: required(quota.ServiceCode, 'Quota.ServiceCode'),
    quotaCode: required(quota.QuotaCode, 'Quota.QuotaCode'),
    quotaName: required(quota.QuotaName, 'Quota.QuotaName'),
    value: required(quota.Value, 'Quota.Value'),
  };
}

/**
 * The quota is the account's in the Region, over all VPCs: the interfaces of one cluster's subnets do not tell. Those of the accounts
 * that take part in a VPC of this one are shown too, and count against their own. Service Quotas names no usage metric for it.
 */
async function interfacesOfRegion({
  ec2,
  target,
}: Sources): Promise<Pick<ServiceQuota, 'used' | 'usedIsLowerBound' | 'usedUnread'>> {
  const Filters = [{ Name: 'owner-id', Values: [target.account] }];
  let used = 0;
  let token: string | undefined;
  try {
    for (let page = 0; page < MOST_PAGES; page++) {
      const { NetworkInterfaces = [], NextToken } = await ec2(
        new DescribeNetworkInterfacesCommand({ Filters, MaxResults: 1000, ...(token === undefined ? {} : { NextToken: token }) }),
      );
      used += NetworkInterfaces.length;
      token = NextToken || undefined;
      if (token === undefined) return { used };
    }
    return { used, usedIsLowerBound: true };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    return { usedUnread: error.message };
  }
}
