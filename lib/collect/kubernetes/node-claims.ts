import { conditions } from '#lib/collect/kubernetes/conditions.ts';
import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, object, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { NodeClaim } from '#lib/model/karpenter.ts';

const group = 'karpenter.sh';
const resource = 'nodeclaims';

/** Karpenter's and EKS Auto Mode's nodes, those that never came up too. */
export const nodeClaims = defineCollector({
  key: 'nodeClaims',
  needs: ['cluster'],
  permissions: kubernetesLists(group, resource),
  collect: ({ kubernetes }) => listCustom(kubernetes, { group, resource }, toNodeClaim),
});

function toNodeClaim(item: JsonObject): NodeClaim {
  const { name, labels, createdAt } = metadata(item);
  const status = object(item['status']);
  return {
    name,
    createdAt,
    conditions: conditions(status['conditions']),
    ...present({
      nodePool: labels['karpenter.sh/nodepool'],
      instanceType: labels['node.kubernetes.io/instance-type'],
      zone: labels['topology.kubernetes.io/zone'],
      nodeName: text(status['nodeName']),
      deletedAt: text(object(item['metadata'])['deletionTimestamp']),
    }),
  };
}
