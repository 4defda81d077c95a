import { randomBytes } from 'node:crypto';
import { requireAlone } from '#lib/collect/probes/canary-alone.ts';
import { planCanary } from '#lib/collect/probes/canary-place.ts';
import { runCanary } from '#lib/collect/probes/canary-run.ts';
import { defineCollector } from '#lib/collect/sources.ts';
import type { EndpointSlice, Service } from '#lib/model/kubernetes.ts';
import { dataOf } from '#lib/model/slice.ts';
import { takeTurns } from '#lib/network/take-turns.ts';

/** Where the manifest of docs/permissions.md lets it. */
const NAMESPACE = 'cniwatch-canary';
/** CoreDNS pods that a client asks one by one. */
const MOST_COREDNS = 4;

/** Pods of our own that tell what a new pod meets. After the lists, so that these do not hold them. */
export const canary = defineCollector({
  key: 'canary',
  needs: ['cluster', 'nodes', 'pods', 'events', 'services', 'endpointSlices'],
  optIn: true,
  permissions: {
    aws: [],
    kubernetes: [
      { apiGroup: '', resources: ['pods'], verbs: ['create', 'get', 'list', 'delete'], namespace: NAMESPACE },
      { apiGroup: '', resources: ['services'], verbs: ['create', 'list', 'delete'], namespace: NAMESPACE },
      { apiGroup: '', resources: ['pods/log'], verbs: ['get'], namespace: NAMESPACE },
    ],
  },
  async collect(sources, slices) {
    const { canary: settings } = sources.settings;
    const turn = Math.floor(sources.now().getTime() / 60_000);
    const nodes = dataOf(slices.nodes);
    const kubeDns = dataOf(slices.services)?.find(({ namespace, name }) => namespace === 'kube-system' && name === 'kube-dns');
    const family = dataOf(slices.cluster)?.ipFamily ?? (kubeDns?.clusterIps[0]?.includes(':') ? 'ipv6' : 'ipv4');
    const ipFamily = family === 'ipv6' ? 'ipv6' : 'ipv4';
    const lifetime = 2 * settings.timeoutSeconds + 60;
    await requireAlone(sources, { namespace: settings.namespace, lifetime });
    const seen = await runCanary(sources, {
      run: { id: randomBytes(5).toString('hex'), settings, lifetime: Math.ceil(lifetime) },
      plan: planCanary(settings, nodes, turn),
      nodes: nodes ?? [],
      questions: {
        queryType: ipFamily === 'ipv6' ? 'aaaa' : 'a',
        names: settings.dns,
        servers: dnsServers(kubeDns, dataOf(slices.endpointSlices) ?? [], turn),
        egress: settings.egress,
      },
    });
    const { image, mode, timeoutSeconds, egress } = settings;
    return { image, mode, timeoutSeconds, ipFamily, egress: [...egress], ...seen };
  },
});

/** kube-dns as its Service, and some of the pods behind it. */
function dnsServers(kubeDns: Service | undefined, slices: readonly EndpointSlice[], turn: number): readonly string[] {
  const behind = slices
    .filter(({ namespace, serviceName }) => namespace === 'kube-system' && serviceName === 'kube-dns')
    .flatMap(({ ports, endpoints }) => {
      const port = ports.find(({ protocol }) => protocol === 'UDP')?.port ?? 53;
      return endpoints.filter(({ ready }) => ready).flatMap(({ addresses }) => addresses.slice(0, 1).map((one) => at(one, port)));
    });
  const asked = takeTurns(behind.toSorted(), MOST_COREDNS, turn);
  return [...(kubeDns?.clusterIps ?? []).map((one) => `service=${one}`), ...asked.map((one) => `coredns=${one}`)];
}

function at(address: string, port: number): string {
  if (port === 53) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
