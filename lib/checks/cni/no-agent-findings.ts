import { type CheckResult, notApplicable } from '#lib/model/check.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import type { Target } from '#lib/model/target.ts';
import { takesCniAgent } from '#lib/network/daemon-set-scheduling.ts';

const LOOKED_FOR = ['aws-node', 'cilium', 'calico-node', 'kube-flannel-ds'];
const MOST_LISTED = 20;

/** The kubelet says so where no CNI has set the network up. Source: containerd, internal/cri/server/status.go. */
const NO_NETWORK = /NetworkPluginNotReady|cni plugin not initialized/;
const lacksNetwork = ({ conditions }: Node): boolean =>
  conditions.some(({ type, status, message = '' }) => type === 'Ready' && status === 'False' && NO_NETWORK.test(message));

/** No DaemonSet of a known CNI exists: legal where AWS connects the pods, else either nothing works or another CNI does. */
export function noAgentResult(target: Target, nodes: readonly Node[], autoMode: boolean): CheckResult {
  const expected = nodes.filter(takesCniAgent);
  if (expected.length === 0) {
    const why = autoMode ? 'EKS Auto Mode connects its pods without one' : 'the cluster has no node that takes one';
    return notApplicable(target, `No DaemonSet of a CNI was found: ${why}.`);
  }
  const without = expected.filter(lacksNetwork);
  const finding: Judgement = {
    verdict: without.length > 0 ? 'critical' : 'unknown',
    resource: { kind: 'cluster', id: target.arn, name: target.name },
    summary:
      without.length > 0
        ? `No DaemonSet of a CNI was found, and ${without.length} of ${expected.length} nodes have no working network plugin.`
        : `No DaemonSet of a known CNI was found for ${expected.length} nodes: if another CNI connects them, cniwatch cannot judge it.`,
    evidence: { expectedNodes: expected.length, nodesWithoutNetwork: names(without), lookedFor: LOOKED_FOR },
    ...(without.length > 0 ? { timeToImpact: 'immediate' } : {}),
  };
  return { findings: [finding], metrics: [] };
}

/** Nodes that no CNI's DaemonSet selects: their taints or labels keep every agent away. Hybrid nodes may bring a CNI of their own. */
export function uncoveredFinding(target: Target, uncovered: readonly Node[]): readonly Judgement[] {
  const nodes = uncovered.filter((node) => takesCniAgent(node) && node.labels['eks.amazonaws.com/compute-type'] !== 'hybrid');
  if (nodes.length === 0) return [];
  const without = nodes.filter(lacksNetwork);
  return [
    {
      verdict: without.length > 0 ? 'critical' : 'warning',
      resource: { kind: 'cluster', id: target.arn, name: target.name },
      summary: `${nodes.length} nodes take no agent of any CNI by their labels and taints; ${without.length} of them have no working network plugin.`,
      evidence: { expectedNodes: nodes.length, nodesWithoutAgent: names(nodes), nodesWithoutNetwork: names(without) },
      ...(without.length > 0 ? { timeToImpact: 'immediate' } : {}),
    },
  ];
}

const names = (nodes: readonly Node[]): string[] => nodes.slice(0, MOST_LISTED).map(({ name }) => name);
