import type { DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';
import { type CniKind, findCnis } from '#lib/network/cni.ts';
import type { Enforcement } from '#lib/network/policy/classes.ts';
import { POLICY_ENGINES, type PolicyEngine } from '#lib/network/policy/engines.ts';

/** Who enforces policies in a cluster, and on which of its pods. */
export type PolicyEnforcement =
  | {
      readonly kind: 'enforced';
      readonly by: keyof typeof POLICY_ENGINES;
      readonly engine: PolicyEngine;
      readonly enforcement: (pod: Pod) => Enforcement;
    }
  /** Policies may stand there, and do nothing. */
  | { readonly kind: 'not-enforced' }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * The agents that enforce NetworkPolicies: those of Cilium and Calico, and the VPC CNI's where it is switched on. Flannel has none.
 * Sources: Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies"; amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml.
 */
export function policyEnforcement(
  daemonSets: readonly DaemonSet[],
  nodes: ReadonlyMap<string, Node>,
  { autoMode }: { readonly autoMode: boolean },
): PolicyEnforcement {
  const enforcing = findCnis(daemonSets).flatMap(({ kind, daemonSet }) =>
    enforces(kind, daemonSet) ? [{ kind, daemonSet }] : [],
  );
  const [one, another] = enforcing;
  if (autoMode) return { kind: 'unknown', reason: 'EKS Auto Mode does not show whether its nodes enforce network policies' };
  if (one === undefined) return { kind: 'not-enforced' };
  if (another !== undefined) return { kind: 'unknown', reason: `${one.kind} and ${another.kind} both enforce network policies` };
  if (one.kind !== 'vpc-cni') {
    const by = one.kind === 'cilium' ? 'cilium' : 'calico';
    return { kind: 'enforced', by, engine: POLICY_ENGINES[by], enforcement: onAgentNodes(nodes) };
  }
  const strict = agentOf(one.daemonSet, 'aws-node')?.env['NETWORK_POLICY_ENFORCING_MODE'] === 'strict';
  return { kind: 'enforced', by: 'vpc-cni', engine: POLICY_ENGINES['vpc-cni'], enforcement: byVpcCni(nodes, strict) };
}

function enforces(kind: CniKind, daemonSet: DaemonSet): boolean {
  if (kind !== 'vpc-cni') return kind !== 'flannel';
  return agentOf(daemonSet, 'aws-eks-nodeagent')?.args.includes('--enable-network-policy=true') ?? false;
}

function agentOf({ containers }: DaemonSet, name: string): DaemonSet['containers'][number] | undefined {
  return containers.find((container) => !container.init && container.name === name);
}

/** No agent runs on Fargate. */
function onAgentNodes(nodes: ReadonlyMap<string, Node>): (pod: Pod) => Enforcement {
  return ({ nodeName = '' }) => (isFargate(nodes.get(nodeName)) ? 'none' : 'policies');
}

/**
 * The VPC CNI enforces on Linux nodes of EC2 alone. Its guide leaves out pods without an owner, which its code does not. In strict mode
 * a pod starts denied until a policy selects it.
 * Sources: Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies", considerations; amazon-vpc-cni-k8s README.md,
 * NETWORK_POLICY_ENFORCING_MODE; amazon-network-policy-controller-k8s pkg/resolvers/endpoints.go.
 */
function byVpcCni(nodes: ReadonlyMap<string, Node>, strict: boolean): (pod: Pod) => Enforcement {
  return ({ nodeName = '', owner }) => {
    const node = nodes.get(nodeName);
    if (isFargate(node) || node?.operatingSystem === 'windows') return 'none';
    if (strict) return 'denied-until-selected';
    return owner === undefined ? 'uncertain' : 'policies';
  };
}

function isFargate(node: Node | undefined): boolean {
  return node?.labels['eks.amazonaws.com/compute-type'] === 'fargate';
}
