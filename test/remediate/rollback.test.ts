import { expect, test } from 'vitest';
import type { AwsStep } from '#lib/model/remediation-step.ts';
import { AnswerMissing, rollbackSteps } from '#lib/remediate/rollback.ts';

const at = ['SecurityGroupRules', '*', 'SecurityGroupRuleId'];
const revoke = (ids: unknown): AwsStep => ({
  id: 'revoke',
  title: 'take the rule away',
  kind: 'aws',
  service: 'ec2',
  operation: 'RevokeSecurityGroupIngress',
  parameters: { GroupId: 'sg-1', SecurityGroupRuleIds: ids } as AwsStep['parameters'],
});
const rollback = [revoke({ answerOf: 'allow', at })];

test('what a step made is undone by the id that its answer told', () =>
  expect(rollbackSteps({ rollback }, { allow: { SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-9' }] } })).toEqual([
    revoke(['sgr-9']),
  ]));

test.each([
  ['was not kept', {}],
  ['made nothing', { allow: { SecurityGroupRules: [] } }],
  ['has another shape', { allow: { SecurityGroupRules: 'x' } }],
])('an answer that %s is named, not guessed', (_, answers) =>
  expect(() => rollbackSteps({ rollback }, answers)).toThrow(AnswerMissing),
);
