import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, object, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { NodeClass } from '#lib/model/karpenter.ts';

const group = 'eks.amazonaws.com';
const resource = 'nodeclasses';

/** What EKS Auto Mode does to the network of its nodes. Source: Amazon EKS User Guide, "Create a Node Class for Amazon EKS". */
export const nodeClasses = defineCollector({
  key: 'nodeClasses',
  needs: ['cluster'],
  permissions: kubernetesLists(group, resource),
  collect: ({ kubernetes }) => listCustom(kubernetes, { group, resource }, toNodeClass),
});

function toNodeClass(item: JsonObject): NodeClass {
  const spec = object(item['spec']);
  return {
    name: metadata(item).name,
    ...present({
      networkPolicy: text(spec['networkPolicy']),
      snatPolicy: text(spec['snatPolicy']),
      ipv4PrefixSize: text(object(spec['advancedNetworking'])['ipv4PrefixSize']),
    }),
  };
}
