import type { Activity } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { awsFailure } from '#lib/collect/aws/failure.ts';
import { scalingActivities } from '#lib/collect/aws/scaling-activities.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { ScalingActivity } from '#lib/model/scaling-activity.ts';
import { aNodegroup, anInstance, aSnapshot, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const activity = (over: Partial<Activity> = {}): Activity => ({
  ActivityId: 'a-1',
  AutoScalingGroupName: 'eks-general',
  Cause: 'At 2026-11-24T02:00:00Z an instance was started …',
  StartTime: new Date('2026-11-24T02:00:00Z'),
  StatusCode: 'Failed',
  ...over,
});

/** Auto Scaling's refusal as the bounded call hands it on. */
const refused = (name: string, message: string) => () => {
  throw awsFailure(Object.assign(new Error(message), { name }), { action: 'autoscaling:DescribeScalingActivities' });
};

async function collect(given: Given, answer: (group: string) => Activity[] = () => []) {
  const asked: object[] = [];
  const autoScaling = async ({ input }: { input: { AutoScalingGroupName: string } }) => {
    asked.push(input);
    return { Activities: answer(input.AutoScalingGroupName) };
  };
  const found = await scalingActivities.collect({ autoScaling } as unknown as Sources, aSnapshot(given).slices);
  return { asked, found: found as ScalingActivity[] };
}

const group = (name: string) => ({
  instances: [anInstance({ tags: { 'aws:autoscaling:groupName': name } })],
  nodegroups: [],
});

describe('the Auto Scaling groups of a cluster', () => {
  it.each<[string, Given, string[]]>([
    ['of its instances', group('self-managed'), ['self-managed']],
    [
      'of its node groups, which may have no instance yet',
      { nodegroups: [aNodegroup({ autoScalingGroups: ['a', 'b'] })] },
      ['a', 'b'],
    ],
    ['of both, each asked once', { ...group('a'), nodegroups: [aNodegroup({ autoScalingGroups: ['a'] })] }, ['a']],
    [
      'of the node groups alone, where instances were not read',
      { instances: DENIED, nodegroups: [aNodegroup()] },
      ['eks-general-1a2b'],
    ],
    ['of the instances alone, where node groups were not read', { ...group('a'), nodegroups: DENIED }, ['a']],
    ['none: Karpenter starts instances itself', { instances: [anInstance({ tags: {} })], nodegroups: [] }, []],
  ])('%s', async (_, given, names) => {
    const { asked } = await collect(given);
    expect(asked).toEqual(names.map((AutoScalingGroupName) => ({ AutoScalingGroupName, MaxRecords: 100 })));
  });

  it('are not known where neither was read', async () => {
    await expect(collect({ instances: DENIED, nodegroups: DENIED })).rejects.toMatchObject({ code: 'InputMissing' });
  });
});

describe('the activities that are kept', () => {
  it('are those that did not succeed, of all groups, the newest first', async () => {
    const { found } = await collect({ instances: [], nodegroups: [aNodegroup({ autoScalingGroups: ['a', 'b'] })] }, (name) => [
      activity({ ActivityId: `${name}-ok`, AutoScalingGroupName: name, StatusCode: 'Successful' }),
      activity({ ActivityId: `${name}-going`, AutoScalingGroupName: name, StatusCode: 'InProgress' }),
      activity({ ActivityId: `${name}-failed`, AutoScalingGroupName: name, StartTime: new Date(name === 'a' ? 1000 : 3000) }),
      activity({
        ActivityId: `${name}-cancelled`,
        AutoScalingGroupName: name,
        StatusCode: 'Cancelled',
        StartTime: new Date(2000),
      }),
    ]);
    expect(found.map(({ activityId }) => activityId)).toEqual(['b-failed', 'a-cancelled', 'b-cancelled', 'a-failed']);
  });

  it('say what happened in no more than a kilobyte, without the instance’s tags and details', async () => {
    const { found } = await collect(group('eks-general'), () => [
      activity({
        Description: 'Launching a new EC2 instance',
        StatusMessage: 'x'.repeat(5000),
        EndTime: new Date(0),
        Details: '{}',
      }),
    ]);
    expect(found).toEqual([
      {
        activityId: 'a-1',
        autoScalingGroupName: 'eks-general',
        description: 'Launching a new EC2 instance',
        statusCode: 'Failed',
        statusMessage: 'x'.repeat(1024),
        startTime: '2026-11-24T02:00:00.000Z',
        endTime: '1970-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('must say what Auto Scaling always says', async () => {
    const { StartTime: _, ...cut } = activity();
    await expect(collect(group('eks-general'), () => [cut as Activity])).rejects.toMatchObject({ code: 'UnexpectedResponse' });
  });
});

describe('an answer that is none', () => {
  const two = { instances: [], nodegroups: [aNodegroup({ autoScalingGroups: ['gone', 'here'] })] };

  it.each(['AutoScalingGroup name not found - AutoScalingGroup gone not found', 'Group gone not found'])(
    'of a group that was deleted meanwhile leaves it out: %s',
    async (message) => {
      const { found } = await collect(two, (name) =>
        name === 'gone' ? refused('ValidationError', message)() : [activity({ AutoScalingGroupName: name })],
      );
      expect(found.map(({ autoScalingGroupName }) => autoScalingGroupName)).toEqual(['here']);
    },
  );

  it.each<[string, string, string, string]>([
    ['denied', 'AccessDenied', 'User is not authorized', 'AccessDenied'],
    ['throttled', 'Throttling', 'Rate exceeded', 'Throttled'],
    ['another wrong parameter', 'ValidationError', 'MaxRecords must be at most 100', 'ServiceError'],
  ])('%s: the source failed, and nothing is taken for complete', async (_, name, message, code) => {
    await expect(collect(two, refused(name, message))).rejects.toMatchObject({ code });
  });
});
