import * as z from 'zod';
import { judgeNodes } from '#lib/checks/node/judged-nodes.ts';
import { maxPodsFinding } from '#lib/checks/node/max-pods-finding.ts';
import { NODE_INPUTS } from '#lib/checks/node/vpc-cni-nodes.ts';
import { defineCheck } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';

const options = z.object({
  wastefulRatio: z
    .number()
    .min(1)
    .default(2)
    .describe(
      'how many times the max-pods that fits (no more than the guidance) may exceed the one set before the node is wasteful',
    ),
  aboveGuidance: z
    .enum(['ok', 'warning'])
    .default('warning')
    .describe("the verdict of a max-pods above AWS's guidance of 110, or 250 for large types"),
});

export const check = defineCheck({
  id: 'max-pods-mismatch',
  title: "max-pods against the nodes' addresses",
  area: 'node',
  severity: 'critical',
  inputs: NODE_INPUTS,
  optional: ['instances', 'nodegroups', 'cniResources'],
  options,
  metrics: [
    {
      name: 'NodesMaxPodsMismatched',
      unit: 'Count',
      per: 'cluster',
      description: 'nodes whose max-pods does not fit their addresses',
    },
  ],
  docs: {
    question:
      'Does the max-pods of each node fit the addresses that it can give? The scheduler knows max-pods only: set too high, pods land on a node that has no address for them and stick; too low, paid nodes stay half empty. max-pods is fixed when a node starts, and most of what sets it knows nothing of the CNI settings.',
    verdicts: {
      warning:
        'over-committed: max-pods less host-network and branch pods exceeds the possible addresses; stale: prefix delegation is on and max-pods is still that of secondary addresses; wasteful: `wastefulRatio` times as many would fit; above-guidance: above 110, or 250 with more than 30 vCPUs (`aboveGuidance`)',
      critical: 'over-committed, and more pods are on the node than it can give addresses',
      unknown:
        'Windows and multi-NIC nodes; a type that DescribeInstanceTypes did not answer; a node whose instance or interfaces were not seen, or that states no allocatable pods; no CNI that is understood, or CiliumNodes that were not read',
      notApplicable:
        'Cilium in another mode than eni, Calico or flannel gives pods their addresses; Fargate, hybrid and Auto Mode nodes',
    },
    evidence: {
      allocatablePods: '`status.allocatable.pods`',
      expectedMaxPods:
        'what fits: possible addresses and the two host-network pods of every node, capped by the guidance with prefix delegation and IPv6',
      hostNetworkPods: 'host-network pods that run on the node; at least two are allowed for',
      source:
        'who sets max-pods on this node: managed-node-group, managed-node-group-custom-ami, nodeadm, bottlerocket, bootstrap.sh, karpenter, auto-mode or unknown',
      verdictReason: 'matches, over-committed, stale, wasteful or above-guidance',
      instanceType: 'EC2 instance type',
      ipCapacity: 'pods that can have an address; null for IPv6, where it is endless',
    },
    sources: [
      'Amazon EKS User Guide, "Choose an optimal Amazon EC2 node instance type" (https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html)',
      'amazon-eks-ami nodeadm/internal/kubelet/config.go, eni_max_pods.go; templates/al2/runtime/max-pods-calculator.sh',
      'Karpenter documentation, "NodeClasses", spec.kubelet; "Settings", RESERVED_ENIS',
      'Bottlerocket settings reference, kubernetes.max-pods',
    ],
  },
  remediations: ['recycle-nodes', 'enable-prefix-delegation'],
  evaluate({ inputs, optional, target, options: chosen }) {
    const nodegroups = dataOf(optional.nodegroups);
    const { judged, findings } = judgeNodes({ inputs, optional, target }, (node) => maxPodsFinding(node, nodegroups, chosen));
    const mismatched = findings.filter(({ verdict }) => verdict === 'warning' || verdict === 'critical').length;
    return { findings, metrics: judged.length === 0 ? [] : [{ name: 'NodesMaxPodsMismatched', value: mismatched }] };
  },
});
