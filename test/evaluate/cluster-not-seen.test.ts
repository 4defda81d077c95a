import { expect, test } from 'vitest';
import { clusterNotSeen } from '#lib/evaluate/cluster-not-seen.ts';
import { finding } from '#lib/model/finding.ts';
import { clusterArn } from '#lib/model/target.ts';

const target = {
  account: '111122223333',
  region: 'eu-west-1',
  name: 'shop',
  arn: clusterArn('111122223333', 'eu-west-1', 'shop'),
};

test.each([
  ['left a result', undefined, 'ok', 'shop was checked.'],
  ['left none', 'its function ran out of memory.', 'critical', 'shop was not checked: its function ran out of memory.'],
] as const)('a cluster that %s', (_, reason, verdict, summary) => {
  const { findings, ...identity } = clusterNotSeen({ ...target, vpcId: 'vpc-1' }, reason);
  expect(identity).toEqual(target);
  expect(findings).toMatchObject([
    { check: 'cluster-not-seen', verdict, summary, resource: { kind: 'cluster', id: target.arn } },
  ]);
  expect(finding.safeParse(findings[0]).error).toBeUndefined();
});

test('its finding is the same in every run, whatever the reason', () => {
  const fingerprints = [undefined, 'late.', 'killed.'].map((reason) => clusterNotSeen(target, reason).findings[0]?.fingerprint);
  expect(new Set(fingerprints).size).toBe(1);
});
