import type { Nodegroup } from '#lib/model/eks.ts';
import type { Node } from '#lib/model/kubernetes.ts';

export type MaxPodsSource =
  | 'managed-node-group'
  | 'managed-node-group-custom-ami'
  | 'nodeadm'
  | 'bottlerocket'
  | 'bootstrap.sh'
  | 'karpenter'
  | 'auto-mode'
  | 'unknown';

/** Who sets a node's max-pods, and how to change it there. */
export interface MaxPodsOrigin {
  readonly source: MaxPodsSource;
  /** A clause: what to set or do there. */
  readonly change: string;
}

const NODEADM = 'set spec.kubelet.config.maxPods, or maxPodsExpression, in the NodeConfig of the user data';
const BOTTLEROCKET = 'set settings.kubernetes.max-pods in the user data';
const BOOTSTRAP = "start bootstrap.sh with --use-max-pods false --kubelet-extra-args '--max-pods=N' in the user data";

/**
 * Sources: Amazon EKS User Guide, "Choose an optimal EC2 node instance type" (a managed group without a custom AMI);
 * amazon-eks-ami nodeadm internal/kubelet/config.go; Bottlerocket settings reference, kubernetes.max-pods;
 * Karpenter documentation, NodePools `spec.template.spec` and EC2NodeClass `spec.kubelet`, settings RESERVED_ENIS.
 * @param nodegroups undefined where they were not read
 */
export function maxPodsOrigin(node: Node, nodegroups: readonly Nodegroup[] | undefined): MaxPodsOrigin {
  const { labels } = node;
  if (labels['eks.amazonaws.com/compute-type'] === 'auto')
    return { source: 'auto-mode', change: 'nothing can be set: EKS Auto Mode takes the lesser of 110 and its own calculation' };
  if (labels['karpenter.sh/nodepool'] !== undefined || labels['karpenter.sh/provisioner-name'] !== undefined)
    return {
      source: 'karpenter',
      change:
        'set spec.kubelet.maxPods of the EC2NodeClass, or RESERVED_ENIS=1 on Karpenter where custom networking or a trunk takes an interface; then let it replace the node',
    };
  const group = labels['eks.amazonaws.com/nodegroup'];
  if (group !== undefined) return managedOrigin(node, group, nodegroups);
  const system = systemOrigin(node);
  return system ?? { source: 'unknown', change: "set the kubelet's maxPods in the node's user data and replace the node" };
}

function managedOrigin(node: Node, group: string, nodegroups: readonly Nodegroup[] | undefined): MaxPodsOrigin {
  const nodegroup = nodegroups?.find(({ nodegroupName }) => nodegroupName === group);
  if (nodegroup?.amiType === 'CUSTOM') {
    const change = systemOrigin(node)?.change ?? "set the kubelet's maxPods in the user data of the launch template";
    return { source: 'managed-node-group-custom-ami', change: `${change} of node group ${group}'s launch template, and roll it` };
  }
  if (nodegroup === undefined)
    return {
      source: 'unknown',
      change: `look at node group ${group}: with an AMI of its own its user data sets it, without one EKS does at its next AMI or launch-template update`,
    };
  const smallest = nodegroup.instanceTypes.length > 1 ? ' by the smallest of its types' : '';
  return {
    source: 'managed-node-group',
    change: `EKS computes it for node group ${group}${smallest} when the group, its launch template or its AMI version changes: update the group, or create a new one`,
  };
}

function systemOrigin({ osImage = '' }: Node): MaxPodsOrigin | undefined {
  if (/bottlerocket/i.test(osImage)) return { source: 'bottlerocket', change: BOTTLEROCKET };
  if (/amazon linux 2023/i.test(osImage)) return { source: 'nodeadm', change: NODEADM };
  if (/amazon linux 2\b/i.test(osImage)) return { source: 'bootstrap.sh', change: BOOTSTRAP };
  return undefined;
}
