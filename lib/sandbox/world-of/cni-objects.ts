/** Objects of the CNI, of Karpenter and of Auto Mode in a Snapshot as the API server would give them. */
import type { NodeClaim, NodeClass, NodePool } from '#lib/model/karpenter.ts';
import type { CniNode, ConfigMap, EniConfig, SecurityGroupPolicy } from '#lib/model/kubernetes.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';

export function eniConfigObject({ name, ...spec }: EniConfig): KubernetesObject {
  return { metadata: { name }, spec };
}

export function cniNodeObject({ name, ...spec }: CniNode): KubernetesObject {
  return { metadata: { name }, spec };
}

export function securityGroupPolicyObject({ namespace, name, groupIds, ...selectors }: SecurityGroupPolicy): KubernetesObject {
  return { metadata: { namespace, name }, spec: { ...selectors, securityGroups: { groupIds } } };
}

/** Those that the cluster has; of a value that was too long only the key is known, and it is left out. */
export function configMapObjects(configMaps: readonly ConfigMap[]): readonly KubernetesObject[] {
  return configMaps.flatMap(({ namespace, name, data }) => (data === undefined ? [] : [{ metadata: { namespace, name }, data }]));
}

export function nodeClaimObject(claim: NodeClaim): KubernetesObject {
  const { name, nodePool, instanceType, zone, nodeName, conditions, createdAt, deletedAt } = claim;
  return {
    metadata: {
      name,
      labels: {
        ...(nodePool === undefined ? {} : { 'karpenter.sh/nodepool': nodePool }),
        ...(instanceType === undefined ? {} : { 'node.kubernetes.io/instance-type': instanceType }),
        ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
      },
      creationTimestamp: createdAt,
      ...(deletedAt === undefined ? {} : { deletionTimestamp: deletedAt }),
    },
    status: { nodeName, conditions },
  };
}

export function nodePoolObject({ name, limits }: NodePool): KubernetesObject {
  return { metadata: { name }, spec: { limits } };
}

export function nodeClassObject({ name, networkPolicy, snatPolicy, ipv4PrefixSize }: NodeClass): KubernetesObject {
  return { metadata: { name }, spec: { networkPolicy, snatPolicy, advancedNetworking: { ipv4PrefixSize } } };
}
