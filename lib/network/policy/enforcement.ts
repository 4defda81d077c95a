import type { NodeClass } from '#lib/model/karpenter.ts';
import type { DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';
import { type CniKind, findCnis } from '#lib/network/cni.ts';
import { isAutoModeNode } from '#lib/network/dns/clients.ts';
import type { Enforcement } from '#lib/network/policy/classes.ts';
import { POLICY_ENGINES, type PolicyEngine } from '#lib/network/policy/engines.ts';
import { byNodeClass } from '#lib/network/policy/node-class-default.ts';

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
  | {
      readonly kind: 'unknown';
      readonly reason: string;
      /** What is known of single pods nevertheless. */
      readonly enforcement?: (pod: Pod) => Enforcement;
    };

/** EKS Auto Mode, whose nodes enforce policies by an agent that the API server does not show. */
export interface AutoMode {
  /** Undefined where they were not read. */
  readonly nodeClasses: readonly NodeClass[] | undefined;
  /** Whether EKS is known to hand its nodes the policies. */
  readonly policiesReach: boolean;
}

/**
 * The agents that enforce NetworkPolicies: those of Cilium and Calico, and the VPC CNI's where it is switched on. Flannel has none.
 * Sources: Amazon EKS User Guide, "Limit Pod traffic with Kubernetes network policies"; amazon-vpc-cni-k8s config/master/aws-k8s-cni.yaml.
 * @param autoMode undefined where the cluster has none
 */
export function policyEnforcement(
  daemonSets: readonly DaemonSet[],
  nodes: ReadonlyMap<string, Node>,
  autoMode?: AutoMode,
): PolicyEnforcement {
  const found = byAgents(daemonSets, nodes);
  return autoMode === undefined ? found : inAutoMode(found, nodes, autoMode);
}

function byAgents(daemonSets: readonly DaemonSet[], nodes: ReadonlyMap<string, Node>): PolicyEnforcement {
  const enforcing = findCnis(daemonSets).flatMap(({ kind, daemonSet }) =>
    enforces(kind, daemonSet) ? [{ kind, daemonSet }] : [],
  );
  const [one, another] = enforcing;
  if (one === undefined) return { kind: 'not-enforced' };
  if (another !== undefined) return { kind: 'unknown', reason: `${one.kind} and ${another.kind} both enforce network policies` };
  if (one.kind !== 'vpc-cni') {
    const by = one.kind === 'cilium' ? 'cilium' : 'calico';
    return { kind: 'enforced', by, engine: POLICY_ENGINES[by], enforcement: onAgentNodes(nodes) };
  }
  const strict = agentOf(one.daemonSet, 'aws-node')?.env['NETWORK_POLICY_ENFORCING_MODE'] === 'strict';
  return { kind: 'enforced', by: 'vpc-cni', engine: POLICY_ENGINES['vpc-cni'], enforcement: byVpcCni(nodes, strict) };
}

/** Pods of Auto Mode are judged by their NodeClass, those on other nodes by the agent there, and those without a node by either. */
function inAutoMode(
  found: PolicyEnforcement,
  nodes: ReadonlyMap<string, Node>,
  { nodeClasses, policiesReach }: AutoMode,
): PolicyEnforcement {
  const ofNodeClass = byNodeClass(nodeClasses, policiesReach);
  const elsewhere = found.kind === 'enforced' ? found.enforcement : (): Enforcement => 'policies';
  return {
    kind: 'unknown',
    reason: 'EKS Auto Mode does not show whether its nodes enforce network policies',
    enforcement(pod) {
      const node = nodes.get(pod.nodeName ?? '');
      return node === undefined || isAutoModeNode(node) ? ofNodeClass(node) : elsewhere(pod);
    },
  };
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
