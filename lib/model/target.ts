import * as z from 'zod';

/** One cluster to look at, as discover found it. */
export const target = z.object({
  /** Twelve digits. */
  account: z.string(),
  region: z.string(),
  /** The EKS cluster's name. */
  name: z.string(),
  /** `arn:<partition>:eks:<region>:<account>:cluster/<name>`; part of every fingerprint. */
  arn: z.string(),
});
export type Target = Readonly<z.infer<typeof target>>;

/**
 * The ARN of an EKS cluster. The partition follows from the Region's prefix, as in AWS's own endpoint rules.
 * Source: AWS General Reference, "Amazon Resource Names" and the service authorization reference of EKS.
 */
export function clusterArn(account: string, region: string, name: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:eks:${region}:${account}:cluster/${name}`;
}
