import { listCustom } from '#lib/collect/kubernetes/custom-list.ts';
import { type JsonObject, present, text } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import { ABSENT } from '#lib/model/collector.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';

const CALICO = [
  { resource: 'ippools', kind: 'IPPool' },
  { resource: 'ipamblocks', kind: 'IPAMBlock' },
  { resource: 'blockaffinities', kind: 'BlockAffinity' },
  { resource: 'bgppeers', kind: 'BGPPeer' },
  { resource: 'bgpconfigurations', kind: 'BGPConfiguration' },
  { resource: 'felixconfigurations', kind: 'FelixConfiguration' },
] as const;

/**
 * The kinds that the checks of Cilium and Calico read, each with the groups that may serve it, the likelier first. Calico's aggregated
 * API server shows the same objects under a second group; one list of them is enough.
 */
const KINDS: readonly { groups: readonly string[]; resource: string; kind: string }[] = [
  { groups: ['cilium.io'], resource: 'ciliumnodes', kind: 'CiliumNode' },
  { groups: ['cilium.io'], resource: 'ciliumpodippools', kind: 'CiliumPodIPPool' },
  ...CALICO.map((kind) => ({ groups: ['crd.projectcalico.org', 'projectcalico.org'], ...kind })),
];

export const cniResources = defineCollector({
  key: 'cniResources',
  needs: ['cluster'],
  permissions: {
    aws: [],
    kubernetes: ['cilium.io', 'crd.projectcalico.org', 'projectcalico.org'].map((apiGroup) => ({
      apiGroup,
      resources: KINDS.filter(({ groups }) => groups.includes(apiGroup)).map(({ resource }) => resource),
      verbs: ['list'] as const,
    })),
  },
  async collect({ kubernetes }) {
    const lists = await Promise.all(KINDS.map((kind) => listFirstServed(kubernetes, kind)));
    const served = lists.filter((list) => list !== ABSENT);
    return served.length === 0 ? ABSENT : served.flat();
  },
});

async function listFirstServed(kubernetes: KubernetesReader, { groups, resource, kind }: (typeof KINDS)[number]) {
  for (const group of groups) {
    const list = await listCustom(kubernetes, { group, resource }, (item, version) =>
      toCustomResource(item, `${group}/${version}`, kind),
    );
    if (list !== ABSENT) return list;
  }
  return ABSENT;
}

/** Lists of built-in API servers leave `apiVersion` and `kind` out of their elements. */
function toCustomResource(item: JsonObject, apiVersion: string, kind: string): CustomResource {
  const { namespace, name, labels } = metadata(item);
  return {
    apiVersion: text(item['apiVersion']) ?? apiVersion,
    kind: text(item['kind']) ?? kind,
    name,
    labels,
    spec: item['spec'],
    status: item['status'],
    ...present({ namespace: namespace || undefined }),
  };
}
