import { AssumeRoleCommand, type Credentials, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { AccountRole } from '#lib/model/target.ts';

/** Of whoever enters other accounts: discover and collect. */
export const ACCOUNT_PERMISSIONS: Permissions = {
  aws: [{ action: 'sts:AssumeRole', resource: 'member-role' }],
  kubernetes: [],
};

/** What CloudTrail of the other account shows as the caller. */
const SESSION_NAME = 'cniwatch';
/** Credentials are renewed this long before they end, so that no call of a run meets their end. Milliseconds. */
const RENEW_BEFORE = 5 * 60_000;

/**
 * Credentials of a role in another account. All clients of that account are to share one provider: the role is assumed once an hour, and
 * not once for each client and Region. `sts` is a client of the caller's own credentials, in a Region that is enabled there.
 * The provider throws ReadFailure, and asks anew the next time.
 */
export function assumedRole(
  role: AccountRole,
  { sts, now = () => new Date() }: { readonly sts: STSClient; readonly now?: () => Date },
): AwsCredentialIdentityProvider {
  let current: { readonly identity: Promise<AwsCredentialIdentity>; until: number } | undefined;
  return () => {
    if (current === undefined || now().getTime() >= current.until) {
      const fresh = { identity: assume(role, sts), until: Number.POSITIVE_INFINITY };
      current = fresh;
      fresh.identity.then(
        ({ expiration }) => {
          fresh.until = (expiration?.getTime() ?? 0) - RENEW_BEFORE;
        },
        () => {
          if (current === fresh) current = undefined;
        },
      );
    }
    return current.identity;
  };
}

async function assume({ arn, externalId }: AccountRole, sts: STSClient): Promise<AwsCredentialIdentity> {
  const request = {
    RoleArn: arn,
    RoleSessionName: SESSION_NAME,
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  };
  const { Credentials: credentials } = await sts.send(new AssumeRoleCommand(request)).catch((error: unknown) => {
    throw notAssumed(error, { arn, externalId });
  });
  return identityOf(credentials, arn);
}

function identityOf(credentials: Credentials | undefined, arn: string): AwsCredentialIdentity {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
    throw new ReadFailure(
      'UnexpectedResponse',
      `sts:AssumeRole gave no credentials of ${arn}.`,
      'Look for a proxy before the AWS API, or check AWS_ENDPOINT_URL.',
    );
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    ...(Expiration ? { expiration: Expiration } : {}),
  };
}

/** STS answers alike whether the role is gone, does not trust the caller, or wants another external id. */
function notAssumed(error: unknown, { arn, externalId }: AccountRole): ReadFailure {
  const failure = awsFailure(error, { action: 'sts:AssumeRole' });
  if (failure.code !== 'AccessDenied') return failure;
  const external =
    externalId === undefined
      ? 'asks for no external id (cniwatch.yaml gives none)'
      : 'asks for the external id that cniwatch.yaml gives';
  return new ReadFailure(
    failure.code,
    failure.message,
    `Check in that account that ${arn} exists, that its trust policy names the caller and ${external}, and here that the caller may sts:AssumeRole it.`,
    { cause: error },
  );
}
