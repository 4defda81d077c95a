import type { DaemonSet, EndpointSlice, Pod, Service } from '#lib/model/kubernetes.ts';
import { type Address, parseAddress } from '#lib/network/address.ts';
import { dnsTargets } from '#lib/network/dns/endpoints.ts';
import type { PolicyEnd } from '#lib/network/policy/ends.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

/** A ready CoreDNS pod, as policies see it. */
export interface DnsServer {
  readonly end: PolicyEnd;
  readonly ports: Readonly<Partial<Record<TransportProtocol, number>>>;
}

export interface DnsServers {
  /** One a pod. */
  readonly ready: readonly DnsServer[];
  /** Addresses of the Service kube-dns; undefined where Services were not read. */
  readonly serviceAddresses: readonly Address[] | undefined;
  /** Where NodeLocal DNSCache listens beside that. */
  readonly cacheAddresses: readonly Address[];
}

/** Proposed by its manifest. Source: Kubernetes documentation, "Using NodeLocal DNSCache in Kubernetes Clusters". */
const CACHE_ADDRESS = '169.254.20.10';

export function dnsServers(
  endpointSlices: readonly EndpointSlice[],
  {
    pods,
    services,
    daemonSets,
  }: { pods: readonly Pod[]; services: readonly Service[] | undefined; daemonSets: readonly DaemonSet[] },
): DnsServers {
  const ready = (dnsTargets(endpointSlices, pods) ?? []).flatMap(({ ready: isReady, pod, addresses: [text = ''], ports }) => {
    const end = pod === undefined ? addressEnd(text) : ({ kind: 'pod', pod } as const);
    return isReady && end !== undefined ? [{ key: pod ?? text, end, ports }] : [];
  });
  const service = services?.find(({ namespace, name }) => namespace === 'kube-system' && name === 'kube-dns');
  return {
    // A pod with two address families stands in two slices, and policies look at the pod.
    ready: [...new Map(ready.map(({ key, ...server }) => [key, server])).values()],
    serviceAddresses: services && addresses(service?.clusterIps ?? []),
    cacheAddresses: addresses(linkLocal(daemonSets)),
  };
}

const addresses = (texts: readonly string[]): readonly Address[] => texts.flatMap((text) => parseAddress(text) ?? []);

function addressEnd(text: string): PolicyEnd | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : { kind: 'address', address };
}

function linkLocal(daemonSets: readonly DaemonSet[]): readonly string[] {
  const agents = daemonSets.filter(({ labels, selector }) =>
    [labels, selector.matchLabels].some((found) => found?.['k8s-app'] === 'node-local-dns'),
  );
  const args = agents.flatMap(({ containers }) => containers.flatMap((container) => container.args)).join(' ');
  return args.match(/\b169\.254\.\d+\.\d+\b/g) ?? [CACHE_ADDRESS];
}
