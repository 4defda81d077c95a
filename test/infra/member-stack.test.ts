import { expect, test } from 'vitest';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DISCOVER_PERMISSIONS } from '#lib/discover/discover.ts';
import { resolved, resourcesOf } from '#test/infra/synthesised-hub.ts';
import { synthesisedMember } from '#test/infra/synthesised-member.ts';

const member = synthesisedMember() as ReturnType<typeof synthesisedMember> & {
  readonly Parameters: Readonly<Record<string, object>>;
};
const [[, role] = []] = resourcesOf(member, 'AWS::IAM::Role');
const [[, policy] = []] = resourcesOf(member, 'AWS::IAM::Policy');

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string;
}
const statements = (resolved(policy?.Properties['PolicyDocument']) as { Statement: readonly Statement[] }).Statement;

test('is a plain template: two resources, no assets, no rule of the CDK', () => {
  expect(
    Object.values(member.Resources)
      .map(({ Type }) => Type)
      .sort(),
  ).toEqual(['AWS::IAM::Policy', 'AWS::IAM::Role']);
  expect(Object.keys(member).sort()).toEqual(['Outputs', 'Parameters', 'Resources']);
  expect(Object.keys(member.Parameters)).toEqual(['HubAccountId', 'ExternalId', 'RoleName', 'HubRoles']);
});

test('its role holds what discover and collect declare, and nothing else', () => {
  const granted = statements.flatMap(({ Action }) => [Action].flat()).sort();
  const declared = [...DISCOVER_PERMISSIONS.aws, ...READ_PERMISSIONS.aws].map(({ action }) => action);
  expect(granted).toEqual([...new Set(declared)].sort());
});

test("what EKS can narrow is narrowed to the account's own, and nothing is written", () => {
  for (const { Action, Resource } of statements) {
    for (const action of [Action].flat()) {
      expect(action).toMatch(/:(Describe|Get|List)/);
      if (/^eks:Describe(Cluster|Nodegroup|Addon)$/.test(action)) expect(Resource).toMatch(/^arn:aws:eks:\*:111122223333:\w+\//);
    }
  }
});

test('it lets in roles of the hub with the external id, and nobody else', () => {
  expect(resolved(role?.Properties['AssumeRolePolicyDocument'])).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: 'arn:aws:iam::HubAccountId:root' },
        Condition: {
          StringEquals: { 'sts:ExternalId': 'ExternalId' },
          ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::HubAccountId:role/HubRoles' },
        },
      },
    ],
  });
});
