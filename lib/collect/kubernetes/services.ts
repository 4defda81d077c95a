import { type JsonObject, number, object, objects, present, text, textMap, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { Service } from '#lib/model/kubernetes.ts';

/** Of kube-system, where cluster DNS lives. */
export const services = defineCollector({
  key: 'services',
  needs: ['cluster'],
  permissions: kubernetesLists('', 'services'),
  collect: ({ kubernetes }) =>
    kubernetes.list({ path: '/api/v1/namespaces/kube-system/services', apiGroup: '', resource: 'services' }, toService),
});

function toService(item: JsonObject): Service {
  const { namespace, name, labels } = metadata(item);
  const spec = object(item['spec']);
  const several = texts(spec['clusterIPs']);
  const one = text(spec['clusterIP']);
  return {
    namespace,
    name,
    labels,
    selector: textMap(spec['selector']),
    type: text(spec['type']) ?? 'ClusterIP',
    clusterIps: several.length > 0 || !one ? several : [one],
    ports: objects(spec['ports']).flatMap(toPort),
  };
}

function toPort(value: JsonObject): Service['ports'] {
  const port = number(value['port']);
  if (port === undefined) return [];
  const targetPort = number(value['targetPort']) ?? text(value['targetPort']);
  return [{ port, protocol: text(value['protocol']) ?? 'TCP', ...present({ name: text(value['name']), targetPort }) }];
}
