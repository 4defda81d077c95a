/** Situations of cluster DNS: one function each. */
import type { JsonObject, KubernetesObject, World, WorldCluster } from '#lib/sandbox/world.ts';
import { withCluster } from './cni.ts';
import { shop } from './shop.ts';

/** The quiet shop, with something else about its cluster. */
function shopWith(change: (cluster: WorldCluster) => Partial<WorldCluster>): World {
  const world = shop();
  return { ...world, clusters: world.clusters.map((cluster) => ({ ...cluster, ...change(cluster) })) };
}

/** The quiet shop, with other objects of one kind. */
function shopWithObjects(plural: string, change: (items: readonly KubernetesObject[]) => readonly KubernetesObject[]): World {
  return shopWith(({ kubernetes }) => ({
    kubernetes: kubernetes.map((resource) =>
      resource.plural === plural ? { ...resource, items: change(resource.items) } : resource,
    ),
  }));
}

const part = (of: KubernetesObject, name: string): JsonObject => (of[name] ?? {}) as JsonObject;

/** Replicas that are wanted; two run. */
export const replicas = (wanted: number) =>
  shopWithObjects('deployments', (items) =>
    items.map((item) => ({ ...item, spec: { ...part(item, 'spec'), replicas: wanted } })),
  );

export const noEndpointReady = () =>
  shopWithObjects('endpointslices', (items) =>
    items.map((item) => ({
      ...item,
      endpoints: (item['endpoints'] as readonly JsonObject[]).map((endpoint) => ({ ...endpoint, conditions: { ready: false } })),
    })),
  );

export const corefile = (text: string) =>
  shopWithObjects('configmaps', (items) => items.map((item) => ({ ...item, data: { Corefile: text } })));

export const noConfigMap = () => shopWithObjects('configmaps', () => []);

export const addonStatus = (status: string) =>
  shopWith(({ addons }) => ({ addons: { ...addons, coredns: { ...addons['coredns'], status } } }));

/** Kinds that RBAC refuses. */
export const refused = (...forbidden: readonly string[]) => shopWith(() => ({ forbidden }));

/** NodeLocal DNSCache with no agent on any node yet. */
export const cacheWithoutAgents = () =>
  shopWithObjects('daemonsets', (items) => {
    const labels = { 'k8s-app': 'node-local-dns' };
    const container = { name: 'node-cache', image: 'node-cache:1.26.4', args: ['-localip', '169.254.20.10'] };
    const template = {
      metadata: { labels },
      spec: { hostNetwork: true, tolerations: [{ operator: 'Exists' }], containers: [container] },
    };
    const metadata = { name: 'node-local-dns', namespace: 'kube-system', labels };
    return [
      ...items,
      { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec: { selector: { matchLabels: labels }, template } },
    ];
  });

/** What each CoreDNS pod answers on its port of metrics; the others of the list answer nothing. */
export const counters = (...texts: readonly string[]) => withCounters(shop(), ...texts);

/** The same in any world. */
export const withCounters = (world: World, ...texts: readonly string[]) =>
  withCluster(world, ({ kubernetes, proxied = {} }) => {
    const pods = kubernetes.find(({ plural }) => plural === 'pods')?.items ?? [];
    const coreDns = pods.filter(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-dns');
    const answers = coreDns.flatMap(({ metadata }, at) => {
      const text = texts[at];
      return text === undefined ? [] : [[`kube-system/${metadata.name}:9153/metrics`, text] as const];
    });
    return { proxied: { ...proxied, ...Object.fromEntries(answers) } };
  });

/** As CoreDNS writes it: so many answers, some of them SERVFAIL. */
export const metrics = (answers: number, servfail: number) => `# TYPE coredns_dns_responses_total counter
coredns_build_info{goversion="go1.24.4",revision="",version="1.12.4"} 1
coredns_dns_responses_total{plugin="kubernetes",rcode="NOERROR",server="dns://:53",view="",zone="."} ${answers - servfail}
coredns_dns_responses_total{plugin="",rcode="SERVFAIL",server="dns://:53",view="",zone="."} ${servfail}
coredns_dns_request_duration_seconds_bucket{server="dns://:53",view="",zone=".",le="0.001"} ${answers}
coredns_dns_request_duration_seconds_bucket{server="dns://:53",view="",zone=".",le="8.192"} ${answers}
coredns_dns_request_duration_seconds_bucket{server="dns://:53",view="",zone=".",le="+Inf"} ${answers}
coredns_panics_total 0
process_start_time_seconds 1.7639568e+09
`;
