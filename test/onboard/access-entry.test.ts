import { expect, test } from 'vitest';
import { type AccessEntry, awsAuthEntry, MADE_BY_ONBOARD, planEntry, planRemoval, roleOf } from '#lib/onboard/access-entry.ts';

const GROUP = 'readers';
const entry = (over: Partial<AccessEntry> = {}): AccessEntry => ({
  principalArn: 'arn:aws:iam::111122223333:role/reader',
  type: 'STANDARD',
  kubernetesGroups: [],
  tags: {},
  ...over,
});

test.each<[string, string | undefined, AccessEntry | undefined, object]>([
  ['where there is none', 'API', undefined, { action: 'create' }],
  ['where EKS tells no mode', undefined, undefined, { action: 'create' }],
  ['which has the group', 'API', entry({ kubernetesGroups: ['a', GROUP] }), { action: 'keep' }],
  [
    'of other groups',
    'API_AND_CONFIG_MAP',
    entry({ kubernetesGroups: ['a'] }),
    { action: 'add-group', groups: ['a', GROUP], had: ['a'] },
  ],
  ['of nodes', 'API', entry({ type: 'EC2_LINUX' }), { action: 'refuse', reason: expect.stringContaining('EC2_LINUX') }],
  ['in the mode CONFIG_MAP', 'CONFIG_MAP', undefined, { action: 'map-in-aws-auth' }],
])('onboarding plans for an access entry %s', (_, mode, existing, plan) => {
  expect(planEntry(mode, existing, GROUP)).toEqual(plan);
});

const ours = { kubernetesGroups: [GROUP], tags: MADE_BY_ONBOARD };
test.each<[string, Partial<AccessEntry>, readonly string[], object]>([
  ['ours alone', ours, [], { action: 'delete' }],
  ['ours, which others gave a group', { ...ours, kubernetesGroups: ['a', GROUP] }, [], { action: 'remove-group', groups: ['a'] }],
  [
    'ours, with an access policy since',
    ours,
    ['arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy'],
    { action: 'remove-group', groups: [] },
  ],
  ['of somebody else', { kubernetesGroups: [GROUP] }, [], { action: 'remove-group', groups: [] }],
  ['of somebody else, without the group', { kubernetesGroups: ['a'] }, [], { action: 'keep', reason: expect.anything() }],
  ['ours, out of the group since', { ...ours, kubernetesGroups: [] }, [], { action: 'delete' }],
])('offboarding plans for an access entry that is %s', (_, existing, policies, plan) => {
  expect(planRemoval('API', { ...entry(existing), policies }, GROUP)).toEqual(plan);
});

test('aws-auth takes no path of a role', () => {
  expect(awsAuthEntry('arn:aws:iam::111122223333:role/a/b/reader', GROUP)).toBe(
    '- rolearn: arn:aws:iam::111122223333:role/reader\n  username: cniwatch\n  groups:\n    - readers\n',
  );
});

test.each([
  ['arn:aws:iam::111122223333:role/path/reader', 'arn:aws:iam::111122223333:role/path/reader'],
  ['arn:aws-cn:sts::111122223333:assumed-role/reader/session', 'arn:aws-cn:iam::111122223333:role/reader'],
  ['arn:aws:sts::111122223333:federated-user/ann', undefined],
  ['reader', undefined],
])('the role of %s is %s', (arn, role) => {
  expect(roleOf(arn)).toBe(role);
});
