/** Services, their endpoints and NetworkPolicies of a Snapshot as the API server would give them. */
import type { EndpointSlice, NetworkPolicy, Service } from '#lib/model/kubernetes.ts';
import type { KubernetesObject } from '#lib/sandbox/world.ts';

export function serviceObject({ namespace, name, labels, selector, type, clusterIps, ports }: Service): KubernetesObject {
  return {
    metadata: { namespace, name, labels },
    spec: {
      ...(Object.keys(selector).length === 0 ? {} : { selector }),
      type,
      clusterIP: clusterIps[0],
      clusterIPs: clusterIps,
      ports,
    },
  };
}

export function endpointSliceObject(slice: EndpointSlice): KubernetesObject {
  const { namespace, name, serviceName, addressType, ports, endpoints } = slice;
  return {
    metadata: {
      namespace,
      name,
      ...(serviceName === undefined ? {} : { labels: { 'kubernetes.io/service-name': serviceName } }),
    },
    addressType,
    ports,
    endpoints: endpoints.map(({ ready, target: targetRef, ...endpoint }) => ({
      ...endpoint,
      conditions: { ready },
      ...(targetRef === undefined ? {} : { targetRef }),
    })),
  };
}

export function networkPolicyObject(policy: NetworkPolicy): KubernetesObject {
  const { namespace, name, podSelector, policyTypes, ingress, egress } = policy;
  return {
    metadata: { namespace, name },
    spec: {
      podSelector,
      policyTypes,
      ingress: ingress.map(({ ports, peers }) => ({ ports, from: peers })),
      egress: egress.map(({ ports, peers }) => ({ ports, to: peers })),
    },
  };
}
