import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, object, objects, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { CniNode } from '#lib/model/kubernetes.ts';

const group = 'vpcresources.k8s.aws';
const resource = 'cninodes';

/** What the VPC CNI and the VPC resource controller agree on per node. */
export const cniNodes = defineCollector({
  key: 'cniNodes',
  needs: ['cluster'],
  permissions: kubernetesLists(group, resource),
  collect: ({ kubernetes }) => listCustom(kubernetes, { group, resource }, toCniNode),
});

function toCniNode(item: JsonObject): CniNode {
  const features = objects(object(item['spec'])['features']).flatMap(({ name, value }) => {
    const feature = text(name);
    return feature === undefined ? [] : [{ name: feature, ...present({ value: text(value) }) }];
  });
  return { name: metadata(item).name, features };
}
