import type { Finding } from '#lib/model/finding.ts';

/** Which findings of one check may explain those of another. */
export interface Explanation {
  readonly symptom: string;
  /** Only of this kind of resource. */
  readonly kind?: Finding['resource']['kind'];
  /** Only where the symptom's evidence says so. */
  readonly when?: (evidence: Finding['evidence']) => boolean;
  /** The check that explains it. */
  readonly by: string;
  readonly byKind?: Finding['resource']['kind'];
  /** What both must share. */
  readonly at: 'nodes' | 'subnets' | 'cluster';
}

type When = NonNullable<Explanation['when']>;
const cause =
  (...causes: readonly string[]): When =>
  (evidence) =>
    typeof evidence['cause'] === 'string' && causes.includes(evidence['cause']);
/** Of a want of addresses; where EC2's state did not tell which, any. */
const shortOf =
  (...details: readonly string[]): When =>
  ({ cause: why, detail }) =>
    why === 'no-free-address' && (typeof detail !== 'string' || details.includes(detail));
/** Of the causes that node-readiness reads from a node. */
const reads =
  (...causes: readonly string[]): When =>
  ({ causes: read }) =>
    Array.isArray(read) && read.some((one) => typeof one === 'string' && causes.includes(one));

/**
 * From the symptom to what lies beneath: a check stands as a symptom only above those that explain it, so that no circle can be. The
 * findings of single nodes are explained by their DaemonSet's.
 */
export const EXPLANATIONS: readonly Explanation[] = [
  { symptom: 'pods-awaiting-network', by: 'pod-sandbox-failures', at: 'nodes' },
  { symptom: 'pods-awaiting-network', by: 'cni-agents', byKind: 'daemonset', at: 'nodes' },
  { symptom: 'pods-awaiting-network', by: 'node-ip-capacity', at: 'nodes' },

  {
    symptom: 'pod-sandbox-failures',
    when: cause('agent-down', 'missing-binary'),
    by: 'cni-agents',
    byKind: 'daemonset',
    at: 'nodes',
  },
  { symptom: 'pod-sandbox-failures', when: shortOf('subnet-empty'), by: 'subnet-ip-exhaustion', at: 'subnets' },
  { symptom: 'pod-sandbox-failures', when: shortOf('no-prefix'), by: 'subnet-prefix-fragmentation', at: 'subnets' },
  { symptom: 'pod-sandbox-failures', when: shortOf('node-limit'), by: 'node-ip-capacity', at: 'nodes' },
  { symptom: 'pod-sandbox-failures', when: shortOf('eni-full'), by: 'eni-quota', at: 'cluster' },
  { symptom: 'pod-sandbox-failures', when: shortOf(), by: 'calico-ipam', at: 'cluster' },
  { symptom: 'pod-sandbox-failures', when: shortOf(), by: 'cilium-ipam', at: 'cluster' },
  { symptom: 'pod-sandbox-failures', when: cause('branch-eni'), by: 'branch-eni-capacity', at: 'nodes' },
  { symptom: 'pod-sandbox-failures', when: cause('conflicting-config'), by: 'cni-conflicts', at: 'nodes' },
  { symptom: 'pod-sandbox-failures', when: cause('policy-agent'), by: 'cni-kernel', at: 'nodes' },
  { symptom: 'pod-sandbox-failures', when: cause('api-unreachable'), by: 'kube-proxy', at: 'nodes' },

  { symptom: 'node-readiness', when: reads('cni-not-initialised', 'agent'), by: 'cni-agents', byKind: 'daemonset', at: 'nodes' },
  { symptom: 'node-readiness', when: reads('cni-not-initialised'), by: 'eni-config', at: 'cluster' },
  { symptom: 'node-readiness', when: reads('cni-not-initialised'), by: 'cni-conflicts', at: 'nodes' },
  { symptom: 'node-readiness', when: reads('addresses'), by: 'node-ip-capacity', at: 'nodes' },
  { symptom: 'node-readiness', when: reads('kube-proxy'), by: 'kube-proxy', at: 'nodes' },
  { symptom: 'node-readiness', when: reads('policy-agent'), by: 'cni-kernel', at: 'nodes' },

  { symptom: 'cni-agents', kind: 'node', by: 'cni-agents', byKind: 'daemonset', at: 'nodes' },
  { symptom: 'cni-agents', kind: 'daemonset', by: 'cni-memory', at: 'nodes' },
  { symptom: 'cni-agents', kind: 'daemonset', by: 'cni-kernel', at: 'nodes' },
];
