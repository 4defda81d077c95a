import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, object } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { NodePool } from '#lib/model/karpenter.ts';

const group = 'karpenter.sh';
const resource = 'nodepools';

/** How far Karpenter may scale. */
export const nodePools = defineCollector({
  key: 'nodePools',
  needs: ['cluster'],
  permissions: kubernetesLists(group, resource),
  collect: ({ kubernetes }) => listCustom(kubernetes, { group, resource }, toNodePool),
});

/** A quantity is written as a number or as text. */
function toNodePool(item: JsonObject): NodePool {
  const limits = Object.entries(object(object(item['spec'])['limits']));
  return {
    name: metadata(item).name,
    limits: Object.fromEntries(
      limits.flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
      ),
    ),
  };
}
