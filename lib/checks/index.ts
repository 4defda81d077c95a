import { check as calicoBgp } from '#lib/checks/calico/calico-bgp.ts';
import { check as calicoBlockFragmentation } from '#lib/checks/calico/calico-block-fragmentation.ts';
import { check as calicoEncapsulation } from '#lib/checks/calico/calico-encapsulation.ts';
import { check as calicoIpam } from '#lib/checks/calico/calico-ipam.ts';
import { check as canaryDns } from '#lib/checks/canary/canary-dns.ts';
import { check as canaryEgress } from '#lib/checks/canary/canary-egress.ts';
import { check as canaryPod } from '#lib/checks/canary/canary-pod.ts';
import { check as canaryPodToPod } from '#lib/checks/canary/canary-pod-to-pod.ts';
import { check as canaryRoutes } from '#lib/checks/canary/canary-routes.ts';
import { check as ciliumAgent } from '#lib/checks/cilium/cilium-agent.ts';
import { check as ciliumIpam } from '#lib/checks/cilium/cilium-ipam.ts';
import { check as clusterAccess } from '#lib/checks/cluster/cluster-access.ts';
import { check as clusterHealth } from '#lib/checks/cluster/cluster-health.ts';
import { check as cniAgents } from '#lib/checks/cni/cni-agents.ts';
import { check as cniConfigFiles } from '#lib/checks/cni/cni-config-files.ts';
import { check as cniConflicts } from '#lib/checks/cni/cni-conflicts.ts';
import { check as cniKernel } from '#lib/checks/cni/cni-kernel.ts';
import { check as cniMemory } from '#lib/checks/cni/cni-memory.ts';
import { check as cniPermissions } from '#lib/checks/cni/cni-permissions.ts';
import { check as cniVersion } from '#lib/checks/cni/cni-version.ts';
import { check as kubeProxy } from '#lib/checks/cni/kube-proxy.ts';
import { check as podSandboxFailures } from '#lib/checks/cni/pod-sandbox-failures.ts';
import { check as podsAwaitingNetwork } from '#lib/checks/cni/pods-awaiting-network.ts';
import { check as coredns } from '#lib/checks/dns/coredns.ts';
import { check as dnsNetworkAcls } from '#lib/checks/dns/dns-network-acls.ts';
import { check as dnsNetworkPolicy } from '#lib/checks/dns/dns-network-policy.ts';
import { check as dnsQuality } from '#lib/checks/dns/dns-quality.ts';
import { check as dnsSecurityGroups } from '#lib/checks/dns/dns-security-groups.ts';
import { check as flannelBackend } from '#lib/checks/flannel/flannel-backend.ts';
import { check as flannelPodCidr } from '#lib/checks/flannel/flannel-pod-cidr.ts';
import { check as branchEniCapacity } from '#lib/checks/node/branch-eni-capacity.ts';
import { check as eniConfig } from '#lib/checks/node/eni-config.ts';
import { check as ipamd } from '#lib/checks/node/ipamd.ts';
import { check as maxPodsMismatch } from '#lib/checks/node/max-pods-mismatch.ts';
import { check as nodeIpCapacity } from '#lib/checks/node/node-ip-capacity.ts';
import { check as nodeReadiness } from '#lib/checks/node/node-readiness.ts';
import { check as prefixDelegation } from '#lib/checks/node/prefix-delegation.ts';
import { check as warmPool } from '#lib/checks/node/warm-pool.ts';
import { check as controlPlaneSubnets } from '#lib/checks/subnet/control-plane-subnets.ts';
import { check as eniQuota } from '#lib/checks/subnet/eni-quota.ts';
import { check as leakedEnis } from '#lib/checks/subnet/leaked-enis.ts';
import { check as nodeLaunchFailures } from '#lib/checks/subnet/node-launch-failures.ts';
import { check as subnetIpExhaustion } from '#lib/checks/subnet/subnet-ip-exhaustion.ts';
import { check as subnetPrefixFragmentation } from '#lib/checks/subnet/subnet-prefix-fragmentation.ts';
import { check as subnetZoneSkew } from '#lib/checks/subnet/subnet-zone-skew.ts';
import { check as surgeHeadroom } from '#lib/checks/subnet/surge-headroom.ts';
import type { Check } from '#lib/model/check.ts';

/** Every check there is, in the order of its areas: one line each. Reports list findings of one verdict in this order. */
export const CHECKS: readonly Check[] = [
  subnetIpExhaustion,
  subnetPrefixFragmentation,
  subnetZoneSkew,
  controlPlaneSubnets,
  leakedEnis,
  nodeLaunchFailures,
  eniQuota,
  surgeHeadroom,
  nodeIpCapacity,
  maxPodsMismatch,
  warmPool,
  prefixDelegation,
  branchEniCapacity,
  eniConfig,
  ipamd,
  nodeReadiness,
  dnsSecurityGroups,
  dnsNetworkAcls,
  dnsNetworkPolicy,
  coredns,
  dnsQuality,
  cniAgents,
  podSandboxFailures,
  podsAwaitingNetwork,
  kubeProxy,
  cniVersion,
  cniConflicts,
  cniMemory,
  cniPermissions,
  cniKernel,
  cniConfigFiles,
  calicoIpam,
  calicoBlockFragmentation,
  ciliumIpam,
  ciliumAgent,
  flannelPodCidr,
  flannelBackend,
  clusterHealth,
  clusterAccess,
  calicoEncapsulation,
  calicoBgp,
  canaryPod,
  canaryPodToPod,
  canaryDns,
  canaryEgress,
  canaryRoutes,
];
