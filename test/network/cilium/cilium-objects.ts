/** Objects of Cilium for tests. */
import type { ConfigMap, CustomResource, DaemonSet } from '#lib/model/kubernetes.ts';
import { aDaemonSet } from '#test/scenarios/slices.ts';

export function aCiliumNode(name: string, ipam: object, status: object = {}, spec: object = {}): CustomResource {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', name, labels: {}, spec: { ipam, ...spec }, status };
}

export function aPodIpPool(name: string, cidrs: readonly string[], maskSize: number): CustomResource {
  return { apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumPodIPPool', name, labels: {}, spec: { ipv4: { cidrs, maskSize } } };
}

/** So many addresses, as the keys of a map. */
export const addresses = (count: number): Readonly<Record<string, object>> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`10.0.1.${at}`, {}]));

export const ciliumConfigMap = (data: Readonly<Record<string, string>>): ConfigMap => ({
  namespace: 'kube-system',
  name: 'cilium-config',
  data: { ...data },
  omitted: [],
});

export const ciliumAgent = (over: Partial<DaemonSet> = {}): DaemonSet =>
  aDaemonSet({
    name: 'cilium',
    labels: { 'k8s-app': 'cilium' },
    selector: { matchLabels: { 'k8s-app': 'cilium' } },
    containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.20.2', init: false, env: {}, args: [] }],
    ...over,
  });
