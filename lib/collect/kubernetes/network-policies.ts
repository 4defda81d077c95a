import { type JsonObject, number, object, objects, present, text, texts } from '#lib/collect/kubernetes/json.ts';
import { metadata, selector } from '#lib/collect/kubernetes/metadata.ts';
import { defineCollector, kubernetesLists } from '#lib/collect/sources.ts';
import type { NetworkPolicy } from '#lib/model/kubernetes.ts';

type Rule = NetworkPolicy['ingress'][number];

export const networkPolicies = defineCollector({
  key: 'networkPolicies',
  needs: ['cluster'],
  permissions: kubernetesLists('networking.k8s.io', 'networkpolicies'),
  collect: ({ kubernetes }) =>
    kubernetes.list(
      { path: '/apis/networking.k8s.io/v1/networkpolicies', apiGroup: 'networking.k8s.io', resource: 'networkpolicies' },
      toNetworkPolicy,
    ),
});

function toNetworkPolicy(item: JsonObject): NetworkPolicy {
  const { namespace, name } = metadata(item);
  const spec = object(item['spec']);
  const egress = objects(spec['egress']);
  const types = texts(spec['policyTypes']);
  return {
    namespace,
    name,
    podSelector: selector(spec['podSelector']) ?? {},
    // The API server's own default. Source: Kubernetes API reference, NetworkPolicySpec.policyTypes.
    policyTypes: types.length > 0 ? types : ['Ingress', ...(egress.length > 0 ? ['Egress'] : [])],
    ingress: objects(spec['ingress']).map((rule) => toRule(rule, 'from')),
    egress: egress.map((rule) => toRule(rule, 'to')),
  };
}

function toRule(rule: JsonObject, peers: 'from' | 'to'): Rule {
  return { ports: objects(rule['ports']).map(toPort), peers: objects(rule[peers]).map(toPeer) };
}

function toPort({ protocol, port, endPort }: JsonObject): Rule['ports'][number] {
  return {
    protocol: text(protocol) ?? 'TCP',
    ...present({ port: number(port) ?? text(port), endPort: number(endPort) }),
  };
}

function toPeer({ podSelector, namespaceSelector, ipBlock }: JsonObject): Rule['peers'][number] {
  const cidr = text(object(ipBlock)['cidr']);
  return present({
    podSelector: selector(podSelector),
    namespaceSelector: selector(namespaceSelector),
    ipBlock: cidr === undefined ? undefined : { cidr, except: texts(object(ipBlock)['except']) },
  });
}
