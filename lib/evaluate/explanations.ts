import type { Finding } from '#lib/model/finding.ts';

type Kind = Finding['resource']['kind'];
type When = (evidence: Finding['evidence']) => boolean;

/** Which findings of one check may explain those of another. */
export interface Explanation {
  readonly symptom: string;
  /** Only of this kind of resource. */
  readonly kind?: Kind;
  /** Only where the symptom's evidence says so. */
  readonly when?: When;
  /** The check that explains it. */
  readonly by: string;
  readonly byKind?: Kind;
  /** Only where the evidence of the cause says so. */
  readonly byWhen?: When;
  /** Field of the evidence that must not differ, where both state it. */
  readonly same?: string;
  /** What both must share. */
  readonly at: 'nodes' | 'subnets' | 'namespaces' | 'cluster';
}

type Part = Omit<Explanation, 'symptom' | 'kind' | 'by'>;
/** What lies beneath one symptom: a line a cause. */
const beneath = (symptom: string, causes: readonly (readonly [by: string, part: Part])[], kind?: Kind): readonly Explanation[] =>
  causes.map(([by, part]) => ({ symptom, by, ...part, ...(kind && { kind }) }));

const NODES = { at: 'nodes' } as const;
const SUBNETS = { at: 'subnets' } as const;
const CLUSTER = { at: 'cluster' } as const;
const AGENTS = { at: 'nodes', byKind: 'daemonset' } as const;

const says =
  (field: string, ...values: readonly unknown[]): When =>
  (evidence) =>
    values.includes(evidence[field]);
const cause = (...causes: readonly string[]): When => says('cause', ...causes);
/** Of a want of addresses; where EC2's state did not tell which, any. */
const shortOf =
  (...details: readonly string[]): When =>
  ({ cause: why, detail, details: counts }) =>
    why === 'no-free-address' && (typeof detail !== 'string' || [detail, ...keysOf(counts)].some((one) => details.includes(one)));
/** Of lists of causes, as node-readiness and node-launch-failures have them. */
const reads =
  (...causes: readonly string[]): When =>
  ({ causes: read }) =>
    [...(Array.isArray(read) ? read : []), ...keysOf(read)].some((one) => typeof one === 'string' && causes.includes(one));
/** Of what cni-config-files finds on a node. */
const finds =
  (...problems: readonly string[]): When =>
  ({ problems: found }) =>
    Array.isArray(found) && found.some((one) => typeof one === 'string' && problems.includes(one));
const lacksWhatAgentsWrite: When = ({ problems }) =>
  Array.isArray(problems) && problems.length > 0 && problems.every((one) => one === 'no-config' || one === 'missing-binary');
/** Its pods have not come as far as to run. */
const hasNotStarted: When = ({ crashReasons }) => {
  const reasons = keysOf(crashReasons);
  return reasons.length > 0 && reasons.every((reason) => reason === 'ContainerCreating' || reason === 'PodInitializing');
};

/** calico-node is not ready while BIRD has no session. Source: Calico documentation, "Configure BGP peering"; node's `-bird-ready`. */
const notReadyOfCalico: When = ({ cni, missing }) => cni === 'calico' && missing === 0;

/** Of policies around CoreDNS itself: they shut it for pods of any namespace. */
const isolatesCoreDns: When = ({ namespace, policies }) =>
  namespace !== 'kube-system' &&
  Array.isArray(policies) &&
  policies.some((policy) => typeof policy === 'string' && / kube-system\//.test(policy));

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

const EMPTY = { ...SUBNETS, byWhen: says('free', 0) } as const;
const NO_PREFIX = { ...SUBNETS, byWhen: says('freePrefixes', 0) } as const;

/**
 * From the symptom to what lies beneath: a check stands as a symptom only above those that explain it, so that no circle can be. The
 * findings of single nodes are explained by their DaemonSet's. A full subnet explains what lacks addresses, and nothing that has some.
 */
export const EXPLANATIONS: readonly Explanation[] = [
  ...beneath('canary-dns', [
    ['canary-routes', NODES],
    ['canary-pod-to-pod', NODES],
    ['dns-network-policy', { at: 'namespaces' }],
    ['dns-network-policy', { ...CLUSTER, byWhen: isolatesCoreDns }],
    ['dns-security-groups', SUBNETS],
    ['dns-security-groups', { ...CLUSTER, byKind: 'cluster' }],
    ['dns-network-acls', SUBNETS],
    ['coredns', CLUSTER],
    ['dns-quality', CLUSTER],
    ['kube-proxy', NODES],
  ]),
  ...beneath('canary-egress', [['canary-routes', NODES]]),
  ...beneath('canary-pod-to-pod', [
    ['canary-routes', NODES],
    ['calico-bgp', NODES],
    ['calico-encapsulation', CLUSTER],
    ['flannel-backend', NODES],
    ['flannel-backend', { ...CLUSTER, byKind: 'cluster' }],
    ['flannel-pod-cidr', NODES],
    ['cilium-agent', NODES],
    ['kube-proxy', NODES],
  ]),
  ...beneath('canary-routes', [
    ['cni-agents', AGENTS],
    ['cni-config-files', NODES],
  ]),
  ...beneath('canary-pod', [
    ['pods-awaiting-network', NODES],
    ['pod-sandbox-failures', NODES],
    ['cni-agents', AGENTS],
    ['cni-config-files', NODES],
    ['node-ip-capacity', NODES],
    ['subnet-ip-exhaustion', EMPTY],
  ]),

  ...beneath('dns-quality', [
    ['coredns', CLUSTER],
    ['node-readiness', { ...NODES, byWhen: reads('link-local-limit') }],
  ]),
  ...beneath('dns-security-groups', [['coredns', { ...CLUSTER, byWhen: says('endpoints', 0) }]], 'cluster'),
  ...beneath('coredns', [
    ['pods-awaiting-network', { ...NODES, when: hasNotStarted }],
    ['cni-agents', { ...AGENTS, when: hasNotStarted }],
  ]),

  ...beneath('pods-awaiting-network', [
    ['pod-sandbox-failures', NODES],
    ['cni-agents', AGENTS],
    ['cni-config-files', NODES],
    ['node-ip-capacity', NODES],
    ['flannel-pod-cidr', NODES],
    ['subnet-ip-exhaustion', EMPTY],
    ['subnet-prefix-fragmentation', NO_PREFIX],
    ['calico-ipam', { ...CLUSTER, byWhen: says('available', 0) }],
    ['cilium-ipam', { ...NODES, byKind: 'node' }],
  ]),

  ...beneath('pod-sandbox-failures', [
    ['cni-agents', { ...AGENTS, when: cause('agent-down', 'missing-binary') }],
    ['cni-config-files', { ...NODES, when: cause('missing-binary'), byWhen: finds('missing-binary') }],
    ['cni-config-files', { ...NODES, when: cause('broken-config'), byWhen: finds('invalid-config', 'unreadable-config') }],
    ['cni-config-files', { ...NODES, when: cause('permissions'), byWhen: finds('unreadable-config', 'stale-api-server') }],
    ['cni-config-files', { ...NODES, when: cause('conflicting-config'), byWhen: finds('several-configs', 'other-cni') }],
    ['cni-config-files', { ...NODES, when: cause('api-unreachable'), byWhen: finds('stale-api-server', 'missing-kubeconfig') }],
    ['cni-permissions', { ...CLUSTER, when: cause('permissions', 'agent-down', 'iam-denied') }],
    ['cni-conflicts', { ...NODES, when: cause('conflicting-config') }],
    ['cni-kernel', { ...NODES, when: cause('policy-agent') }],
    ['kube-proxy', { ...NODES, when: cause('api-unreachable') }],
    ['cilium-agent', { ...NODES, when: cause('agent-down', 'api-unreachable') }],
    ['flannel-pod-cidr', { ...NODES, when: cause('agent-down') }],
    ['branch-eni-capacity', { ...NODES, when: cause('branch-eni') }],
    ['subnet-ip-exhaustion', { ...SUBNETS, when: shortOf('subnet-empty') }],
    ['subnet-prefix-fragmentation', { ...SUBNETS, when: shortOf('no-prefix') }],
    ['node-ip-capacity', { ...NODES, when: shortOf('node-limit') }],
    ['eni-quota', { ...CLUSTER, byKind: 'quota', when: shortOf('eni-full') }],
    ['calico-ipam', { ...CLUSTER, when: shortOf() }],
    ['calico-block-fragmentation', { ...CLUSTER, when: shortOf() }],
    ['cilium-ipam', { ...NODES, byKind: 'node', when: shortOf() }],
    ['cilium-ipam', { ...CLUSTER, byKind: 'ip-pool', when: shortOf() }],
  ]),

  ...beneath('node-launch-failures', [
    ['subnet-ip-exhaustion', { ...SUBNETS, when: reads('subnet-addresses') }],
    ['subnet-prefix-fragmentation', { ...SUBNETS, when: reads('prefix-blocks') }],
    ['eni-quota', { ...CLUSTER, byKind: 'quota', when: reads('region-interfaces') }],
  ]),

  ...beneath('node-readiness', [
    ['cni-agents', { ...AGENTS, when: reads('cni-not-initialised', 'agent') }],
    ['cni-agents', { ...NODES, byKind: 'cluster', when: reads('cni-not-initialised') }],
    [
      'cni-config-files',
      {
        ...NODES,
        when: reads('cni-not-initialised'),
        byWhen: finds('no-config', 'invalid-config', 'unreadable-config'),
      },
    ],
    ['cni-permissions', { ...CLUSTER, when: reads('cni-not-initialised', 'agent') }],
    ['cni-conflicts', { ...NODES, when: reads('cni-not-initialised') }],
    ['eni-config', { ...CLUSTER, when: reads('cni-not-initialised') }],
    ['flannel-pod-cidr', { ...NODES, when: reads('cni-not-initialised') }],
    ['cilium-agent', { ...NODES, when: reads('cni-not-initialised', 'agent') }],
    ['node-ip-capacity', { ...NODES, when: reads('addresses') }],
    ['subnet-ip-exhaustion', { ...EMPTY, when: reads('addresses') }],
    ['kube-proxy', { ...NODES, when: reads('kube-proxy') }],
    ['cni-kernel', { ...NODES, when: reads('policy-agent') }],
  ]),

  // It is the agent that writes them.
  ...beneath('cni-config-files', [['cni-agents', { ...AGENTS, when: lacksWhatAgentsWrite }]]),

  ...beneath('cni-agents', [['cni-agents', { ...AGENTS, same: 'cni' }]], 'node'),
  ...beneath('cilium-agent', [['cilium-agent', AGENTS]], 'node'),
  ...beneath(
    'cni-agents',
    [
      ['cni-memory', { ...NODES, same: 'cni' }],
      ['cni-kernel', NODES],
      ['cni-permissions', { ...CLUSTER, same: 'cni' }],
      ['cilium-agent', { ...NODES, when: says('cni', 'cilium') }],
      ['flannel-pod-cidr', { ...NODES, when: says('cni', 'flannel') }],
      ['calico-bgp', { ...NODES, when: notReadyOfCalico }],
      ['kube-proxy', NODES],
    ],
    'daemonset',
  ),
];
