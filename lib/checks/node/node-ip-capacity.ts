import * as z from 'zod';
import { capacityFinding } from '#lib/checks/node/capacity-finding.ts';
import { judgeNodes } from '#lib/checks/node/judged-nodes.ts';
import { NODE_INPUTS } from '#lib/checks/node/vpc-cni-nodes.ts';
import { defineCheck } from '#lib/model/check.ts';
import { distribution } from '#lib/model/metric.ts';

const options = z.object({
  warningPercent: z
    .number()
    .min(0)
    .max(100)
    .default(85)
    .describe('share of the possible pod addresses in use that is a warning, in percent'),
});

export const check = defineCheck({
  id: 'node-ip-capacity',
  title: 'Pod addresses of each node',
  area: 'node',
  severity: 'critical',
  inputs: NODE_INPUTS,
  optional: ['instances', 'cniResources'],
  options,
  metrics: [
    {
      name: 'NodePodIpUsedPercent',
      unit: 'Percent',
      per: 'distribution',
      description: "share of each node's possible pod addresses that pods use",
      essential: true,
    },
    {
      name: 'NodePodIpAssignedPercent',
      unit: 'Percent',
      per: 'distribution',
      description: "share of each node's possible pod addresses that its interfaces hold, used or warm",
    },
  ],
  docs: {
    question:
      'How many pods can each node give an address, how many has it, and how many addresses does it hold? A node takes only so many interfaces, and an interface only so many addresses: beyond, pods wait in ContainerCreating however empty the subnet is.',
    verdicts: {
      warning: 'pods use at least `warningPercent` of the possible addresses, or an IPv6 node holds no prefix yet',
      critical: 'pods use all of them and others wait on the node, or pods wait on an IPv6 node that holds no prefix',
      unknown:
        'Windows and multi-NIC nodes; a type that DescribeInstanceTypes did not answer; a node whose instance or interfaces were not seen; no CNI that is understood, or CiliumNodes that were not read',
      notApplicable:
        'Cilium in another mode than eni, Calico or flannel gives pods their addresses; Fargate, hybrid and Auto Mode nodes',
    },
    evidence: {
      instanceType: 'EC2 instance type',
      mode: 'secondary-ip, prefix or ipv6',
      eniAttached: 'interfaces on the default network card',
      eniMax: 'how many that card takes, or MAX_ENI where lower',
      ipCapacity:
        'pods that can have an address: by interfaces not set apart for custom networking, a trunk or no_manage; null for IPv6, where it is endless',
      ipAssigned: 'addresses that the interfaces hold for pods, 16 for each prefix; for IPv6, the number of /80 prefixes',
      ipInUse: 'of pods; without host-network, Succeeded and Failed ones, and without those on a branch interface',
      branchUsed: 'branch interfaces of pods with security groups of their own',
      branchMax: '`vpc.amazonaws.com/pod-eni` of the node; null where it offers none',
      podsWaiting: 'pods scheduled to the node and without an address',
      mixedEnis: 'interfaces that hold both single addresses and prefixes',
    },
    sources: [
      'Amazon EKS User Guide, "Choose an optimal Amazon EC2 node instance type" (https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html)',
      'Amazon EKS Best Practices Guide, "Prefix Mode for Linux" (https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html)',
      'amazon-vpc-cni-k8s pkg/ipamd/ipamd.go, README.md',
    ],
  },
  remediations: ['enable-prefix-delegation', 'advise-instance-types'],
  evaluate({ inputs, optional, target, options: { warningPercent } }) {
    const { judged, findings } = judgeNodes({ inputs, optional, target }, (node) => capacityFinding(node, warningPercent));
    const shares = judged.filter(({ capacity }) => capacity.ipCapacity !== null && capacity.ipCapacity > 0);
    return {
      findings,
      metrics:
        shares.length === 0
          ? []
          : [
              {
                name: 'NodePodIpUsedPercent',
                ...distribution(shares.map(({ capacity, pods }) => percentOf(pods.inUse, capacity.ipCapacity))),
              },
              {
                name: 'NodePodIpAssignedPercent',
                ...distribution(shares.map(({ capacity }) => percentOf(capacity.ipAssigned, capacity.ipCapacity))),
              },
            ],
    };
  },
});

/** To whole percents, so that a distribution keeps few values. */
function percentOf(part: number, whole: number | null): number {
  return whole === null || whole === 0 ? 0 : Math.floor((100 * part) / whole);
}
