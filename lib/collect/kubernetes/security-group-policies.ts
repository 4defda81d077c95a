import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, object, present, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata, selector } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { SecurityGroupPolicy } from '#lib/model/kubernetes.ts';

const group = 'vpcresources.k8s.aws';
const resource = 'securitygrouppolicies';

/** Security groups for pods. */
export const securityGroupPolicies = defineCollector({
  key: 'securityGroupPolicies',
  needs: ['cluster'],
  permissions: kubernetesLists(group, resource),
  collect: ({ kubernetes }) => listCustom(kubernetes, { group, resource }, toPolicy),
});

function toPolicy(item: JsonObject): SecurityGroupPolicy {
  const { namespace, name } = metadata(item);
  const spec = object(item['spec']);
  return {
    namespace,
    name,
    groupIds: texts(object(spec['securityGroups'])['groupIds']),
    ...present({
      podSelector: selector(spec['podSelector']),
      serviceAccountSelector: selector(spec['serviceAccountSelector']),
    }),
  };
}
