import { describe, expect, test } from 'vitest';
import { remediationPlan } from '#lib/model/remediation-plan.ts';
import { remediation } from '#lib/remediate/enable-prefix-delegation.ts';
import { anAddon, aProblem, aSettledCluster, planned, thePlan, type World } from '#test/remediate/a-plan.ts';
import { aCluster, aNodegroup, anInstance, anInstanceType, awsNode, DENIED } from '#test/scenarios/slices.ts';

const ROLE = 'arn:aws:iam::111122223333:role/vpc-cni';
const options = remediation.options.parse({});
const preflight = (snapshot: ReturnType<typeof aSettledCluster>) =>
  remediation.preflight(snapshot, thePlan(remediation, snapshot), options);
const notHolding = (snapshot: ReturnType<typeof aSettledCluster>) =>
  preflight(snapshot)
    .filter(({ holds }) => holds !== 'yes')
    .map(({ name, resource, holds }) => [name, ...(resource ? [resource] : []), holds].join(' '));

describe('the plan of a managed add-on', () => {
  test.each<[string, string | undefined, string]>([
    ['nothing', undefined, '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}'],
    [
      'JSON',
      '{"env":{"AWS_VPC_K8S_CNI_EXTERNALSNAT":"true"},"resources":{"limits":{"cpu":"1"}}}',
      '{"env":{"AWS_VPC_K8S_CNI_EXTERNALSNAT":"true","ENABLE_PREFIX_DELEGATION":"true"},"resources":{"limits":{"cpu":"1"}}}',
    ],
    ['YAML', 'env:\n  ENABLE_POD_ENI: "false"\n', 'env:\n  ENABLE_POD_ENI: "false"\n  ENABLE_PREFIX_DELEGATION: "true"\n'],
  ])('merges into %s that is stored, with the same role and no associations', (_, configurationValues, after) => {
    const addon = anAddon({
      serviceAccountRoleArn: ROLE,
      podIdentityAssociations: ['a-1'],
      ...(configurationValues === undefined ? {} : { configurationValues }),
    });
    const plan = thePlan(remediation, aSettledCluster({}, { addons: [addon] }));
    const call = { clusterName: 'shop-prod', addonName: 'vpc-cni', resolveConflicts: 'PRESERVE', serviceAccountRoleArn: ROLE };
    expect(plan.steps).toMatchObject([
      { kind: 'aws', operation: 'UpdateAddon', parameters: { ...call, configurationValues: after } },
    ]);
    expect(Object.keys(plan.steps[0]?.kind === 'aws' ? plan.steps[0].parameters : {})).not.toContain('podIdentityAssociations');
    expect(plan.rollback).toMatchObject([
      { operation: 'UpdateAddon', parameters: { ...call, configurationValues: configurationValues ?? '{}' } },
    ]);
    expect(remediationPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test('leaves a role out where there is none, and sends what was chosen about conflicts', () => {
    const plan = thePlan(remediation, aSettledCluster({}, { addons: [anAddon()] }), {
      options: { resolveConflicts: 'OVERWRITE' },
    });
    expect(plan.steps).toMatchObject([{ parameters: { resolveConflicts: 'OVERWRITE' } }]);
    expect(JSON.stringify(plan.steps)).not.toContain('serviceAccountRoleArn');
    expect(plan.warnings.join(' ')).toContain('OVERWRITE sets every field');
  });

  test('is refused where what is stored cannot be read', () => {
    expect(planned(remediation, aSettledCluster({}, { addons: [anAddon({ configurationValues: '[1]' })] }))).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: expect.stringContaining('cannot be read: it is no object') }],
    });
  });
});

describe('the plan of a self-managed CNI', () => {
  test('patches variables by name, and takes away on rollback what was not there', () => {
    const { WARM_PREFIX_TARGET: _none, ...env } = awsNode().containers[0]?.env ?? {};
    const daemonSet = { ...awsNode(), containers: awsNode().containers.map((container) => ({ ...container, env })) };
    const plan = thePlan(remediation, aSettledCluster({}, { daemonSets: [daemonSet] }));
    const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node?fieldManager=cniwatch';
    const body = (variables: object[]) => ({
      spec: { template: { spec: { containers: [{ name: 'aws-node', env: variables }] } } },
    });
    expect(plan.steps).toMatchObject([
      {
        verb: 'patch',
        path,
        contentType: 'application/strategic-merge-patch+json',
        body: body([
          { name: 'ENABLE_PREFIX_DELEGATION', value: 'true' },
          { name: 'WARM_PREFIX_TARGET', value: '1' },
        ]),
      },
    ]);
    expect(plan.rollback).toMatchObject([
      {
        path,
        body: body([
          { name: 'ENABLE_PREFIX_DELEGATION', value: 'false' },
          { name: 'WARM_PREFIX_TARGET', $patch: 'delete' },
        ]),
      },
    ]);
  });

  test('says what it gains, who sets max-pods, and that it never runs by itself', () => {
    expect(thePlan(remediation, aSettledCluster())).toMatchObject({
      gain: { before: 108, after: 432 },
      auto: { allowed: false },
      findings: ['f1'],
      advice: [
        expect.stringContaining('4 nodes of node group general (m5.large) allow 29 pods and could allow 110: EKS computes it'),
        expect.stringContaining('Bring a new node group in'),
      ],
    });
  });
});

test.each<[string, World, string]>([
  ['IPv6', { cluster: aCluster({ ipFamily: 'ipv6' }) }, 'IPv6 addresses'],
  ['prefixes already on', { daemonSets: [awsNode({ ENABLE_PREFIX_DELEGATION: 'true' })] }, 'on already'],
  ['Auto Mode alone', { cluster: aCluster({ autoMode: true }), daemonSets: [] }, 'EKS Auto Mode gives'],
  ['no CNI that is understood', { daemonSets: [] }, 'It is not known what gives pods their addresses'],
  ['types without prefixes alone', { instanceTypes: [anInstanceType({ hypervisor: 'xen' })] }, 'no more with prefixes'],
  ['add-ons that were not read', { addons: DENIED }, 'The source addons was not read'],
  ['node groups that were not read', { nodegroups: DENIED }, 'The source nodegroups was not read'],
])('%s: refused', (_, world, reason) => {
  expect(planned(remediation, aSettledCluster({}, world))).toMatchObject({
    kind: 'refused',
    refusals: [{ reason: expect.stringContaining(reason), remedy: expect.stringMatching(/./) }],
  });
});

test.each([
  ['nothing is wrong', []],
  ['all is ok', [aProblem({ verdict: 'ok' })]],
  ['what is wrong is not known', [aProblem({ verdict: 'unknown' })]],
  ['another check complains', [aProblem({ check: 'coredns' })]],
  ['the problem is suppressed', [aProblem({ suppressed: { reason: 'known', until: '2027-01-01' } })]],
])('no plan where %s', (_, findings) => {
  expect(planned(remediation, aSettledCluster(), { findings })).toMatchObject({
    kind: 'refused',
    refusals: [{ reason: expect.stringContaining('Nothing that enable-prefix-delegation would fix') }],
  });
});

describe('the preflight', () => {
  test('of a cluster at rest holds, each guard with its value', () => {
    const guards = preflight(aSettledCluster({}, { addons: [anAddon()] }));
    expect(guards.filter(({ holds }) => holds !== 'yes')).toEqual([]);
    expect([...new Set(guards.map(({ name }) => name))]).toEqual(Object.keys(remediation.docs.preconditions));
    expect(guards.find(({ resource }) => resource === 'subnet-a')).toMatchObject({
      value: '12 free /28 blocks',
      wanted: '6: 1.5 x 2 nodes x (1 + WARM_PREFIX_TARGET 1), free or in a prefix reservation',
    });
  });

  const image = (tag: string) => ({
    daemonSets: [{ ...awsNode(), containers: awsNode().containers.map((one) => ({ ...one, image: `amazon-k8s-cni${tag}` })) }],
  });
  const rolling = { daemonSets: [awsNode({}, { desired: 4, updated: 2, ready: 4 })] };
  const unseenChange = { daemonSets: [awsNode({}, { generation: 3, observedGeneration: 2 })] };
  const drifted = { addons: [anAddon({ configurationValues: '{"env":{"WARM_ENI_TARGET":"3"}}' })] };
  const scaling = { nodegroups: [aNodegroup({ status: 'ACTIVE', scaling: { minSize: 1, maxSize: 9, desiredSize: 7 } })] };
  const mixedTypes = { instances: [anInstance({ instanceId: 'i-a0', instanceType: 't2.large' })] };
  test.each<[string, World, readonly string[]]>([
    ['a CNI that is too old', image(':v1.8.0'), ['cni-version no']],
    ['a CNI without a version', image('@sha256:0'), ['cni-version unknown']],
    ['Auto Mode beside the nodes', { cluster: aCluster({ autoMode: true, status: 'ACTIVE' }) }, ['not-auto-mode no']],
    ['a rollout', rolling, ['no-rollout no']],
    ['a change not taken up', unseenChange, ['no-rollout no']],
    ['drift', drifted, ['no-drift no']],
    ['an add-on that is updating', { addons: [anAddon({ status: 'UPDATING' })] }, ['no-update no']],
    ['an add-on of no stated status', { addons: [(({ status: _none, ...addon }) => addon)(anAddon())] }, ['no-update unknown']],
    ['a cluster that is updating', { cluster: aCluster({ status: 'UPDATING' }) }, ['no-update no']],
    ['a node group that grows', scaling, ['no-scaling no']],
    ['a type that was not described', mixedTypes, ['nodes-seen unknown']],
  ])('%s', (_, world, failing) => expect(notHolding(aSettledCluster({}, world))).toEqual(failing));

  test('addresses that cannot be seen are refused, and count against the blocks', () => {
    const small = aSettledCluster();
    const subnets = small.slices.subnets.ok ? small.slices.subnets.data : [];
    const hidden = subnets.map((subnet) =>
      subnet.subnetId === 'subnet-a' ? { ...subnet, availableIpAddressCount: subnet.availableIpAddressCount - 8 } : subnet,
    );
    expect(notHolding(aSettledCluster({}, { subnets: hidden }))).toEqual([
      'free-prefixes subnet-a no',
      'addresses-accounted subnet-a no',
    ]);
  });

  const reserved = (reservationType: 'explicit' | 'prefix') => ({
    subnetCidrReservations: ['a', 'b'].map((zone, at) => ({
      subnetCidrReservationId: `scr-${zone}`,
      subnetId: `subnet-${zone}`,
      cidr: `10.0.${at}.64/26`,
      reservationType,
    })),
  });
  test.each<[string, World, readonly string[]]>([
    ['no reservation', {}, []],
    ['a prefix reservation', reserved('prefix'), []],
    ['an explicit reservation', reserved('explicit'), ['subnet-a', 'subnet-b']],
  ])('two free blocks beside the range and three in it, where three are wanted, under %s', (_, world, short) => {
    const failing = notHolding(aSettledCluster({ nodes: 1, taken: 140 }, world));
    expect(failing.filter((guard) => guard.startsWith('free-prefixes'))).toEqual(short.map((id) => `free-prefixes ${id} no`));
  });

  test('a subnet short of blocks', () =>
    expect(notHolding(aSettledCluster({ taken: 150 }))).toEqual(['free-prefixes subnet-a no', 'free-prefixes subnet-b no']));

  test('a node whose interfaces are all attached', () => {
    expect(notHolding(aSettledCluster({ podsPerNode: 20 }))).toContain('free-eni-slot no');
  });

  test('what was not read since the plan was made does not hold', () => {
    const plan = thePlan(remediation, aSettledCluster());
    expect(remediation.preflight(aSettledCluster({}, { subnets: DENIED }), plan, options)).toMatchObject([
      { name: 'readable', holds: 'unknown' },
    ]);
  });
});

test('an owner is told of, with the change in its own terms', () => {
  const addons = [anAddon({ tags: { ManagedBy: 'terraform' } })];
  expect(thePlan(remediation, aSettledCluster({}, { addons }))).toMatchObject({
    owner: { kind: 'owned', tool: 'terraform', signs: ['tag ManagedBy=terraform'] },
    sourcePatch: { format: 'terraform', text: expect.stringContaining('    ENABLE_PREFIX_DELEGATION = "true"') },
  });
  const daemonSets = [awsNode({}, { managers: ['argocd-controller', 'kubectl'], ownerAnnotations: {} })];
  expect(thePlan(remediation, aSettledCluster({}, { daemonSets }))).toMatchObject({
    owner: { kind: 'owned', tool: 'argo-cd' },
    sourcePatch: { format: 'manifest', text: expect.stringContaining('name: ENABLE_PREFIX_DELEGATION') },
  });
});
