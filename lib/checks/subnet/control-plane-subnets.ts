import * as z from 'zod';
import { controlPlaneFinding } from '#lib/checks/subnet/control-plane-finding.ts';
import { defineCheck, undecided } from '#lib/model/check.ts';
import { controlPlaneRoom, UPGRADE_ADDRESSES } from '#lib/network/control-plane-room.ts';

const addresses = (value: number) => z.number().int().min(0).default(value);

export const check = defineCheck({
  id: 'control-plane-subnets',
  title: 'Room for the control plane',
  area: 'subnet',
  severity: 'critical',
  inputs: ['cluster', 'subnets'],
  optional: [],
  options: z.object({
    upgradeAddresses: addresses(UPGRADE_ADDRESSES).describe(
      "free addresses that an update of the cluster may take in the cluster's own subnets, in each of two zones",
    ),
    minimumFreePerSubnet: addresses(6).describe(
      "free addresses below which one of the cluster's own subnets is a warning; EKS requires six",
    ),
    recommendedFreePerSubnet: addresses(16).describe(
      "free addresses below which one of the cluster's own subnets is listed; EKS recommends 16, which a /28 never has",
    ),
  }),
  metrics: [],
  docs: {
    question:
      "Can the cluster be updated? EKS puts the control plane's interfaces into the subnets that the cluster was given, takes up to five more of their addresses during an update of its version, and may choose any of them. Where one is missing or full, the update can fail. An IPv6 cluster needs the same IPv4 addresses.",
    verdicts: {
      warning:
        'fewer than two zones in which the subnets of the cluster have `upgradeAddresses` free; or one of the subnets is not in the VPC; or one has fewer than `minimumFreePerSubnet` free',
      critical:
        'EKS reports InsufficientFreeAddresses or Ec2SubnetNotFound; or an update is under way and there is no such room, or a subnet is missing',
      unknown: 'EKS named no subnets of the cluster',
    },
    evidence: {
      subnets: 'the subnets that the cluster was given, those that exist',
      freeBySubnet: '`AvailableIpAddressCount` by subnet',
      zonesWithRoom: 'zones in which these subnets together have `upgradeAddresses` free',
      zones: 'the zone of each subnet',
      free: 'free addresses in all of them together',
      missing: 'subnets that the cluster names and that DescribeSubnets did not show in its VPC',
      belowMinimum: 'subnets with fewer than `minimumFreePerSubnet` free',
      belowRecommended: 'subnets with fewer than `recommendedFreePerSubnet` free',
      healthIssues: 'what `cluster.health` says of addresses and subnets: `code`, `message`, `resourceIds`',
    },
    sources: [
      'Amazon EKS User Guide, "View Amazon EKS networking requirements for VPC and subnets" (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html)',
      'Amazon EKS User Guide, "Update existing cluster to new Kubernetes version" (https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html)',
      'Amazon EKS API Reference, "ClusterIssue" (https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterIssue.html)',
    ],
  },
  remediations: ['update-cluster-subnets'],
  evaluate({ inputs: { cluster, subnets }, target, options }) {
    if (cluster.subnetIds.length === 0) return undecided(target, 'EKS named no subnets of this cluster.');
    const room = controlPlaneRoom(cluster.subnetIds, subnets, {
      upgradeAddresses: options.upgradeAddresses,
      perSubnet: options.minimumFreePerSubnet,
    });
    return { findings: [controlPlaneFinding(target, cluster, room, options)], metrics: [] };
  },
});
