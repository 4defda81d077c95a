import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cni/cni-permissions.ts';
import type { AccessReview } from '#lib/model/access-review.ts';
import type { Event } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { agentAccount, rightsOf } from '#lib/network/agent-rights.ts';
import { findCnis } from '#lib/network/cni.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aDaemonSet, aNode, aPod, aSnapshot, awsNode, DENIED, NOW } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
/** What becomes of a review, by its name; the others are allowed. */
type Answers = Readonly<Record<string, Pick<AccessReview, 'allowed' | 'unread'>>>;

const AGENT = awsNode({}, { serviceAccountName: 'aws-node' });
const CALICO = aDaemonSet({
  namespace: 'calico-system',
  name: 'calico-node',
  labels: { 'k8s-app': 'calico-node' },
  serviceAccountName: 'calico-node',
  containers: [{ name: 'calico-node', image: 'calico:3', init: false, env: { DATASTORE_TYPE: 'kubernetes' }, args: [] }],
});
const NO = { allowed: false };
const ago = (minutes: number) => new Date(Date.parse(NOW) - 60_000 * minutes).toISOString();

function reviews(daemonSets: Given['daemonSets'], answers: Answers): AccessReview[] {
  return findCnis(daemonSets as (typeof AGENT)[]).flatMap((cni) =>
    rightsOf(cni).flatMap(({ verb, resource, apiGroups }) =>
      apiGroups.map((apiGroup) => {
        const asked = { ...agentAccount(cni.daemonSet), verb, resource, apiGroup };
        return { ...asked, ...(answers[`${verb} ${resource}${apiGroup && `.${apiGroup}`}`] ?? { allowed: true }) };
      }),
    ),
  );
}

/** One node with aws-node, whose rights were asked for. */
function asked(answers: Answers = {}, over: Given = {}): Given {
  const daemonSets = over.daemonSets ?? [AGENT];
  return { ...quiet(), accessReviews: reviews(daemonSets, answers), ...over };
}

function quiet(over: Given = {}): Given {
  const owner = { kind: 'DaemonSet', name: 'aws-node' };
  const pods = [aPod({ namespace: 'kube-system', name: 'aws-node-x1', owner, nodeName: 'n1' })];
  return { nodes: [aNode({ name: 'n1' })], pods, daemonSets: [AGENT], ...over };
}

const event = (message: string, over: Partial<Event> = {}): Given => ({
  events: [
    {
      namespace: 'kube-system',
      reason: 'MissingIAMPermissions',
      message,
      involved: { kind: 'Pod', namespace: 'kube-system', name: 'aws-node-x1' },
      count: 3,
      lastSeen: ago(5),
      ...over,
    },
  ],
});
const IAM = (action: string) =>
  `Unauthorized operation: failed to call ${action} due to missing permissions. Please refer https://…`;
const REFUSED =
  'pods is forbidden: User "system:serviceaccount:kube-system:aws-node" cannot list resource "pods" in API group "" at the cluster scope';
const AUTO = aNode({ labels: { 'eks.amazonaws.com/compute-type': 'auto' } });

describe('the permissions of an agent', () => {
  test.each<[string, Given, Verdict, Record<string, unknown>?]>([
    ['all rights granted', asked(), 'ok', { rbac: 'asked', rights: 7, missing: [] }],
    [
      'one that the network hangs on is missing',
      asked({ 'watch nodes': NO }),
      'critical',
      { missing: [{ verb: 'watch', resource: 'nodes' }] },
    ],
    ['one that only tells', asked({ 'create events': NO }), 'warning', { missing: [{ verb: 'create', resource: 'events' }] }],
    [
      'one that has no answer',
      asked({ 'list pods': { unread: 'throttled' } }),
      'unknown',
      { rbac: 'asked-in-part', unanswered: ['list pods'] },
    ],
    ['one that was never asked for', asked({}, { accessReviews: [] }), 'unknown', { rbac: 'asked-in-part' }],
    ['nobody asked', quiet(), 'ok', { rbac: 'not-asked', rights: null }],
    ['asking failed', quiet({ accessReviews: DENIED }), 'unknown', { rbac: 'failed' }],
    ['events not read', asked({}, { events: DENIED }), 'unknown'],
    ['events not read, and a right is missing', asked({ 'watch nodes': NO }, { events: DENIED }), 'critical'],
    [
      'AWS refused an interface',
      quiet(event(IAM('ec2:CreateNetworkInterface'))),
      'critical',
      { iamActions: ['ec2:CreateNetworkInterface'], iamEvents: 3, nodes: ['n1'] },
    ],
    ['AWS refused tags alone', quiet(event(IAM('ec2:CreateTags'))), 'warning', { iamActions: ['ec2:CreateTags'] }],
    ['AWS refused what the event does not name', quiet(event('AccessDenied')), 'critical', { iamActions: [] }],
    [
      'AWS refused it two hours ago',
      quiet(event(IAM('ec2:CreateNetworkInterface'), { lastSeen: ago(120) })),
      'ok',
      { iamEvents: 0 },
    ],
    [
      'AWS refused the trunk interface of a node',
      quiet(
        event('Error Code: UnauthorizedOperation', { reason: 'TrunkENICreationFailed', involved: { kind: 'Node', name: 'n1' } }),
      ),
      'critical',
      { nodes: ['n1'] },
    ],
    [
      'AWS refused a workload of its own',
      quiet(event('AccessDenied by S3', { reason: 'Failed', involved: { kind: 'Pod', namespace: 'shop', name: 'web' } })),
      'ok',
    ],
    [
      'an event says what the API server refused',
      quiet(event(REFUSED, { reason: 'FailedCreatePodSandBox' })),
      'critical',
      { missing: [{ verb: 'list', resource: 'pods', toldBy: 'event' }] },
    ],
    ['and by now it is granted', asked({}, event(REFUSED, { reason: 'FailedCreatePodSandBox' })), 'ok', { missing: [] }],
    ['an event about another account', quiet(event(REFUSED.replace('aws-node', 'web'), { reason: 'Failed' })), 'ok'],
    [
      'an event about a right that not every version needs',
      quiet(event(REFUSED.replace('"pods"', '"leases"'), { reason: 'Failed' })),
      'warning',
      { missing: [{ resource: 'leases', without: null }] },
    ],
    ['Calico, granted in its second group', asked({ 'watch ippools.crd.projectcalico.org': NO }, { daemonSets: [CALICO] }), 'ok'],
    [
      'Calico, granted in neither',
      asked({ 'watch ippools.crd.projectcalico.org': NO, 'watch ippools.projectcalico.org': NO }, { daemonSets: [CALICO] }),
      'critical',
    ],
    ['no known CNI', { nodes: [aNode()] }, 'unknown'],
    ['Auto Mode', { nodes: [AUTO] }, 'not-applicable'],
  ])('%s: %s', (_situation, given, verdict, evidence = {}) => {
    expect(runCheck(check, aSnapshot(given)).findings).toMatchObject([{ verdict, evidence }]);
  });
});

test('it names the verb, the resource and the account, what fails, and how to ask again', () => {
  const [finding] = runCheck(check, aSnapshot(asked({ 'watch nodes': NO, 'list pods': NO }))).findings;
  expect(finding?.summary).toBe(
    'kube-system/aws-node (vpc-cni) runs as kube-system/aws-node, which may not watch nodes (without it, ipamd does not start), nor list pods (without it, ipamd does not start).',
  );
  expect(finding).toMatchObject({ timeToImpact: 'minutes', remediation: 'reapply-cni' });
  expect(finding?.evidence['confirm']).toEqual([
    'kubectl auth can-i watch nodes -A --as=system:serviceaccount:kube-system:aws-node',
    'kubectl auth can-i list pods -A --as=system:serviceaccount:kube-system:aws-node',
  ]);
});

test('without access reviews it says that RBAC was not asked for', () => {
  expect(runCheck(check, aSnapshot(quiet())).findings[0]?.summary).toContain('its RBAC was not asked for (source accessReviews)');
});
