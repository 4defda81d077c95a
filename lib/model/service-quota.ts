import * as z from 'zod';

/** A quota of the account in this Region, with what is used of it where that was counted. */
export const serviceQuota = z.object({
  /** `vpc` | `ec2` */
  serviceCode: z.string(),
  /** `L-DF5E4CA3`, ... */
  quotaCode: z.string(),
  quotaName: z.string(),
  value: z.number(),
  /** Absent where nothing counts it (a limit of each group or interface), or where counting failed. */
  used: z.number().optional(),
  /** Counting was cut short: more than `used` are used. */
  usedIsLowerBound: z.literal(true).optional(),
  /** Why counting failed, one sentence. */
  usedUnread: z.string().optional(),
});
export type ServiceQuota = z.infer<typeof serviceQuota>;
