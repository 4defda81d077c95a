import { expect, test } from 'vitest';
import { clusterArn } from '#lib/model/target.ts';
import { type ClusterTags, matchesTarget, type TargetMatch } from '#lib/model/target-match.ts';

const ACCOUNT = '111122223333';
const target = { account: ACCOUNT, region: 'eu-west-1', name: 'shop-prod', arn: clusterArn(ACCOUNT, 'eu-west-1', 'shop-prod') };
const TAGS = { environment: 'production', team: 'shop' };

test.each<[string, TargetMatch, ClusterTags, boolean]>([
  ['nothing that is asked is every cluster', {}, undefined, true],
  ['a name', { clusters: ['shop-prod'] }, undefined, true],
  ['one pattern of several', { clusters: ['pay-*', '*-prod'] }, undefined, true],
  ['no pattern', { clusters: ['pay-*'] }, undefined, false],
  ['the account', { accounts: [ACCOUNT] }, undefined, true],
  ['another account', { accounts: ['444455556666'] }, undefined, false],
  ['the Region', { regions: ['eu-west-1', 'us-east-1'] }, undefined, true],
  ['another Region', { regions: ['us-east-1'] }, undefined, false],
  ['a tag', { tags: { environment: 'production' } }, TAGS, true],
  ['a tag by pattern', { tags: { environment: 'prod*' } }, TAGS, true],
  ['one of several values', { tags: { environment: ['staging', 'production'] } }, TAGS, true],
  ['all of several tags', { tags: { environment: 'production', team: 'pay' } }, TAGS, false],
  ['a tag that is not there', { tags: { owner: '*' } }, TAGS, false],
  ['what every object has is no tag', { tags: { constructor: '*' } }, TAGS, false],
  ['tags that nobody could read match nothing', { tags: { environment: '*' } }, undefined, false],
  ['all that is asked must hold', { clusters: ['shop-*'], regions: ['us-east-1'] }, undefined, false],
])('%s', (_, match, tags, expected) => {
  expect(matchesTarget(match, target, tags)).toBe(expected);
});
