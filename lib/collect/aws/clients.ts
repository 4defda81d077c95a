import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { type ClientsByAccount, clientsByAccount } from '#lib/collect/aws/account-clients.ts';

export interface AwsClients {
  readonly eks: EKSClient;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly sts: STSClient;
  readonly cloudwatch: CloudWatchClient;
}

/**
 * Clients of one account and Region. Without `credentials` the SDK's default chain is used; endpoints follow AWS_ENDPOINT_URL and the
 * per-service variables, as in every AWS tool.
 */
export function awsClients(options: { region: string; credentials?: AwsCredentialIdentityProvider }): AwsClients {
  const settings = {
    ...options,
    retryMode: 'standard',
    maxAttempts: 4,
    // Milliseconds. A read of 1,000 interfaces takes a second or two; a network that drops packets must not hold the run.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
  return {
    eks: new EKSClient(settings),
    ec2: new EC2Client(settings),
    autoScaling: new AutoScalingClient(settings),
    serviceQuotas: new ServiceQuotasClient(settings),
    sts: new STSClient(settings),
    cloudwatch: new CloudWatchClient(settings),
  };
}

/** The same of every account and Region that is asked for. Roles are assumed in the Region `home`. */
export function awsClientsByAccount(home?: string): ClientsByAccount<AwsClients> {
  return clientsByAccount(awsClients, home);
}
