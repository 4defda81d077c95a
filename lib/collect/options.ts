import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EKSClient } from '@aws-sdk/client-eks';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { RateCap } from '#lib/collect/aws/rate-cap.ts';
import type { KubernetesAccess } from '#lib/collect/kubernetes/access.ts';
import type { Progress } from '#lib/collect/progress.ts';
import type { CollectSettings } from '#lib/model/collect-settings.ts';
import type { OptInSource } from '#lib/model/collector.ts';
import type { EksCluster } from '#lib/model/eks.ts';
import type { Slice } from '#lib/model/slice.ts';

export interface CollectOptions {
  readonly aws: {
    readonly eks: EKSClient;
    readonly ec2: EC2Client;
    readonly autoScaling: AutoScalingClient;
    readonly serviceQuotas: ServiceQuotasClient;
  };
  /** How to enter the cluster, from what EKS says of it. May throw a ReadFailure. */
  readonly kubernetes: (cluster: Slice<EksCluster>) => Promise<KubernetesAccess>;
  /** Milliseconds for the whole run; what is not read by then is a stated failure. */
  readonly deadlineMs: number;
  /** Shared by all that reads this account and Region at the same time; by default one that is made of the target's share. */
  readonly rate?: RateCap;
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
  /** Opt-in sources to read; the slices of the others are NotEnabled. */
  readonly optIn?: readonly OptInSource[];
  /** Of the opt-in sources that make pods of their own. */
  readonly settings?: CollectSettings;
  readonly onProgress?: (progress: Progress) => void;
}
