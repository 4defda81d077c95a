import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { topologyWith } from '#lib/evaluate/topology.ts';
import { canaryAnswer } from '#lib/evaluate/triage/canary-answer.ts';
import { SITUATIONS } from '#lib/evaluate/triage/situations.ts';
import { triage } from '#lib/evaluate/triage/triage.ts';
import type { Finding } from '#lib/model/finding.ts';
import { REMEDIES } from '#lib/model/remedies.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { aFinding, anAssessment } from '#test/scenarios/assessments.ts';

/** A critical finding of the cluster that is known by its name. */
const finding = (fingerprint: string, check: string, over: Partial<Finding> = {}): Finding => {
  const { remediation: _none, ...rest } = aFinding({ fingerprint, check, evidence: {} });
  return { ...rest, resource: { kind: 'cluster', id: 'arn', name: 'shop-prod' }, ...over };
};
const node = (id: string) => ({ kind: 'node', id }) as const;
const subnet = (id: string) => ({ kind: 'subnet', id }) as const;
const daemonSet = { kind: 'daemonset', id: 'kube-system/aws-node', name: 'aws-node' } as const;

/** Two zones, a subnet each, two nodes each. */
const TOPOLOGY = topologyWith(
  ['a1', 'a2', 'b1', 'b2'].map((name) => {
    const letter = name.charAt(0);
    return { name, zone: `zone-${letter}`, subnetId: `nodes-${letter}`, podSubnets: [`pods-${letter}`] };
  }),
);
const triaged = (findings: readonly Finding[], topology = TOPOLOGY) => triage(anAssessment(findings), topology);
const first = (findings: readonly Finding[], topology = TOPOLOGY) => {
  const [problem] = triaged(findings, topology).problems;
  if (problem === undefined) throw new Error('no problem');
  return problem;
};

describe('roots stand with what they explain', () => {
  const agents = finding('agents', 'cni-agents', { resource: daemonSet, evidence: { nodes: ['a1'] }, timeToImpact: 'minutes' });
  const sandbox = finding('sandbox', 'pod-sandbox-failures', { causes: ['agents'], timeToImpact: 'immediate' });
  const awaiting = finding('awaiting', 'pods-awaiting-network', { causes: ['sandbox'], verdict: 'warning' });

  test('a chain is one problem, as near as the nearest in it', () => {
    const { problems } = triaged([awaiting, sandbox, agents]);
    expect(problems).toMatchObject([
      {
        check: 'cni-agents',
        situation: 'no-network',
        timeToImpact: 'immediate',
        roots: [{ fingerprint: 'agents' }],
        symptoms: [
          { check: 'pods-awaiting-network', verdict: 'warning', count: 1 },
          { check: 'pod-sandbox-failures', verdict: 'critical', count: 1 },
        ],
      },
    ]);
  });
  test('nodes of one trouble are one problem', () => {
    const limits = ['a1', 'a2'].map((id) => finding(id, 'node-ip-capacity', { resource: node(id) }));
    expect(triaged(limits).problems).toMatchObject([{ roots: [{ fingerprint: 'a1' }, { fingerprint: 'a2' }] }]);
  });
  test('what is well, unknown, not applicable or suppressed is no problem', () => {
    const verdicts: Verdict[] = ['ok', 'unknown', 'not-applicable'];
    const quiet = verdicts.map((verdict) => finding(verdict, 'coredns', { verdict }));
    const suppressed = finding('s', 'coredns', { suppressed: { reason: 'known', until: '2027-01-01' } });
    expect(triaged([...quiet, suppressed])).toMatchObject({ problems: [], suppressed: 1 });
  });
  test('findings that explain one another, of a document that is not ours, are told all the same', () => {
    const circle = [finding('a', 'coredns', { causes: ['b'] }), finding('b', 'kube-proxy', { causes: ['a'] })];
    expect(triaged(circle).problems).toHaveLength(1);
  });
  test('the forecast is the least of the roots', () => {
    const full = (id: string, hoursToExhaustion: number | null) =>
      finding(id, 'subnet-ip-exhaustion', { resource: subnet(id), evidence: { hoursToExhaustion } });
    expect(first([full('pods-a', 7), full('pods-b', 3.5), full('c', null)]).hoursToExhaustion).toBe(3.5);
  });
});

describe('what is no trouble of the set-up of pods gets no restart of the CNI', () => {
  test.each<[string, string, Finding['evidence'], string, RegExp]>([
    [
      'canary pods that found no node',
      'canary-pod',
      { withoutNetwork: 0 },
      'new pods find no node, or start late',
      /^Read in the finding what the scheduler/,
    ],
    [
      'peers of a node of Cilium',
      'cilium-agent',
      { problems: ['peers-unreachable'] },
      'pods cannot reach each other',
      /UDP 8472/,
    ],
    [
      'peers of several',
      'cilium-agent',
      { problemCounts: { 'peers-unreachable': 2 } },
      'pods cannot reach each other',
      /UDP 8472/,
    ],
    ['canary pods on two nodes', 'canary-pod-to-pod', {}, 'pods cannot reach each other', /rules between their security groups/],
    [
      'an action of AWS',
      'cni-permissions',
      { iamActions: ['ec2:CreateNetworkInterface'] },
      'new pods get no network',
      /do ec2:CreateNetworkInterface: attach AmazonEKS_CNI_Policy/,
    ],
    [
      'a source that was refused',
      'cluster-access',
      { denied: [{ source: 'events', remedy: 'Grant list of events.' }] },
      'cniwatch may not read all that it asks for',
      /^Grant list of events\.$/,
    ],
  ])('%s', (_what, check, evidence, title, text) => {
    expect(first([finding('one', check, { evidence })])).toMatchObject({
      title,
      primary: { remediation: null, text: expect.stringMatching(text) },
    });
  });
  test.each<[string, Partial<Finding>]>([
    ['canary-pod', { evidence: { withoutNetwork: 1, cause: null }, remediation: 'restart-cni' }],
    ['canary-routes', { evidence: { routes: [{ node: 'a1', hasDefault: false }] } }],
    ['cilium-agent', { evidence: { problems: ['agent-failing', 'peers-unreachable'] } }],
  ])('%s does where it is', (check, over) => {
    const primary = { remediation: 'restart-cni' };
    expect(first([finding('one', check, over)])).toMatchObject({ situation: 'no-network', primary });
  });
  test.each(['canary-pod', 'pod-sandbox-failures'])('%s by its cause', (check) => {
    const of = (cause: string) => first([finding('one', check, { evidence: { cause, withoutNetwork: 1 } })]);
    expect(of('no-free-address')).toMatchObject({
      situation: 'addresses',
      title: 'new pods get no address',
      primary: { remediation: null, text: expect.stringMatching(/^Find which room is used up/) },
      fallbacks: [{ remediation: 'advise-instance-types' }],
    });
    for (const [cause, text] of [
      ['iam-denied', /AmazonEKS_CNI_Policy/],
      ['unrecognised', /before anything is restarted/],
    ] as const) {
      const primary = { remediation: null, text: expect.stringMatching(text) };
      expect(of(cause)).toMatchObject({ situation: 'no-network', primary });
    }
  });
  test('a canary pod with a route that does not reach the API server is told as that', () => {
    const evidence = { routes: [{ node: 'a1', hasDefault: true }], apiServer: [{ node: 'a1', outcome: 'no-answer' }] };
    expect(first([finding('one', 'canary-routes', { verdict: 'warning', evidence })])).toMatchObject({
      title: 'a new pod does not reach the Kubernetes API by its Service',
      primary: { remediation: null, text: expect.stringMatching(/^Look at kube-proxy/) },
    });
  });
});

describe('how far it reaches', () => {
  const many = Array.from({ length: 20 }, (_, at) => `n${at}`);
  test.each<[string, Partial<Finding>, object]>([
    ['a node', { resource: node('a1') }, { scope: 'node', names: ['a1'], nodes: 1, nodesTotal: 4 }],
    ['the nodes of a subnet', { evidence: { nodes: ['a1', 'a2'] } }, { scope: 'subnet', names: ['nodes-a'], nodes: 2 }],
    ['all nodes', { evidence: { nodes: ['a1', 'a2', 'b1', 'b2'] } }, { scope: 'cluster', names: [], nodes: 4 }],
    ['most of many nodes', { evidence: { nodes: many, nodeCount: 30 } }, { scope: 'cluster', nodes: 30 }],
    [
      'a subnet, and the nodes whose pods draw from it',
      { resource: subnet('pods-a') },
      { scope: 'subnet', names: ['pods-a'], nodes: 2 },
    ],
    ['a subnet that no node draws from', { resource: subnet('other') }, { scope: 'subnet', names: ['other'], nodes: 0 }],
    ['the subnets of all nodes', { evidence: { subnets: ['pods-a', 'pods-b'] } }, { scope: 'cluster', nodes: 4 }],
    ['a namespace', { resource: { kind: 'namespace', id: 'shop' } }, { scope: 'namespace', names: ['shop'], nodes: null }],
    ['a pool', { resource: { kind: 'ip-pool', id: 'default', name: 'default' } }, { scope: 'ip-pool', names: ['default'] }],
    ['what names no place', { resource: daemonSet }, { scope: 'cluster', names: [], nodes: 4 }],
  ])('%s', (_what, over, extent) => {
    expect(first([finding('x', 'cni-agents', over)]).extent).toMatchObject(extent);
  });
  test.each([
    ['all', 2, 'cluster'],
    ['all', 1, 'node'],
    ['some', 1, 'node'],
  ])('canary pods of which %s have no network (%i) are taken for the %s', (scope, withoutNetwork, expected) => {
    const pods = [{ node: 'a1', stage: 'no-network' }];
    expect(first([finding('x', 'canary-pod', { evidence: { pods, scope, withoutNetwork } })]).extent.scope).toBe(expected);
  });
  const silent = (node: string) => ({ node, of: 'resolver', outcome: 'no-answer' });
  const answered = (node: string) => ({ node, of: 'resolver', outcome: 'answered' });
  test.each<[string, string, Finding['evidence'], string]>([
    ['DNS, one client', 'canary-dns', { servers: [silent('a1')] }, 'One node (a1), the only one tried:'],
    ['whose namespace is known', 'canary-dns', { servers: [silent('a1')], namespace: 'x' }, 'One node (a1), the only one tried:'],
    [
      'DNS, both clients',
      'canary-dns',
      { servers: [silent('a1'), silent('b1')] },
      'Cluster-wide (2 of 4 nodes), all that were tried:',
    ],
    ['DNS, one of two', 'canary-dns', { servers: [silent('a1'), answered('b1')] }, 'One node (a1):'],
    ['DNS, no node, in a namespace', 'canary-dns', { servers: [answered('a1')], namespace: 'x' }, 'Cluster-wide:'],
    ['routes', 'canary-routes', { routes: [{ node: 'a1', hasDefault: false }] }, 'One node (a1), the only one tried:'],
    [
      'routes, one of two',
      'canary-routes',
      {
        routes: [
          { node: 'a1', hasDefault: false },
          { node: 'b1', hasDefault: true },
        ],
      },
      'One node (a1):',
    ],
    [
      'the outside',
      'canary-egress',
      { targets: [{ reached: [], unreached: [{ node: 'a1' }], unknown: [] }] },
      'One node (a1), the only one tried:',
    ],
    [
      'the outside, one of two',
      'canary-egress',
      { targets: [{ reached: ['b1'], unreached: [{ node: 'a1' }], unknown: [] }] },
      'One node (a1):',
    ],
    [
      'a network',
      'canary-pod',
      { pods: [{ node: 'a1', stage: 'no-network' }], scope: 'all', withoutNetwork: 1 },
      'One node (a1), the',
    ],
    ['all nodes', 'canary-dns', { servers: ['a1', 'a2', 'b1', 'b2'].map(silent) }, 'Cluster-wide:'],
  ])('a canary that fails wherever it was tried says so: %s', (_what, check, evidence, headline) => {
    expect(triaged([finding('x', check, { evidence })]).headline.startsWith(headline)).toBe(true);
  });
  test('of nodes that were not read it is not guessed', () => {
    const extent = { scope: 'node', names: ['a1'], nodes: 1, nodesTotal: null };
    expect(first([finding('x', 'cni-agents', { resource: node('a1') })], topologyWith([])).extent).toEqual(extent);
  });
});

test('problems stand by time to impact, the critical before the warning, then by reach', () => {
  const problem = (name: string, over: Partial<Finding>) => finding(name, `check-${name}`, over);
  const { problems } = triaged([
    problem('never', {}),
    problem('days', { timeToImpact: 'days' }),
    problem('local', { timeToImpact: 'immediate', resource: node('a1') }),
    problem('subnet', { timeToImpact: 'immediate', resource: subnet('pods-a') }),
    problem('wide-warning', { timeToImpact: 'immediate', verdict: 'warning' }),
    problem('wide', { timeToImpact: 'immediate' }),
    problem('minutes', { timeToImpact: 'minutes' }),
  ]);
  expect(problems.map(({ roots }) => roots[0]?.fingerprint)).toEqual([
    'wide',
    'subnet',
    'local',
    'wide-warning',
    'minutes',
    'days',
    'never',
  ]);
});

describe('the decision table', () => {
  const actions = (check: string, over: Partial<Finding> = {}) => {
    const { situation, timeToImpact, primary, fallbacks } = first([finding('x', check, over)]);
    return [situation, timeToImpact, primary.remediation, fallbacks.map(({ remediation }) => remediation)];
  };
  test.each<[string, Partial<Finding>, ReturnType<typeof actions>]>([
    ['cni-agents', { resource: daemonSet }, ['no-network', 'minutes', 'restart-cni', ['reset-cni']]],
    ['cni-agents', { resource: node('a1') }, ['no-network', 'minutes', 'restart-cni', ['recycle-nodes']]],
    ['pods-awaiting-network', {}, ['no-network', 'minutes', 'restart-cni', ['reset-cni']]],
    ['cni-kernel', { remediation: 'update-node-kernel' }, ['no-network', 'minutes', 'update-node-kernel', []]],
    ['calico-bgp', { resource: node('a1') }, ['pod-to-pod', 'immediate', 'restart-bgp', ['suspend-network-policy']]],
    ['flannel-backend', {}, ['pod-to-pod', 'immediate', null, ['suspend-network-policy']]],
    ['dns-security-groups', { remediation: 'allow-dns' }, ['dns', 'immediate', 'allow-dns', ['restart-coredns']]],
    ['dns-network-policy', {}, ['dns', 'immediate', 'allow-dns-policy', ['suspend-network-policy', 'restart-coredns']]],
    ['dns-network-acls', { verdict: 'warning' }, ['dns', 'hours', null, ['restart-coredns']]],
    ['coredns', {}, ['dns', 'immediate', 'restart-coredns', []]],
    ['kube-proxy', { resource: daemonSet }, ['services', 'minutes', 'restart-kube-proxy', ['recycle-nodes']]],
    ['kube-proxy', {}, ['services', 'minutes', null, ['recycle-nodes']]],
    [
      'node-ip-capacity',
      { resource: node('a1'), remediation: 'enable-prefix-delegation' },
      ['addresses', 'hours', 'enable-prefix-delegation', ['advise-instance-types']],
    ],
    [
      'subnet-ip-exhaustion',
      { resource: subnet('pods-a'), remediation: 'tune-warm-targets', timeToImpact: 'days' },
      ['addresses', 'days', 'tune-warm-targets', ['add-pod-subnet']],
    ],
    [
      'subnet-prefix-fragmentation',
      { resource: subnet('pods-a'), remediation: 'reserve-prefix-space' },
      ['addresses', 'hours', 'reserve-prefix-space', ['add-pod-subnet']],
    ],
    ['cluster-health', {}, ['other', null, null, []]],
  ])('%s of %j', (check, over, expected) => {
    expect(actions(check, over)).toEqual(expected);
  });

  test.each<[string, Verdict, string]>([
    ['dns-network-acls', 'critical', 'names do not resolve'],
    ['dns-network-acls', 'warning', 'DNS is weakened: some lookups may be lost or slow'],
    ['canary-egress', 'critical', 'pods do not reach the outside'],
    ['canary-egress', 'warning', 'pods do not reach all that they should outside'],
  ])('of %s at %s says: %s', (check, verdict, title) => {
    expect(first([finding('x', check, { verdict })]).title).toBe(title);
  });

  test('names remediations that there are, each check once, and nothing that is no check', () => {
    const named = SITUATIONS.flatMap(({ primary, fallbacks, clusterFallbacks = {} }) => [
      ...Object.values(primary),
      ...[...Object.values(fallbacks), ...Object.values(clusterFallbacks)].flat(),
    ]);
    expect(named.filter((id) => !Object.hasOwn(REMEDIES, id))).toEqual([]);
    const checks = SITUATIONS.flatMap((situation) => situation.checks);
    expect(new Set(checks).size).toBe(checks.length);
    const known = new Set(CHECKS.map(({ id }) => id));
    expect(checks.filter((id) => !known.has(id))).toEqual([]);
  });

  test('without a remediation it says which rules are missing', () => {
    const missingRules = [{ direction: 'ingress', groupId: 'sg-1', referencedGroupId: 'sg-2' }];
    const { primary, confirm } = first([
      finding('x', 'flannel-backend', { evidence: { traffic: 'VXLAN (UDP 8472)', missingRules } }),
    ]);
    expect(primary.text).toBe('Let VXLAN (UDP 8472) pass by security group rules: ingress of sg-1 from sg-2.');
    expect(confirm[0]).toContain('Name=group-id,Values=sg-1');
  });
});

describe('what a canary pod saw decides the words', () => {
  const seen = (verdicts: Record<string, Verdict>, withoutNetwork = 0) =>
    canaryAnswer(
      Object.entries(verdicts).map(([id, verdict]) => finding(id, `canary-${id}`, { verdict, evidence: { withoutNetwork } })),
    );
  test.each<[Record<string, Verdict>, string | undefined, number?]>([
    [{}, undefined],
    [{ pod: 'not-applicable', dns: 'not-applicable' }, undefined],
    [{ pod: 'critical', dns: 'unknown' }, 'no-network', 1],
    [{ pod: 'critical', dns: 'ok' }, 'degraded'],
    [{ pod: 'warning', dns: 'ok' }, 'degraded'],
    [{ pod: 'ok', routes: 'critical', dns: 'critical' }, 'no-routes'],
    [{ pod: 'ok', routes: 'warning', dns: 'ok' }, 'degraded'],
    [{ pod: 'ok', routes: 'ok', dns: 'critical', egress: 'critical' }, 'dns'],
    [{ pod: 'ok', routes: 'ok', dns: 'ok', egress: 'critical' }, 'egress'],
    [{ pod: 'ok', routes: 'ok', dns: 'unknown', egress: 'critical' }, 'degraded'],
    [{ pod: 'ok', dns: 'ok', egress: 'ok', 'pod-to-pod': 'critical' }, 'pod-to-pod'],
    [{ pod: 'ok', dns: 'unknown', egress: 'ok' }, 'unknown'],
    [{ pod: 'ok', dns: 'ok', egress: 'unknown' }, 'unknown'],
    [{ pod: 'ok', dns: 'ok', egress: 'not-applicable' }, 'works'],
    [{ pod: 'ok', dns: 'ok', egress: 'ok', routes: 'ok', 'pod-to-pod': 'ok' }, 'works'],
  ])('%j', (verdicts, branch, withoutNetwork) => {
    expect(seen(verdicts, withoutNetwork)?.branch).toBe(branch);
  });
  test('and stands in the headline', () => {
    const findings = [finding('d', 'canary-dns', { verdict: 'ok' }), finding('e', 'canary-egress')];
    expect(triaged(findings)).toMatchObject({
      headline:
        'Cluster-wide: pods do not reach the outside. Impact: immediate. DNS works in a canary pod and the outside is not reached: egress rules, routes or masquerading.',
      canary: { branch: 'egress' },
    });
  });
});

describe('what was not seen', () => {
  const failed = (code: string) => ({ failedInputs: [{ input: 'pods', code, reason: 'It was refused.', remedy: 'Grant it.' }] });
  test('is told by source, with the checks that hang on it; all is well only where nothing is missing', () => {
    const ok = finding('ok', 'coredns', { verdict: 'ok' });
    const unknown = ['cni-agents', 'coredns'].map((check) =>
      finding(check, check, { verdict: 'unknown', evidence: failed('Forbidden') }),
    );
    expect(triaged([ok])).toMatchObject({ headline: 'Nothing is wrong that cniwatch looks at: 1 finding ok.', unseen: [] });
    expect(triaged([ok, ...unknown])).toMatchObject({
      headline: 'Nothing wrong was found, but not all was seen: 1 gap, listed below.',
      unseen: [
        { what: 'pods', code: 'Forbidden', reason: 'It was refused.', remedy: 'Grant it.', checks: ['cni-agents', 'coredns'] },
      ],
    });
  });
  test('a source that no check needs is told too, and what failed for want of another comes last', () => {
    const report = (id: string, code: 'Forbidden' | 'InputMissing' | 'NotEnabled') => ({
      id,
      ok: false,
      code,
      reason: 'It was not read.',
      durationMs: 0,
      calls: {},
      pages: 0,
    });
    const collectors = [report('subnets', 'InputMissing'), report('vpc', 'Forbidden'), report('ipamd', 'NotEnabled')];
    expect(triage(anAssessment([], { collectors }), TOPOLOGY).unseen.map(({ what }) => what)).toEqual(['vpc', 'subnets']);
  });
  test('a check that could not tell is told by its own words', () => {
    const unknown = finding('u', 'dns-network-policy', { verdict: 'unknown', summary: 'Its policies are of another kind.' });
    expect(triaged([unknown]).unseen).toMatchObject([
      { what: 'dns-network-policy', reason: 'Its policies are of another kind.' },
    ]);
  });
  test('what nobody switched on is no gap, and is named', () => {
    const ipamd = finding('i', 'ipamd', { verdict: 'not-applicable', evidence: failed('NotEnabled') });
    expect(triaged([ipamd])).toMatchObject({ unseen: [], notEnabled: ['ipamd'] });
  });
});

test('every critical root is told, whatever explains whatever', () => {
  const anyFindings = fc.array(
    fc.record({
      check: fc.constantFrom('cni-agents', 'pods-awaiting-network', 'coredns', 'cluster-health'),
      verdict: fc.constantFrom<Verdict[]>('ok', 'warning', 'critical', 'unknown'),
      cause: fc.option(fc.nat(9), { nil: undefined }),
    }),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(anyFindings, (parts) => {
      const findings = parts.map(({ check, verdict, cause }, at) =>
        finding(`f${at}`, check, { verdict, resource: node('a1'), ...(cause === undefined ? {} : { causes: [`f${cause}`] }) }),
      );
      const roots = triaged(findings).problems.flatMap((problem) => problem.roots.map(({ fingerprint }) => fingerprint));
      const uncaused = findings.filter(
        ({ verdict, causes }) => (verdict === 'critical' || verdict === 'warning') && causes === undefined,
      );
      expect(roots).toEqual(expect.arrayContaining(uncaused.map(({ fingerprint }) => fingerprint)));
      expect(new Set(roots).size).toBe(roots.length);
      const bad = findings.filter(({ verdict }) => verdict === 'critical' || verdict === 'warning');
      expect(roots.length > 0).toBe(bad.length > 0);
    }),
  );
});
