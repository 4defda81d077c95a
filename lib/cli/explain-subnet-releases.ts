import type { Release } from '#lib/network/prefix-blockers.ts';

/**
 * Who has to act so that an address leaves, and how.
 * Sources: amazon-vpc-cni-k8s docs/eni-and-ip-target.md (what the CNI gives back by itself), pkg/awsutils/awsutils.go (detached
 * interfaces); Amazon EC2 User Guide, "Requester-managed network interfaces".
 */
export const HOW_TO_RELEASE: Readonly<Record<Release, string>> = {
  'delete-detached':
    'a person: nothing uses the interface. aws ec2 delete-network-interface --network-interface-id ENI; EC2 refuses if it is attached after all.',
  unassign:
    'the CNI, once no pod has the address and the node holds more than its warm targets ask for: move the pods (kubectl delete pod, or drain the node). Without WARM_IP_TARGET it gives back whole interfaces only.',
  'await-cni': 'nobody yet: the CNI has just made the interface, and attaches or deletes it. Look again in an hour.',
  'delete-interface':
    "the CNI, once no pod is left on the interface: it is the interface's own address. Cordon the node and move those pods, or drain it.",
  'replace-node':
    "the owner of the node: it is the instance's own address. Cordon, drain and terminate the node, best after a prefix reservation over the range, or a new node may land there.",
  'not-ours':
    'its owner: another cluster or an AWS service holds it. A service moves only when its resource is made again in another subnet.',
};
