import { UsageError } from '#lib/cli/usage-error.ts';
import { assumedRole } from '#lib/collect/aws/assumed-role.ts';
import { type AwsClients, awsClients } from '#lib/collect/aws/clients.ts';
import type { AccountRole } from '#lib/model/target.ts';

/**
 * Clients by Region and role, made once each: those of an account and Region share one rate cap, those of a role its credentials.
 * Without a role, of the credentials at hand.
 */
export type ClientsOf = (region: string, role?: AccountRole) => AwsClients;

/** Roles are assumed in `home`, a Region that is enabled for the credentials at hand; by default in the Region that is asked for. */
export function clientsByRegion(home?: string): ClientsOf {
  const made = new Map<string, AwsClients>();
  const roles = new Map<string, ReturnType<typeof assumedRole>>();
  const credentialsOf = (role: AccountRole, region: string): ReturnType<typeof assumedRole> => {
    const key = JSON.stringify([role.arn, role.externalId]);
    const credentials = roles.get(key) ?? assumedRole(role, { sts: clientsOf(home ?? region).sts });
    roles.set(key, credentials);
    return credentials;
  };
  const clientsOf: ClientsOf = (region, role) => {
    const key = JSON.stringify([region, role?.arn, role?.externalId]);
    const clients = made.get(key) ?? awsClients({ region, ...(role && { credentials: credentialsOf(role, region) }) });
    made.set(key, clients);
    return clients;
  };
  return clientsOf;
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
