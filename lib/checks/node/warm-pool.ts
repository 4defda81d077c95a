import * as z from 'zod';
import { NODE_INPUTS, noneJudged, vpcCniNodes, vpcCniResource } from '#lib/checks/node/vpc-cni-nodes.ts';
import { warmLints } from '#lib/checks/node/warm-lints.ts';
import { warmIps, warmPoolFinding } from '#lib/checks/node/warm-pool-finding.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import type { Subnet } from '#lib/model/ec2.ts';
import { parseIpv4Block } from '#lib/network/ipv4.ts';
import { POD_SERIES, podChurn, podReadings } from '#lib/network/pod-churn.ts';
import { warmAdvice } from '#lib/network/warm-advice.ts';

export const check = defineCheck({
  id: 'warm-pool',
  title: 'Addresses held warm on the nodes',
  area: 'node',
  severity: 'critical',
  inputs: NODE_INPUTS,
  optional: ['instances'],
  options: z.object({
    leastReclaimed: z
      .number()
      .int()
      .min(1)
      .default(16)
      .describe('addresses that subnets short of them would get back, from which smaller targets are worth a warning'),
    subnetUsedPercent: z
      .number()
      .min(0)
      .max(100)
      .default(80)
      .describe('share of its addresses in use from which a subnet counts as short of them, in percent'),
    leastHours: z.number().min(1).default(24).describe('hours of history below which the advice is a first guess and no warning'),
    burstPercentile: z
      .number()
      .min(50)
      .max(100)
      .default(99)
      .describe('percentile of the pod starts within five minutes on one node that warm addresses have to carry'),
    leastWarmIps: z.number().int().min(1).default(2).describe('the smallest WARM_IP_TARGET that is advised'),
    manyNodes: z
      .number()
      .int()
      .min(1)
      .default(100)
      .describe('nodes from which a WARM_IP_TARGET of one costs too many calls of EC2'),
  }),
  metrics: [{ name: 'WarmIps', unit: 'Count', per: 'cluster', description: 'addresses that nodes hold for pods and no pod has' }],
  history: POD_SERIES,
  docs: {
    question:
      'How many addresses do the nodes hold that no pod has, and which targets would hold fewer with pods starting as fast? By default each node keeps a whole interface in reserve, which is often more than its pods will ever need at once. The advice carries the largest burst of pod starts that was seen on one node, and gives a new node at once what an average node has. It also tells settings of the pool that do harm, or nothing.',
    verdicts: {
      warning:
        'MINIMUM_IP_TARGET alone, no warm prefix or interface and no address target, or WARM_IP_TARGET=1 on `manyNodes`; or, with `leastHours` of history, other targets give `leastReclaimed` addresses back to subnets that are `subnetUsedPercent` used',
      critical: 'MINIMUM_IP_TARGET alone, and pods wait on a node that has no address left',
      unknown: 'no node can be judged: Windows, multi-NIC, or not seen in EC2; no CNI that is understood',
      notApplicable:
        'Cilium, Calico, flannel or EKS Auto Mode gives pods their addresses; IPv6; ipamd makes no calls of EC2; Fargate, hybrid and Auto Mode nodes alone',
    },
    evidence: {
      warmIps: 'addresses that nodes hold for pods and no pod has',
      recommended:
        'the targets to set: `WARM_IP_TARGET`, `MINIMUM_IP_TARGET`, and the `WARM_PREFIX_TARGET` to leave beside them; the present ones where none hold fewer and these do no harm; null where unset or without meaning',
      ipsReclaimed: 'addresses that nodes would give back, less what some would take more; cordoned nodes keep theirs',
      current: 'the targets as they are',
      basis: 'history, or present-pods where it does not reach back `leastHours` for the types of half of the nodes',
      hoursObserved: 'hours that the history reaches back',
      podsPerNode: 'pods with an address of the pool on an average node',
      podStartBurst: 'pods that started within five minutes on one node, at `burstPercentile`',
      podStartsPerHour: 'pods that start on all nodes together, an hour; null without history',
      ec2CallsPerHour: 'calls that assign or take back addresses, at most: `now` and as `advised`; null without history',
      reclaimedBySubnet: 'addresses given back, by subnet',
      shortSubnets: 'those of them that are short of addresses',
      starvedNodes: 'under MINIMUM_IP_TARGET alone: nodes with no address left and pods that wait',
      nodes: 'where nothing is judged: the nodes that are not',
      lints: 'settings that do harm (`dangerous`) or nothing: `lint` and `detail`',
    },
    sources: [
      'amazon-vpc-cni-k8s docs/eni-and-ip-target.md, docs/prefix-and-ip-target.md',
      'amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (datastoreTargetState, isDatastorePoolTooLow)',
      'Amazon EKS Best Practices Guide, "Amazon VPC CNI" (https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html)',
    ],
  },
  remediations: ['tune-warm-targets'],
  evaluate({ inputs, optional, target, options, history, now }) {
    const found = vpcCniNodes({ inputs, optional, target });
    if ('findings' in found) return found;
    const { settings, judged: nodes, unjudged, subnets } = found;
    if (settings.ipv6) return notApplicable(target, 'Nodes of an IPv6 cluster hold one /80 prefix each, whatever the targets.');
    if (settings.provisioningDisabled)
      return notApplicable(
        target,
        'ipamd assigns no addresses here: DISABLE_NETWORK_RESOURCE_PROVISIONING or ENABLE_IMDS_ONLY_MODE is on.',
      );
    const none = noneJudged(found, target);
    if (none !== undefined) return none;
    // ipamd leaves the pool of a cordoned node as it is.
    const schedulable = nodes.filter(({ node }) => !node.unschedulable);
    const churn = podChurn(nodes, history, now, options);
    const lints = warmLints(settings, nodes, options.manyNodes);
    const harmful = lints.some(({ dangerous }) => dangerous);
    const advice = warmAdvice(schedulable, settings, churn, { leastWarm: options.leastWarmIps, harmful });
    const shortSubnets = [...advice.reclaimedBySubnet.keys()].filter(
      (id) => usedPercent(subnets.get(id)) >= options.subnetUsedPercent,
    );
    const notJudged = unjudged.filter(({ answer }) => answer.kind === 'unknown').length;
    const finding = warmPoolFinding({ settings, nodes, notJudged, churn, advice, lints, shortSubnets }, options.leastReclaimed);
    return {
      findings: [{ ...finding, resource: vpcCniResource(inputs.daemonSets) }],
      metrics: [{ name: 'WarmIps', value: warmIps(nodes) }],
      readings: podReadings(nodes, history, now),
    };
  },
});

function usedPercent(subnet: Subnet | undefined): number {
  const size = parseIpv4Block(subnet?.cidrBlock ?? '')?.size ?? 0;
  const total = size - 5;
  return subnet === undefined || total <= 0 ? 0 : (100 * (total - subnet.availableIpAddressCount)) / total;
}
