import type { AwsCredentialIdentityProvider } from '@smithy/types';

/**
 * What a bundled function has in place of the SDK's default chain, whose SSO, profile and sign-in clients it would never use: the
 * execution role's credentials, which Lambda puts into the environment.
 * Source: Lambda developer guide, "Defined runtime environment variables".
 */
export function defaultProvider(): AwsCredentialIdentityProvider {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
      throw Object.assign(new Error('the environment holds no AWS credentials'), { name: 'CredentialsProviderError' });
    }
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    };
  };
}
