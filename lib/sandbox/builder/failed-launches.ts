import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import { uid } from '#lib/sandbox/builder/ids.ts';

/** A launch that an Auto Scaling group tried in vain. */
export interface FailedLaunchSpec {
  readonly why: 'no-free-address' | 'no-capacity' | 'interface-quota' | { readonly message: string };
  /** The subnet's name, for `no-free-address`. */
  readonly subnet?: string;
  readonly hoursAgo: number;
  readonly statusCode?: 'Failed' | 'Cancelled';
}

const FAILED = 'Launching EC2 instance failed.';

/**
 * EC2's sentence without its code, as Auto Scaling passes it on.
 * Source: Amazon EC2 Auto Scaling User Guide, "Troubleshoot issues in Amazon EC2 Auto Scaling: instance launch failures".
 */
function sentence({ why }: FailedLaunchSpec, subnetId: string): string {
  if (typeof why === 'object') return why.message;
  switch (why) {
    case 'no-free-address':
      return `There are not enough free addresses in subnet '${subnetId}' to satisfy the requested number of instances. ${FAILED}`;
    case 'interface-quota':
      return `You have reached the limit on the number of network interfaces in the region. ${FAILED}`;
    case 'no-capacity':
      return `We currently do not have sufficient capacity in the Availability Zone you requested. Our system will be working on provisioning additional capacity. ${FAILED}`;
  }
}

/** The activity that Auto Scaling keeps of it, in its own words. */
export function failedActivity(
  launch: FailedLaunchSpec,
  { group, subnetId, startTime }: { group: string; subnetId: string; startTime: string },
): ScalingActivity {
  const message = sentence(launch, subnetId);
  return {
    autoScalingGroupName: group,
    activityId: uid('activity', group, startTime, message),
    description: `Launching a new EC2 instance.  Status Reason: ${message}`,
    statusCode: launch.statusCode ?? 'Failed',
    statusMessage: message,
    startTime,
    endTime: startTime,
  };
}
