import * as z from 'zod';

/** What one node's ipamd says of itself, or why it did not. */
export const ipamdReading = z.object({
  nodeName: z.string(),
  podName: z.string(),
  /** Samples of `awscni_*` by metric name, summed over their labels but for `ec2Errors`. Absent where they were not read. */
  metrics: z.record(z.string(), z.number()).optional(),
  /** `awscni_aws_api_error_count` by API and error code: `AssignPrivateIpAddresses InsufficientCidrBlocks`. */
  ec2Errors: z.record(z.string(), z.number()).optional(),
  unread: z.string().optional(),
});
export type IpamdReading = z.infer<typeof ipamdReading>;
