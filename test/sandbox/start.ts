import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import { type Sandbox, type SandboxOptions, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { World } from '#lib/sandbox/world.ts';

export const NOW = new Date('2026-11-24T03:00:00Z');

export interface Entered extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly sts: STSClient;
  readonly autoScaling: AutoScalingClient;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly cloudwatch: CloudWatchClient;
}

/** A sandbox and the real clients, which ask once: a retry would hide what was answered. */
export async function enter(world: World, options?: SandboxOptions): Promise<Entered> {
  const sandbox = await startSandbox(world, options);
  const settings = {
    region: world.region,
    endpoint: sandbox.endpoint,
    maxAttempts: 1,
    credentials: {
      accessKeyId: sandbox.environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: sandbox.environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  };
  const clients = {
    ec2: new EC2Client(settings),
    eks: new EKSClient(settings),
    sts: new STSClient(settings),
    autoScaling: new AutoScalingClient(settings),
    serviceQuotas: new ServiceQuotasClient(settings),
    cloudwatch: new CloudWatchClient(settings),
  };
  return {
    sandbox,
    ...clients,
    [Symbol.asyncDispose]: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await sandbox.close();
    },
  };
}
