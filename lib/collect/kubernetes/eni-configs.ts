import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, object, text, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { EniConfig } from '#lib/model/kubernetes.ts';

const group = 'crd.k8s.amazonaws.com';
const resource = 'eniconfigs';

/** The VPC CNI's custom networking. */
export const eniConfigs = defineCollector({
  key: 'eniConfigs',
  needs: ['cluster'],
  permissions: kubernetesLists(group, resource),
  collect: ({ kubernetes }) => listCustom(kubernetes, { group, resource }, toEniConfig),
});

function toEniConfig(item: JsonObject): EniConfig {
  const spec = object(item['spec']);
  return { name: metadata(item).name, subnet: text(spec['subnet']) ?? '', securityGroups: texts(spec['securityGroups']) };
}
