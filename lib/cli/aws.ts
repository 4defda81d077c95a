import { UsageError } from '#lib/cli/usage-error.ts';
import { type AwsClients, awsClients } from '#lib/collect/aws/clients.ts';

/** Clients by Region, made once each: a Region's clients share one rate cap. */
export type ClientsOf = (region: string) => AwsClients;

export function clientsByRegion(): ClientsOf {
  const made = new Map<string, AwsClients>();
  return (region) => {
    const clients = made.get(region) ?? awsClients({ region });
    made.set(region, clients);
    return clients;
  };
}

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
