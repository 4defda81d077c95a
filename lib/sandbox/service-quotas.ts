import { AwsError } from '#lib/sandbox/aws-error.ts';
import type { World } from '#lib/sandbox/world.ts';

interface Quota {
  readonly QuotaCode: string;
  readonly QuotaName: string;
  readonly Value: number;
  readonly ServiceCode: 'vpc';
}

/** AWS's defaults. Source: Amazon VPC User Guide, "Amazon VPC quotas". */
const DEFAULTS: readonly Quota[] = [
  { ServiceCode: 'vpc', QuotaCode: 'L-DF5E4CA3', QuotaName: 'Network interfaces per Region', Value: 5_000 },
  { ServiceCode: 'vpc', QuotaCode: 'L-0EA8095F', QuotaName: 'Inbound or outbound rules per security group', Value: 60 },
  { ServiceCode: 'vpc', QuotaCode: 'L-2AFB9258', QuotaName: 'Security groups per network interface', Value: 5 },
];

/**
 * GetServiceQuota, which knows the quotas that were raised, and GetAWSDefaultServiceQuota.
 * Source: Service Quotas API Reference.
 * @throws AwsError NoSuchResourceException
 */
export function answerServiceQuotas({ quotas }: World, operation: string, body: string): string {
  const { ServiceCode, QuotaCode = '' } = JSON.parse(body) as { ServiceCode?: string; QuotaCode?: string };
  const known = DEFAULTS.find((quota) => quota.ServiceCode === ServiceCode && quota.QuotaCode === QuotaCode);
  const raised = Object.hasOwn(quotas, QuotaCode) ? quotas[QuotaCode] : undefined;
  const isDefault = operation === 'GetAWSDefaultServiceQuota';
  if (known === undefined || (raised === undefined && !isDefault))
    throw new AwsError('NoSuchResourceException', 'The request failed because the specified quota does not exist.');
  return JSON.stringify({ Quota: { ...known, Value: isDefault ? known.Value : raised, Adjustable: true, GlobalQuota: false } });
}
