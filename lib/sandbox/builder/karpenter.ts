import { ago } from '#lib/sandbox/builder/ago.ts';
import type { ClusterNode } from '#lib/sandbox/builder/cluster.ts';
import { uid } from '#lib/sandbox/builder/ids.ts';
import { condition } from '#lib/sandbox/builder/objects.ts';
import type { ClusterSpec, WorldSpec } from '#lib/sandbox/builder/spec.ts';
import { nodeClaimName } from '#lib/sandbox/builder/starter.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';

/** Of each node that Karpenter or Auto Mode started, and of those that it could not. Source: Karpenter documentation, "NodeClaims". */
export function nodeClaimObjects(
  { now }: WorldSpec,
  { failedClaims = [] }: ClusterSpec,
  nodes: readonly ClusterNode[],
): KubernetesObject[] {
  const running = nodes
    .filter(({ group: { startedBy } }) => startedBy === 'karpenter' || startedBy === 'auto-mode')
    .map((node) => {
      const since = node.instance.launchTime ?? ago(now, 0);
      return claim(nodeClaimName(node.group.name, node.at), since, {
        labels: {
          'karpenter.sh/nodepool': node.group.name,
          'node.kubernetes.io/instance-type': node.type.instanceType,
          'topology.kubernetes.io/zone': node.zone,
        },
        status: {
          nodeName: node.name,
          providerID: `aws:///${node.zone}/${node.instance.instanceId}`,
          conditions: ['Launched', 'Registered', 'Initialized', 'Ready'].map((type) => condition(type, 'True', since, type)),
        },
      });
    });
  const failed = failedClaims.map(({ nodePool, reason, message }, at) => {
    const since = ago(now, 10 * 60);
    return claim(nodeClaimName(nodePool, 10_000 + at), since, {
      labels: { 'karpenter.sh/nodepool': nodePool },
      status: {
        conditions: [
          condition('Launched', 'Unknown', since, reason, message),
          condition('Ready', 'Unknown', since, 'ReconcilingDependents', 'object is awaiting reconciliation'),
        ],
      },
    });
  });
  return [...running, ...failed];
}

function claim(
  name: string,
  creationTimestamp: string,
  { labels, status }: { labels: Readonly<Record<string, string>>; status: object },
): KubernetesObject {
  return {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodeClaim',
    metadata: { name, uid: uid('NodeClaim', name), creationTimestamp, labels },
    spec: { nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' } },
    status,
  };
}

export function nodePoolObjects({ now }: WorldSpec, { nodePools = {} }: ClusterSpec): KubernetesObject[] {
  return Object.entries(nodePools).map(([name, limits]) => ({
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name, uid: uid('NodePool', name), creationTimestamp: ago(now, 60 * 24 * 3600) },
    spec: { limits, template: { spec: {} } },
  }));
}

/** Served where Auto Mode is. Source: Amazon EKS User Guide, "Create a Node Class for Amazon EKS". */
export function nodeClassObjects({ now }: WorldSpec, { nodeClasses = { default: {} } }: ClusterSpec): KubernetesObject[] {
  return Object.entries(nodeClasses).map(([name, spec]) => ({
    apiVersion: 'eks.amazonaws.com/v1',
    kind: 'NodeClass',
    metadata: { name, uid: uid('NodeClass', name), creationTimestamp: ago(now, 60 * 24 * 3600) },
    spec,
  }));
}
