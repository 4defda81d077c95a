import * as z from 'zod';
import { callShare } from '#lib/model/call-share.ts';

/** A role that is assumed to enter an account. */
export const accountRole = z.object({ arn: z.string(), externalId: z.string().optional() });
export type AccountRole = Readonly<z.infer<typeof accountRole>>;

/** The function that checks a cluster whose API server the hub cannot reach. */
export const targetRunner = z.object({
  functionArn: z.string(),
  /** For the state machine to assume before it invokes the function: of a runner in another account. */
  roleArn: z.string().optional(),
});
export type TargetRunner = Readonly<z.infer<typeof targetRunner>>;

/** One cluster to look at, as discover found it. */
export const target = z.object({
  /** Twelve digits. */
  account: z.string(),
  region: z.string(),
  /** The EKS cluster's name. */
  name: z.string(),
  /** `arn:<partition>:eks:<region>:<account>:cluster/<name>`; part of every fingerprint. */
  arn: z.string(),
  /** To assume before anything is asked of this account; absent where the credentials at hand are its own. */
  role: accountRole.optional(),
  /** Known only where discover had to describe the cluster, as are its tags. */
  vpcId: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  /** Where it is checked; absent where the hub does it. */
  runner: targetRunner.optional(),
  /** Of what its account and Region may be asked; absent where it need not be shared. */
  share: callShare.optional(),
});
export type Target = Readonly<z.infer<typeof target>>;

/** The partition follows from the Region's prefix, as in AWS's own endpoint rules. */
function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * The ARN of an EKS cluster.
 * Source: AWS General Reference, "Amazon Resource Names" and the service authorization reference of EKS.
 */
export function clusterArn(account: string, region: string, name: string): string {
  return `arn:${partitionOf(region)}:eks:${region}:${account}:cluster/${name}`;
}

/** The ARN of an IAM role, given by name (with its path, if it has one) or already as an ARN. */
export function roleArn(account: string, region: string, role: string): string {
  return role.startsWith('arn:') ? role : `arn:${partitionOf(region)}:iam::${account}:role/${role.replace(/^\//, '')}`;
}

/** Which cluster it is, without the way into its account: what Snapshots and reports hold. */
export function identityOf({ account, region, name, arn }: Target): Target {
  return { account, region, name, arn };
}
