import { type Activity, DescribeScalingActivitiesCommand } from '@aws-sdk/client-auto-scaling';
import pLimit from 'p-limit';
import { present, required } from '#lib/collect/aws/fields.ts';
import { defineCollector, type Sources } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import { dataOf } from '#lib/model/slice.ts';

/** Auto Scaling puts it on each instance it starts. */
const GROUP_TAG = 'aws:autoscaling:groupName';
/** Activities of one group that are looked at, the newest first; a group retries every few minutes. */
const MOST_ACTIVITIES = 100;

/** What Auto Scaling could not do lately for the groups that have, or should have, nodes of this cluster. */
export const scalingActivities = defineCollector({
  key: 'scalingActivities',
  needs: ['instances', 'nodegroups'],
  permissions: { aws: [{ action: 'autoscaling:DescribeScalingActivities', resource: '*' }], kubernetes: [] },
  async collect(sources, { instances, nodegroups }) {
    const started = dataOf(instances);
    const groups = dataOf(nodegroups);
    if (started === undefined && groups === undefined)
      throw new ReadFailure(
        'InputMissing',
        'Neither instances nor node groups were read, so the Auto Scaling groups of the cluster are not known.',
        'See what stands at the sources instances and nodegroups.',
      );
    const names = new Set([
      ...(started ?? []).flatMap(({ tags }) => tags[GROUP_TAG] ?? []),
      ...(groups ?? []).flatMap(({ autoScalingGroups }) => autoScalingGroups),
    ]);
    const failed = await pLimit(5).map([...names], (name) => failedActivities(sources, name));
    return failed.flat().sort((a, b) => b.startTime.localeCompare(a.startTime));
  },
});

async function failedActivities({ autoScaling }: Sources, AutoScalingGroupName: string): Promise<ScalingActivity[]> {
  const { Activities = [] } = await autoScaling(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName, MaxRecords: MOST_ACTIVITIES }),
  ).catch((error) => {
    if (isNoGroup(error)) return { Activities: [] };
    throw error;
  });
  return Activities.filter(({ StatusCode }) => StatusCode === 'Failed' || StatusCode === 'Cancelled').map(toScalingActivity);
}

/** Deleted since its instances were listed. Auto Scaling answers this as any wrong parameter; only its words tell. */
function isNoGroup(error: unknown): boolean {
  const { name, message } = ((error as { cause?: unknown }).cause ?? {}) as { name?: unknown; message?: unknown };
  return name === 'ValidationError' && /\bnot found\b/i.test(String(message));
}

function toScalingActivity(activity: Activity): ScalingActivity {
  return {
    autoScalingGroupName: required(activity.AutoScalingGroupName, 'Activity.AutoScalingGroupName'),
    activityId: required(activity.ActivityId, 'Activity.ActivityId'),
    statusCode: required(activity.StatusCode, 'Activity.StatusCode'),
    startTime: required(activity.StartTime, 'Activity.StartTime').toISOString(),
    ...present({
      description: activity.Description,
      statusMessage: activity.StatusMessage?.slice(0, 1024),
      endTime: activity.EndTime?.toISOString(),
    }),
  };
}
