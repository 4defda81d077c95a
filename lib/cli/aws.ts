import { UsageError } from '#lib/cli/usage-error.ts';
import type { ClientsByAccount } from '#lib/collect/aws/account-clients.ts';
import type { AwsClients } from '#lib/collect/aws/clients.ts';

export type ClientsOf = ClientsByAccount<AwsClients>;

/** Makes the SDK use this profile, for credentials and Region alike. To be called before the first client is made. */
export function useProfile(profile: string | undefined): void {
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile;
}

/**
 * The Region to look in: as given, else as the SDK finds it (AWS_REGION, then the profile). AWS_DEFAULT_REGION is the name that
 * the AWS CLI reads and the SDK for JavaScript does not.
 * @throws UsageError where nothing names one
 */
export async function resolveRegion(given: string | undefined): Promise<string> {
  const named = given ?? (process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION']);
  if (named) return named;
  const { STSClient } = await import('@aws-sdk/client-sts');
  try {
    return await new STSClient({}).config.region();
  } catch {
    throw new UsageError('no AWS Region is known: give --region, AWS_REGION, or a profile that has one');
  }
}
