import { type JsonObject, object, textMap } from '#lib/collect/kubernetes/json.ts';
import { metadata } from '#lib/collect/kubernetes/metadata.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { ConfigMap, DaemonSet } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import { findCnis } from '#lib/network/cni.ts';

type Place = Pick<ConfigMap, 'namespace' | 'name'>;

/** Those that checks read: cluster DNS and the VPC CNI's. To list them all would be to read what is nobody's business. */
const READ: readonly Place[] = [
  { namespace: 'kube-system', name: 'coredns' },
  { namespace: 'kube-system', name: 'node-local-dns' },
  { namespace: 'kube-system', name: 'amazon-vpc-cni' },
  { namespace: 'kube-system', name: 'kube-proxy-config' },
];

/** What the agent of another CNI is configured by, in the namespace in which the agent runs: read where it runs. */
const OF_AGENTS: readonly { readonly agent: string; readonly name: string }[] = [
  { agent: 'cilium', name: 'cilium-config' },
  { agent: 'flannel', name: 'kube-flannel-cfg' },
];

const NAMES = [...READ, ...OF_AGENTS].map(({ name }) => name).sort();

/** Bytes of an answer: an API server's store takes no object above 1.5 MiB, which JSON may write longer. */
const LIMIT = 4 * 1024 * 1024;
/** Characters of one value: a hundred times what a Corefile has. */
const MOST_VALUE = 64 * 1024;

/** Each by its name. One that was refused is stated, and the others go on. */
export const configMaps = defineCollector({
  key: 'configMaps',
  needs: ['cluster', 'daemonSets'],
  permissions: {
    aws: [],
    kubernetes: [{ apiGroup: '', resources: ['configmaps'], resourceNames: NAMES, verbs: ['get'] }],
  },
  async collect({ kubernetes }, { daemonSets }) {
    const places = [...READ, ...ofAgents(dataOf(daemonSets) ?? [])];
    const settled = await Promise.allSettled(places.map((at) => read(kubernetes, at)));
    const [first] = settled;
    // None of them was read: a failure of the source.
    if (first?.status === 'rejected' && settled.every(({ status }) => status === 'rejected')) throw first.reason;
    return settled.map((result, at) => (result.status === 'fulfilled' ? result.value : unreadMap(places[at], result.reason)));
  },
});

function ofAgents(daemonSets: readonly DaemonSet[]): readonly Place[] {
  const cnis = findCnis(daemonSets);
  return OF_AGENTS.flatMap(({ agent, name }) =>
    cnis.flatMap(({ kind, daemonSet }) => (kind === agent ? { namespace: daemonSet.namespace, name } : [])),
  );
}

async function read(kubernetes: KubernetesReader, { namespace, name }: Place): Promise<ConfigMap> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const found = await kubernetes.get({ path, apiGroup: '', resource: 'configmaps', limit: LIMIT });
  return { namespace, name, ...(found === undefined ? { omitted: [] } : kept(found)) };
}

/** @throws ReadFailure where the answer is no object of an API server */
function kept(found: JsonObject): Pick<ConfigMap, 'data' | 'omitted'> {
  metadata(found);
  const all = Object.entries(textMap(object(found['data'])));
  const short = all.filter(([, value]) => value.length <= MOST_VALUE);
  const long = all.filter(([, value]) => value.length > MOST_VALUE);
  return { data: Object.fromEntries(short), omitted: long.map(([key]) => key) };
}

function unreadMap(at: Place | undefined, reason: unknown): ConfigMap {
  if (at === undefined || !(reason instanceof ReadFailure)) throw reason;
  return { ...at, omitted: [], unread: reason.message };
}
