import type { Questions } from '#lib/collect/probes/canary-pods.ts';
import type { CanarySettings } from '#lib/model/canary-settings.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { takeTurns } from '#lib/network/take-turns.ts';

/** CoreDNS pods that a client asks one by one. */
const MOST_COREDNS = 4;

export interface Asked extends Omit<Questions, 'peers'> {
  readonly ipFamily: 'ipv4' | 'ipv6';
}

/** What clients are to try, as far as the cluster tells whom to ask: its IP family, kube-dns and some of the pods behind it. */
export function canaryQuestions(
  { dns, egress }: Pick<CanarySettings, 'dns' | 'egress'>,
  { cluster, services, endpointSlices }: Pick<Slices, 'cluster' | 'services' | 'endpointSlices'>,
  turn: number,
): Asked {
  const kubeDns = dataOf(services)?.find(({ namespace, name }) => namespace === 'kube-system' && name === 'kube-dns');
  const addresses = kubeDns?.clusterIps ?? [];
  const told = dataOf(cluster)?.ipFamily ?? (addresses[0]?.includes(':') ? 'ipv6' : 'ipv4');
  const ipFamily = told === 'ipv6' ? 'ipv6' : 'ipv4';
  const behind = (dataOf(endpointSlices) ?? [])
    .filter(({ namespace, serviceName }) => namespace === 'kube-system' && serviceName === 'kube-dns')
    .flatMap(({ ports, endpoints }) => {
      const port = ports.find(({ protocol }) => protocol === 'UDP')?.port ?? 53;
      return endpoints.filter(({ ready }) => ready).flatMap(({ addresses: [first] }) => (first ? [at(first, port)] : []));
    });
  const pods = takeTurns(behind.toSorted(), MOST_COREDNS, turn);
  return {
    ipFamily,
    queryType: ipFamily === 'ipv6' ? 'aaaa' : 'a',
    names: dns,
    servers: [...addresses.map((one) => `service=${one}`), ...pods.map((one) => `coredns=${one}`)],
    egress,
  };
}

function at(address: string, port: number): string {
  if (port === 53) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
