import { expect, test } from 'vitest';
import { clusterArn } from '#lib/model/target.ts';

test.each([
  ['eu-west-1', 'arn:aws:eks:eu-west-1:111122223333:cluster/shop'],
  ['cn-north-1', 'arn:aws-cn:eks:cn-north-1:111122223333:cluster/shop'],
  ['us-gov-west-1', 'arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/shop'],
])('a cluster of %s has the ARN of its partition', (region, arn) => expect(clusterArn('111122223333', region, 'shop')).toBe(arn));
