import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { pageStart, pageToken } from '#lib/sandbox/page-token.ts';
import type { World } from '#lib/sandbox/world.ts';
import { xml } from '#lib/sandbox/xml.ts';

/**
 * DescribeScalingActivities of one group, the newest first. A group that has none is known where an instance bears its name.
 * Source: Amazon EC2 Auto Scaling API Reference.
 * @throws AwsError ValidationError for a group that is not there, or parameters out of bounds
 */
export function answerAutoScaling(world: World, body: string): string {
  const parameters = new URLSearchParams(body);
  if (parameters.get('Action') !== 'DescribeScalingActivities')
    throw new AwsError('InvalidAction', `Could not find operation ${parameters.get('Action')}`);
  const name = parameters.get('AutoScalingGroupName');
  const size = Number(parameters.get('MaxRecords') ?? 100);
  if (!(Number.isInteger(size) && size >= 1 && size <= 100))
    throw new AwsError('ValidationError', 'MaxRecords must be between 1 and 100');
  if (name !== null && !isKnown(world, name))
    throw new AwsError('ValidationError', `AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
  const all = world.scalingActivities
    .filter(({ autoScalingGroupName }) => name === null || autoScalingGroupName === name)
    .toSorted((a, b) => b.startTime.localeCompare(a.startTime));
  const start = pageStart(parameters.get('NextToken'));
  if (start === undefined || start > all.length) throw new AwsError('InvalidNextToken', 'The token is not valid');
  const end = start + size;
  return xml(
    'DescribeScalingActivitiesResponse',
    {
      DescribeScalingActivitiesResult: {
        Activities: all.slice(start, end).map(activityElement),
        ...(end < all.length ? { NextToken: pageToken(end) } : {}),
      },
      ResponseMetadata: { RequestId: 'sandbox' },
    },
    'member',
  );
}

function isKnown({ scalingActivities, instances, clusters }: World, name: string): boolean {
  return (
    scalingActivities.some(({ autoScalingGroupName }) => autoScalingGroupName === name) ||
    instances.some(({ tags }) => tags['aws:autoscaling:groupName'] === name) ||
    clusters.some(({ nodegroups }) => JSON.stringify(nodegroups).includes(`"${name}"`))
  );
}

function activityElement({ startTime, endTime, ...activity }: ScalingActivity) {
  return {
    ActivityId: activity.activityId,
    AutoScalingGroupName: activity.autoScalingGroupName,
    Description: activity.description,
    Cause: 'An instance was started in response to a difference between desired and actual capacity.',
    StatusCode: activity.statusCode,
    StatusMessage: activity.statusMessage,
    StartTime: startTime,
    EndTime: endTime,
    Progress: 100,
  };
}
