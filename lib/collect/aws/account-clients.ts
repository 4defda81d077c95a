import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { assumedRole } from '#lib/collect/aws/assumed-role.ts';
import type { AccountRole } from '#lib/model/target.ts';

/** Clients by Region and role; without a role, of the credentials at hand. */
export type ClientsByAccount<Clients> = (region: string, role?: AccountRole) => Clients;

/**
 * Makes clients once for each account and Region: those share one rate cap, and those of a role its credentials. Roles are assumed in
 * `home`, a Region that is enabled for the credentials at hand; by default in the Region that is asked for.
 */
export function clientsByAccount<Clients extends { readonly sts: STSClient }>(
  make: (options: { region: string; credentials?: AwsCredentialIdentityProvider }) => Clients,
  home?: string,
): ClientsByAccount<Clients> {
  const made = new Map<string, Clients>();
  const roles = new Map<string, AwsCredentialIdentityProvider>();
  const credentialsOf = (role: AccountRole, region: string): AwsCredentialIdentityProvider => {
    const key = JSON.stringify([role.arn, role.externalId]);
    const credentials = roles.get(key) ?? assumedRole(role, { sts: clientsOf(home ?? region).sts });
    roles.set(key, credentials);
    return credentials;
  };
  const clientsOf: ClientsByAccount<Clients> = (region, role) => {
    const key = JSON.stringify([region, role?.arn, role?.externalId]);
    const clients = made.get(key) ?? make({ region, ...(role && { credentials: credentialsOf(role, region) }) });
    made.set(key, clients);
    return clients;
  };
  return clientsOf;
}
