import * as z from 'zod';
import { exhaustionFinding, FREE_ADDRESSES, fill, percent } from '#lib/checks/subnet/exhaustion-finding.ts';
import { unplacedNodes } from '#lib/checks/subnet/unplaced-nodes.ts';
import { defineCheck } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { LEAKED_AFTER_MINUTES } from '#lib/network/leaked-enis.ts';
import { POD_NETWORK_SLICES, podNetwork } from '#lib/network/pod-network.ts';
import { oneMoreNode } from '#lib/network/subnet-demand.ts';

const options = z.object({
  warningPercent: z.number().min(0).max(100).default(80).describe('share of used addresses that is a warning, in percent'),
  criticalPercent: z.number().min(0).max(100).default(95).describe('share of used addresses that is critical, in percent'),
  warningHours: z.number().min(0).default(24).describe('a forecast of no free address within these hours is a warning'),
  criticalHours: z.number().min(0).default(4).describe('a forecast of no free address within these hours is critical'),
  leakedAfterMinutes: z
    .number()
    .min(5)
    .default(LEAKED_AFTER_MINUTES)
    .describe(
      'age from which a detached interface of the VPC CNI counts as leaked, in minutes; the CNI itself cleans up after 5',
    ),
});

export const check = defineCheck({
  id: 'subnet-ip-exhaustion',
  title: 'Subnets running out of addresses',
  area: 'subnet',
  severity: 'critical',
  inputs: ['cluster', 'subnets'],
  optional: [...POD_NETWORK_SLICES, 'instanceTypes', 'subnetCidrReservations'],
  options,
  metrics: [
    { name: FREE_ADDRESSES, unit: 'Count', per: 'subnet', description: 'free IPv4 addresses of a subnet', essential: true },
    {
      name: 'SubnetUsedPercent',
      unit: 'Percent',
      per: 'subnet',
      description: 'used share of the IPv4 addresses of a subnet',
      essential: true,
    },
  ],
  docs: {
    question:
      "How full is each subnet that this cluster's nodes and pods draw addresses from: the nodes' own, those of ENIConfigs, and those that the VPC CNI finds by tag? A full one leaves pods without a network and nodes without a start.",
    verdicts: {
      warning:
        'at least `warningPercent` used, or a forecast of none free within `warningHours`, or as bad as critical while a tagged subnet of the same zone has room',
      critical:
        'at least `criticalPercent` used, or a forecast of none free within `criticalHours`, or fewer addresses free than one more node takes at its start',
      unknown:
        'a subnet that was not read; or nodes whose subnets cannot be told; or a type that DescribeInstanceTypes does not know, where the verdict hangs on its demand',
      notApplicable: 'an IPv6-only subnet',
    },
    evidence: {
      cidr: "the subnet's IPv4 CIDR",
      availabilityZone: 'its zone',
      total: 'addresses that EC2 hands out: all but the first four and the last',
      free: '`AvailableIpAddressCount`',
      usedPercent: 'used share of `total`, in percent',
      hoursToExhaustion:
        'hours until no address is free, by the forecast; null where none is in sight or nothing can be forecast',
      forecast:
        '`earliestHours`, `latestHours` (null: perhaps never) and `addressesPerHour` of a forecast; or `lastsHours`, how far ahead nothing is in sight; or `unknown`, why nothing can be forecast',
      consumers:
        "addresses by who holds them, of every cluster that shares the subnet; `warmPool` are those of this cluster's nodes without a pod (null where pods were not read, `thisCluster` then holds them), while those of other clusters are in `otherClusters`; `controlPlane` and `leaked` are any cluster's; what cannot be attributed is `other`; null where interfaces were not read",
      byCluster:
        'the same addresses once more, by the cluster that a tag, an instance or a description names; what names none is not in it; null where interfaces were not read',
      unaccounted:
        'addresses that EC2 counts as used and no interface that could be read holds; null where interfaces were not read',
      oneMoreNode: 'addresses that one more node of the most demanding type here takes at its start',
      relievedBy: 'subnets of the same zone that the CNI turns to, and that have room',
      nodes: 'of the finding on the cluster alone: nodes of which it is not known where their pods draw from',
    },
    sources: [
      'Amazon VPC User Guide, "Subnet CIDR blocks" (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)',
      'Amazon EKS Best Practices Guide, "VPC and Subnet Considerations" (https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html)',
      'amazon-vpc-cni-k8s pkg/awsutils/awsutils.go (choice of subnets, leaked interfaces), docs/eni-and-ip-target.md (warm targets)',
      'Amazon EC2 User Guide, "Requester-managed network interfaces" (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html)',
    ],
  },
  remediations: ['tune-warm-targets', 'add-pod-subnet'],
  history: { [FREE_ADDRESSES]: 'free IPv4 addresses of a subnet, for its forecast' },
  evaluate({ inputs, optional, target, now, history, options: thresholds }) {
    const leak = { now, leakedAfterMinutes: thresholds.leakedAfterMinutes };
    const network = podNetwork(inputs.cluster, inputs.subnets, optional);
    const types = new Map((dataOf(optional.instanceTypes) ?? []).map((type) => [type.instanceType, type]));
    const filled = network.subnets.map((place) =>
      fill(place, oneMoreNode(place, { ...network, types }), {
        ...thresholds,
        warmEniTarget: network.settings.warmEniTarget,
        history,
        now,
      }),
    );
    const counted = filled.filter(({ full }) => full !== undefined);
    const byId = new Map(filled.map((entry) => [entry.place.subnetId, entry]));
    return {
      findings: [
        ...unplacedNodes(network, target, optional),
        ...filled.map((entry) => exhaustionFinding(entry, byId, network, optional, leak)),
      ],
      metrics: counted.flatMap(({ place: { subnetId }, full, free }) => [
        { name: FREE_ADDRESSES, value: free, dimensions: { SubnetId: subnetId } },
        { name: 'SubnetUsedPercent', value: percent(full?.usedPercent ?? 0), dimensions: { SubnetId: subnetId } },
      ]),
      readings: counted.map(({ place: { subnetId }, free }) => ({ series: FREE_ADDRESSES, id: subnetId, value: free })),
    };
  },
});
