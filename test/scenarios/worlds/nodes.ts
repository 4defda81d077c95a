/** Situations of nodes: one function each. */
import type { ClusterSpec, NodegroupSpec, NodeTroubleSpec } from '#lib/sandbox/builder/spec.ts';
import type { World } from '#lib/sandbox/world.ts';
import { GENERAL, shop, ZONES } from './shop.ts';

export const cni = (
  cniEnv: Readonly<Record<string, string>>,
  group: Partial<NodegroupSpec> = {},
  cluster: Partial<ClusterSpec> = {},
) => shop({ cluster: { cniEnv, ...cluster }, group });

const POD_ENI = { ENABLE_POD_ENI: 'true' };
const LEDGER = { securityGroupPolicies: { ledger: ['pods'] } };

/** So many of an m5.large's nine branch interfaces are in use on each node. */
export const branches = (securityGroupPods: number) => cni(POD_ENI, { securityGroupPods }, LEDGER);
/** Pods are to have security groups of their own, on a type that takes no trunk. */
export const typeWithoutTrunk = () => cni(POD_ENI, { instanceType: 't3.large', maxPods: 35 }, LEDGER);
export const policiesAndPodEniOff = () => shop({ cluster: LEDGER });

const PREFIXES = { ENABLE_PREFIX_DELEGATION: 'true' };
export const prefixes = (group: Partial<NodegroupSpec> = {}, cluster: Partial<ClusterSpec> = {}) =>
  cni(PREFIXES, { maxPods: 110, ...group }, cluster);
/** The DaemonSet runs with prefixes, and the add-on's configuration will take them away. */
export const prefixDrift = () => prefixes({}, { addonEnv: { ENABLE_PREFIX_DELEGATION: 'false' } });

const CUSTOM = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true', ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone' };
const POD_SUBNETS = [
  { name: 'pods-a', cidr: '100.64.0.0/22', zone: 'a' },
  { name: 'pods-b', cidr: '100.64.4.0/22', zone: 'b' },
];
/** Custom networking by these ENIConfigs. */
export const customNetworking = (eniConfigs: NonNullable<ClusterSpec['eniConfigs']>) =>
  shop({ subnets: [...ZONES, ...POD_SUBNETS], cluster: { cniEnv: CUSTOM, eniConfigs } });
export const ENI_CONFIGS = {
  'eu-west-1a': { subnet: 'pods-a', securityGroups: ['pods'] },
  'eu-west-1b': { subnet: 'pods-b', securityGroups: ['pods'] },
} as const;

/** Custom networking as it should be. */
export const CUSTOM_NETWORKING = { cniEnv: CUSTOM, eniConfigs: ENI_CONFIGS };

export const trouble = (given: Omit<NodeTroubleSpec, 'node'>) => shop({ cluster: { nodeTroubles: [{ node: 1, ...given }] } });

export const counters = (ipamdCounters: Readonly<Record<string, number>>, group: Partial<NodegroupSpec> = {}) =>
  shop({ cluster: { ipamdCounters }, group });

/** The agents would answer, and the cluster's RBAC lets nobody ask them. */
export function proxyRefused(): World {
  const world = counters({});
  return { ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, forbidden: ['pods/proxy'] })) };
}

/** A node more for another way to run one. */
export const besideGeneral = (group: Partial<NodegroupSpec>, cluster: Partial<ClusterSpec> = {}) =>
  shop({ groups: [GENERAL, { ...GENERAL, name: 'other', count: 1, ...group }], cluster });

export const autoMode = () => shop({ group: { startedBy: 'auto-mode', maxPods: 110 } });
