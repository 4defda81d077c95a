import * as z from 'zod';

/** An activity of an Auto Scaling group that did not succeed. */
export const scalingActivity = z.object({
  autoScalingGroupName: z.string(),
  activityId: z.string(),
  /** `Launching a new EC2 instance.  Status Reason: ...` */
  description: z.string().optional(),
  /** Failed | Cancelled */
  statusCode: z.string(),
  /** EC2's own words, with its error code where it has one. */
  statusMessage: z.string().optional(),
  startTime: z.string(),
  endTime: z.string().optional(),
});
export type ScalingActivity = z.infer<typeof scalingActivity>;
