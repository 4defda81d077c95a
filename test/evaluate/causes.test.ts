import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { linkCauses, rootsOf } from '#lib/evaluate/causes.ts';
import { EXPLANATIONS } from '#lib/evaluate/explanations.ts';
import { type Topology, topologyWith } from '#lib/evaluate/topology.ts';
import type { Finding } from '#lib/model/finding.ts';
import { aFinding } from '#test/scenarios/assessments.ts';

/** A finding that is known by its name. */
const finding = (fingerprint: string, check: string, over: Partial<Finding> = {}): Finding => {
  const { remediation: _none, ...rest } = aFinding({ fingerprint, check, evidence: {}, ...over });
  return rest;
};
const cluster = { kind: 'cluster', id: 'arn' } as const;
const daemonSet = { kind: 'daemonset', id: 'kube-system/aws-node' } as const;
const node = (id: string) => ({ kind: 'node', id }) as const;
const subnet = (id: string) => ({ kind: 'subnet', id }) as const;

const sandbox = (evidence: Finding['evidence']) => finding('sandbox', 'pod-sandbox-failures', { resource: cluster, evidence });
const awaiting = finding('awaiting', 'pods-awaiting-network', { resource: cluster, evidence: { nodes: ['n1', 'n2'] } });
const agents = (nodes: string[], over: Partial<Finding> = {}) =>
  finding('agents', 'cni-agents', { resource: daemonSet, evidence: { nodes }, ...over });

const IN_S1 = topologyWith([
  { name: 'n1', podSubnets: ['s1'] },
  { name: 'n2', podSubnets: ['s2'] },
]);

/** The fingerprints of the causes of the first. */
const causesOf = (findings: readonly Finding[], topology?: Topology) => linkCauses(findings, topology)[0]?.causes ?? [];

describe('a symptom and what explains it', () => {
  const down = { cause: 'agent-down', nodes: ['n1'] };
  const empty = { cause: 'no-free-address', detail: 'subnet-empty', nodes: ['n1'], subnets: ['s1'] };
  const many = Array.from({ length: 20 }, (_, at) => `m${at}`);
  const full = (id: string, over: Partial<Finding> = {}) =>
    finding(`full-${id}`, 'subnet-ip-exhaustion', { resource: subnet(id), evidence: { free: 0 }, ...over });
  const limit = (id: string) => finding(`limit-${id}`, 'node-ip-capacity', { resource: node(id) });
  const notReady = (...causes: string[]) => finding('ready', 'node-readiness', { resource: node('n1'), evidence: { causes } });
  const dnsOf = (evidence: Finding['evidence']) => finding('dns', 'canary-dns', { resource: cluster, evidence });
  const between = (starts: string[], end: string) =>
    finding('way', 'canary-pod-to-pod', {
      resource: cluster,
      evidence: { paths: starts.map((name) => ({ node: name, outcome: 'no-answer' })), server: { node: end } },
    });
  const file = (...problems: string[]) => finding('file', 'cni-config-files', { resource: node('n1'), evidence: { problems } });
  const bgp = (id: string) => finding(`bgp-${id}`, 'calico-bgp', { resource: node(id) });
  const coredns = (evidence: Finding['evidence']) =>
    finding('coredns', 'coredns', { resource: { kind: 'deployment', id: 'kube-system/coredns' }, evidence });
  test.each<[string, Finding[], string[], Topology?]>([
    ['the agent of the same node', [sandbox(down), agents(['n1', 'n9'])], ['agents']],
    ['the agent of another node', [sandbox(down), agents(['n2'])], []],
    ['agents of so many nodes that not all are named', [sandbox(down), agents(many)], ['agents']],
    ['an agent that is only a warning', [sandbox(down), agents(['n1'], { verdict: 'warning' })], []],
    ['an agent that works', [sandbox(down), agents(['n1'], { verdict: 'ok' })], []],
    ['an agent that could not be judged', [sandbox(down), agents(['n1'], { verdict: 'unknown' })], []],
    ['the agent of one of two nodes', [sandbox({ ...down, nodes: ['n1', 'n2'] }), agents(['n1'])], []],
    ['two nodes at their limit, each with its own', [awaiting, limit('n1'), limit('n2')], ['limit-n1', 'limit-n2']],
    ['one of two nodes at its limit', [awaiting, limit('n1')], []],
    [
      'as many nodes at their limit as wait, of which the first are named',
      [finding('a', 'pods-awaiting-network', { evidence: { nodes: ['n1'], nodeCount: 2 } }), limit('n1'), limit('n2')],
      ['limit-n1', 'limit-n2'],
    ],
    [
      'fewer nodes at their limit than wait',
      [finding('a', 'pods-awaiting-network', { evidence: { nodes: ['n1'], nodeCount: 3 } }), limit('n1'), limit('n2')],
      [],
    ],
    ['the subnet that is empty', [sandbox(empty), full('s1')], ['full-s1']],
    ['another subnet', [sandbox(empty), full('s2')], []],
    [
      'the subnet of its pods, which is not that of the node',
      [sandbox({ ...empty, subnets: ['s9'] }), full('s1')],
      ['full-s1'],
      IN_S1,
    ],
    ['the subnet of the node, which is not that of its pods', [sandbox({ ...empty, subnets: ['s9'] }), full('s9')], [], IN_S1],
    ['the subnet, where the node is at its limit', [sandbox({ ...empty, detail: 'node-limit' }), full('s1')], []],
    [
      'the subnet and the node, where EC2 did not tell which',
      [sandbox({ ...empty, detail: null }), full('s1'), limit('n1')],
      ['full-s1', 'limit-n1'],
    ],
    [
      'the subnet of one node and the limit of another',
      [sandbox({ ...empty, nodes: ['n1', 'n2'], details: { 'subnet-empty': 1, 'node-limit': 1 } }), full('s1'), limit('n2')],
      ['full-s1', 'limit-n2'],
      IN_S1,
    ],
    ['a subnet with addresses left explains no pod that waits', [awaiting, full('s1', { evidence: { free: 7 } })], [], IN_S1],
    ['empty subnets of all that wait', [awaiting, full('s1'), full('s2')], ['full-s1', 'full-s2'], IN_S1],
    ['pods that wait, by their failures', [awaiting, sandbox({ ...down, nodes: ['n1', 'n2'] })], ['sandbox']],
    ['pods that wait on more nodes than failed', [awaiting, sandbox(down)], []],
    ['a node, by its DaemonSet', [finding('n1', 'cni-agents', { resource: node('n1') }), agents(['n1'])], ['agents']],
    ['a DaemonSet, by itself', [agents(['n1'])], []],
    [
      'an agent by permissions that another CNI lost',
      [
        agents(['n1'], { evidence: { cni: 'vpc-cni', nodes: ['n1'] } }),
        finding('rbac', 'cni-permissions', { evidence: { cni: 'calico' } }),
      ],
      [],
    ],
    ['an agent by the permissions that it lost', [agents(['n1']), finding('rbac', 'cni-permissions')], ['rbac']],
    [
      "a flannel agent by its node's podCIDR",
      [
        agents(['n1'], { evidence: { cni: 'flannel', nodes: ['n1'] } }),
        finding('cidr', 'flannel-pod-cidr', { resource: node('n1') }),
      ],
      ['cidr'],
    ],
    [
      'an agent of another CNI',
      [
        agents(['n1'], { evidence: { cni: 'vpc-cni', nodes: ['n1'] } }),
        finding('cidr', 'flannel-pod-cidr', { resource: node('n1') }),
      ],
      [],
    ],
    ['a node that is not ready for want of its agent', [notReady('agent'), agents(['n1'])], ['agents']],
    ['a node that is not ready for another reason', [notReady('routes'), agents(['n1'])], []],
    ['a node that is not ready for its configuration', [notReady('cni-not-initialised'), file('invalid-config')], ['file']],
    [
      'a node that is not ready, and another trouble of its files',
      [notReady('cni-not-initialised'), file('bpf-not-mounted')],
      [],
    ],
    ...(
      [
        ['missing-binary', 'missing-binary'],
        ['broken-config', 'invalid-config'],
        ['permissions', 'unreadable-config'],
        ['conflicting-config', 'several-configs'],
        ['api-unreachable', 'stale-api-server'],
      ] as const
    ).map(([why, problem]): [string, Finding[], string[]] => [
      `${why}, by ${problem}`,
      [sandbox({ cause: why, nodes: ['n1'] }), file(problem)],
      ['file'],
    ]),
    [
      'a broken configuration, by a file of another trouble',
      [sandbox({ cause: 'broken-config', nodes: ['n1'] }), file('bpf-not-mounted')],
      [],
    ],
    ['files that the agent has not written', [file('no-config', 'missing-binary'), agents(['n1'])], ['agents']],
    ['files that the agent has not written, and one that is broken', [file('no-config', 'invalid-config'), agents(['n1'])], []],
    [
      'a node for which no CNI is to be had',
      [
        notReady('cni-not-initialised'),
        finding('none', 'cni-agents', { resource: cluster, evidence: { nodesWithoutNetwork: ['n1'] } }),
      ],
      ['none'],
    ],
    ['a check that is no symptom', [full('s1'), agents(['n1'])], []],
    [
      'names that fail in a namespace, by its policies',
      [dnsOf({ namespace: 'shop' }), finding('policy', 'dns-network-policy', { resource: { kind: 'namespace', id: 'shop' } })],
      ['policy'],
    ],
    [
      'by policies of another namespace',
      [dnsOf({ namespace: 'shop' }), finding('policy', 'dns-network-policy', { resource: { kind: 'namespace', id: 'pay' } })],
      [],
    ],
    [
      'names that fail in a subnet, by its ACL',
      [dnsOf({ subnets: ['s1'] }), finding('acl', 'dns-network-acls', { resource: subnet('s1') })],
      ['acl'],
    ],
    [
      'by a security group of the subnet',
      [
        dnsOf({ subnets: ['s1'] }),
        finding('group', 'dns-security-groups', {
          resource: { kind: 'security-group', id: 'sg' },
          evidence: { sourceSubnet: 's1' },
        }),
      ],
      ['group'],
    ],
    [
      'by policies around CoreDNS itself',
      [dnsOf({}), finding('policy', 'dns-network-policy', { evidence: { policies: ['NetworkPolicy kube-system/lock'] } })],
      ['policy'],
    ],
    [
      'names that fail for pods of a node without routes',
      [
        dnsOf({
          servers: [
            { node: 'n1', of: 'resolver', outcome: 'no-answer' },
            { node: 'n2', of: 'resolver', outcome: 'answered' },
          ],
        }),
        finding('routes', 'canary-routes', { resource: cluster, evidence: { routes: [{ node: 'n1', hasDefault: false }] } }),
      ],
      ['routes'],
    ],
    [
      'a canary pod without a network, by the agent of its node',
      [
        finding('pod', 'canary-pod', {
          resource: cluster,
          evidence: {
            pods: [
              { node: 'n1', stage: 'no-network' },
              { node: 'n2', stage: 'running' },
            ],
          },
        }),
        agents(['n1']),
      ],
      ['agents'],
    ],
    ...[
      ['the policy of its namespace', 'cniwatch-canary', ['policy']],
      ['that of another', 'shop', []],
    ].map(([what, id, causes]): [string, Finding[], string[]] => [
      `names that a canary pod does not resolve, by ${what}`,
      [
        dnsOf({ servers: [{ node: 'n1', of: 'resolver', outcome: 'no-answer' }], namespace: 'cniwatch-canary' }),
        finding('policy', 'dns-network-policy', { resource: { kind: 'namespace', id: String(id) } }),
      ],
      causes as string[],
    ]),
    ['a way between nodes, by its start', [between(['n1'], 'n2'), bgp('n1')], ['bgp-n1']],
    ['a way between nodes, by its end', [between(['n1', 'n3'], 'n2'), bgp('n2')], ['bgp-n2']],
    ['two ways, of which one is explained', [between(['n1', 'n3'], 'n2'), bgp('n1')], []],
    [
      'an outside that is not reached, by the routes',
      [
        finding('egress', 'canary-egress', { resource: cluster, evidence: { targets: [{ unreached: [{ node: 'n1' }] }] } }),
        finding('routes', 'canary-routes', { resource: cluster, evidence: { routes: [{ node: 'n1', hasDefault: false }] } }),
      ],
      ['routes'],
    ],
    ['names that fail anywhere, by CoreDNS', [dnsOf({}), coredns({ endpoints: 0 })], ['coredns']],
    [
      'no class of pods that reaches CoreDNS, as none is ready',
      [finding('none', 'dns-security-groups', { resource: cluster }), coredns({ endpoints: 0 })],
      ['coredns'],
    ],
    [
      'CoreDNS whose pods have no network',
      [coredns({ nodesFailing: ['n1'], crashReasons: { ContainerCreating: 1 } }), agents(['n1'])],
      ['agents'],
    ],
    ['CoreDNS that crashes', [coredns({ nodesFailing: ['n1'], crashReasons: { CrashLoopBackOff: 1 } }), agents(['n1'])], []],
    [
      'nodes that cannot start in a full subnet',
      [
        finding('launch', 'node-launch-failures', {
          resource: cluster,
          evidence: { causes: { 'subnet-addresses': 4 }, subnets: ['s1'] },
        }),
        full('s1'),
      ],
      ['full-s1'],
    ],
  ])('%s', (_situation, findings, causes, topology) => {
    expect(causesOf(findings, topology)).toEqual(causes);
  });
});

test('a symptom that is well has no causes', () => {
  expect(causesOf([{ ...awaiting, verdict: 'ok' }, agents(['n1', 'n2'])])).toEqual([]);
});

describe('the roots beneath', () => {
  const ofNodes = { cause: 'agent-down', nodes: ['n1', 'n2'] };
  test('a chain are those at its end; of a root, itself', () => {
    const roots = rootsOf(linkCauses([awaiting, sandbox(ofNodes), agents(['n1', 'n2'])]));
    const names = [...roots].map(([name, beneath]) => [name, beneath.map(({ fingerprint }) => fingerprint)]);
    expect(names).toEqual(
      expect.arrayContaining([
        ['awaiting', ['agents']],
        ['sandbox', ['agents']],
        ['agents', ['agents']],
      ]),
    );
  });
  test('findings that name one another, of a document that is not ours, end all the same', () => {
    const roots = rootsOf([
      { ...finding('a', 'x'), causes: ['b'] },
      { ...finding('b', 'y'), causes: ['a'] },
    ]);
    expect(roots.size).toBe(2);
  });
});

describe('the table', () => {
  test('names checks that there are', () => {
    const known = new Set(CHECKS.map(({ id }) => id));
    expect(EXPLANATIONS.flatMap(({ symptom, by }) => [symptom, by]).filter((id) => !known.has(id))).toEqual([]);
  });

  test('has no circle', () => {
    /** A row of one kind of resource is beneath one of any kind. */
    const overlap = (one: string | undefined, other: string | undefined) =>
      one === undefined || other === undefined || one === other;
    const deepest = (at: { check: string; kind: string | undefined }, depth: number): number => {
      expect(depth, `${at.check} leads back to itself`).toBeLessThan(20);
      return EXPLANATIONS.filter(({ symptom, kind }) => symptom === at.check && overlap(kind, at.kind)).reduce(
        (most, { by, byKind }) => Math.max(most, deepest({ check: by, kind: byKind }, depth + 1)),
        depth,
      );
    };
    for (const { symptom, kind } of EXPLANATIONS) deepest({ check: symptom, kind }, 0);
  });
});

const anyFinding = fc.record({
  check: fc.constantFrom(...new Set(EXPLANATIONS.flatMap(({ symptom, by }) => [symptom, by]))),
  verdict: fc.constantFrom<Finding['verdict'][]>('ok', 'warning', 'critical', 'unknown'),
  resource: fc.constantFrom(cluster, daemonSet, node('n1'), node('n2'), subnet('s1')),
  evidence: fc.constantFrom<Finding['evidence'][]>(
    { cause: 'agent-down', nodes: ['n1'] },
    { cause: 'no-free-address', detail: null, nodes: ['n1', 'n2'], subnets: ['s1'] },
    { causes: ['agent', 'addresses'], nodes: ['n2'] },
    { problems: ['no-config'], nodes: ['n1'], free: 0 },
  ),
});

test('every chain of causes ends in a root that is no less severe, and nothing but `causes` changes', () => {
  fc.assert(
    fc.property(fc.array(anyFinding, { maxLength: 12 }), (parts) => {
      const findings = parts.map((part, at) => finding(`f${at}`, part.check, part));
      const linked = linkCauses(findings);
      const byName = new Map(linked.map((one) => [one.fingerprint, one]));
      const roots = (one: Finding, depth = 0): readonly Finding[] => {
        expect(depth).toBeLessThan(20);
        return one.causes === undefined ? [one] : one.causes.flatMap((name) => roots(byName.get(name) as Finding, depth + 1));
      };
      for (const one of linked.filter(({ verdict }) => verdict === 'critical'))
        expect(roots(one).every(({ verdict }) => verdict === 'critical')).toBe(true);
      expect(linked.map(({ causes: _causes, ...rest }) => rest)).toEqual(findings);
    }),
  );
});

const somewhere = fc.uniqueArray(fc.constantFrom('n1', 'n2', 'n3', 'n4'), { minLength: 1 });
test('agents explain what fails on nodes if, and only if, together they are on all of them', () => {
  fc.assert(
    fc.property(somewhere, fc.array(somewhere, { maxLength: 3 }), (failing, fleets) => {
      const symptom = sandbox({ cause: 'agent-down', nodes: failing });
      const causes = fleets.map((nodes, at) => agents(nodes, { fingerprint: `agents-${at}` }));
      const explained = failing.every((name) => fleets.some((nodes) => nodes.includes(name)));
      const meeting = fleets.flatMap((nodes, at) => (nodes.some((name) => failing.includes(name)) ? [`agents-${at}`] : []));
      expect(causesOf([symptom, ...causes])).toEqual(explained ? meeting : []);
    }),
  );
});
