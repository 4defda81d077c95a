import { type JsonObject, number, object, objects, present, text, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { EndpointSlice } from '#lib/model/kubernetes.ts';

/** Of kube-system, where cluster DNS lives. */
export const endpointSlices = defineCollector({
  key: 'endpointSlices',
  needs: ['cluster'],
  permissions: kubernetesLists('discovery.k8s.io', 'endpointslices'),
  collect: ({ kubernetes }) =>
    kubernetes.list(
      {
        path: '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices',
        apiGroup: 'discovery.k8s.io',
        resource: 'endpointslices',
      },
      toEndpointSlice,
    ),
});

function toEndpointSlice(item: JsonObject): EndpointSlice {
  const { namespace, name, labels } = metadata(item);
  return {
    namespace,
    name,
    addressType: text(item['addressType']) ?? '',
    ports: objects(item['ports']).flatMap(toPort),
    endpoints: objects(item['endpoints']).map(toEndpoint),
    ...present({ serviceName: labels['kubernetes.io/service-name'] }),
  };
}

function toPort({ name, protocol, port }: JsonObject): EndpointSlice['ports'] {
  const number_ = number(port);
  if (number_ === undefined) return [];
  return [{ port: number_, protocol: text(protocol) ?? 'TCP', ...present({ name: text(name) }) }];
}

function toEndpoint(endpoint: JsonObject): EndpointSlice['endpoints'][number] {
  return {
    addresses: texts(endpoint['addresses']),
    // Unset means ready. Source: Kubernetes API reference, EndpointConditions.
    ready: object(endpoint['conditions'])['ready'] !== false,
    ...present({ nodeName: text(endpoint['nodeName']), zone: text(endpoint['zone']), target: target(endpoint) }),
  };
}

function target(endpoint: JsonObject): EndpointSlice['endpoints'][number]['target'] {
  const { kind, name, namespace } = object(endpoint['targetRef']);
  const kindText = text(kind);
  const nameText = text(name);
  if (kindText === undefined || nameText === undefined) return undefined;
  return { kind: kindText, name: nameText, ...present({ namespace: text(namespace) }) };
}
