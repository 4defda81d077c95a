import { addons } from '#lib/collect/aws/addons.ts';
import { cluster } from '#lib/collect/aws/cluster.ts';
import { insights } from '#lib/collect/aws/insights.ts';
import { instanceTypes } from '#lib/collect/aws/instance-types.ts';
import { instances } from '#lib/collect/aws/instances.ts';
import { networkAcls } from '#lib/collect/aws/network-acls.ts';
import { networkInterfaces } from '#lib/collect/aws/network-interfaces.ts';
import { nodegroups } from '#lib/collect/aws/nodegroups.ts';
import { prefixLists } from '#lib/collect/aws/prefix-lists.ts';
import { scalingActivities } from '#lib/collect/aws/scaling-activities.ts';
import { securityGroupRules } from '#lib/collect/aws/security-group-rules.ts';
import { securityGroups } from '#lib/collect/aws/security-groups.ts';
import { serviceQuotas } from '#lib/collect/aws/service-quotas.ts';
import { subnetCidrReservations } from '#lib/collect/aws/subnet-cidr-reservations.ts';
import { subnets } from '#lib/collect/aws/subnets.ts';
import { vpc } from '#lib/collect/aws/vpc.ts';
import { accessReviews } from '#lib/collect/kubernetes/access-reviews.ts';
import { calicoNodeStatus } from '#lib/collect/kubernetes/calico-node-status.ts';
import { cniNodes } from '#lib/collect/kubernetes/cni-nodes.ts';
import { cniResources } from '#lib/collect/kubernetes/cni-resources.ts';
import { configMaps } from '#lib/collect/kubernetes/config-maps.ts';
import { daemonSets } from '#lib/collect/kubernetes/daemon-sets.ts';
import { deployments } from '#lib/collect/kubernetes/deployments.ts';
import { dnsMetrics } from '#lib/collect/kubernetes/dns-metrics.ts';
import { endpointSlices } from '#lib/collect/kubernetes/endpoint-slices.ts';
import { eniConfigs } from '#lib/collect/kubernetes/eni-configs.ts';
import { events } from '#lib/collect/kubernetes/events.ts';
import { ipamd } from '#lib/collect/kubernetes/ipamd.ts';
import { namespaces } from '#lib/collect/kubernetes/namespaces.ts';
import { networkPolicies } from '#lib/collect/kubernetes/network-policies.ts';
import { nodeClaims } from '#lib/collect/kubernetes/node-claims.ts';
import { nodeClasses } from '#lib/collect/kubernetes/node-classes.ts';
import { nodePools } from '#lib/collect/kubernetes/node-pools.ts';
import { nodes } from '#lib/collect/kubernetes/nodes.ts';
import { podMetrics } from '#lib/collect/kubernetes/pod-metrics.ts';
import { pods } from '#lib/collect/kubernetes/pods.ts';
import { policyResources } from '#lib/collect/kubernetes/policy-resources.ts';
import { securityGroupPolicies } from '#lib/collect/kubernetes/security-group-policies.ts';
import { services } from '#lib/collect/kubernetes/services.ts';
import { canary } from '#lib/collect/probes/canary.ts';
import { ciliumAgents } from '#lib/collect/probes/cilium-agents.ts';
import { nodeProbes } from '#lib/collect/probes/node-probes.ts';
import type { Sources } from '#lib/collect/sources.ts';
import type { Collector } from '#lib/model/collector.ts';
import type { SliceKey } from '#lib/model/snapshot.ts';

/** One collector a slice. Their order does not matter: each starts when what it needs has settled. */
export const COLLECTORS: { readonly [Key in SliceKey]: Collector<Sources, Key> } = {
  cluster,
  nodegroups,
  addons,
  insights,
  vpc,
  subnets,
  networkInterfaces,
  instances,
  instanceTypes,
  securityGroups,
  securityGroupRules,
  networkAcls,
  subnetCidrReservations,
  prefixLists,
  serviceQuotas,
  scalingActivities,
  nodes,
  pods,
  events,
  daemonSets,
  deployments,
  configMaps,
  services,
  endpointSlices,
  namespaces,
  networkPolicies,
  eniConfigs,
  cniNodes,
  securityGroupPolicies,
  cniResources,
  policyResources,
  podMetrics,
  nodeClaims,
  nodePools,
  nodeClasses,
  ipamd,
  dnsMetrics,
  ciliumAgents,
  accessReviews,
  calicoNodeStatus,
  nodeProbes,
  canary,
};
