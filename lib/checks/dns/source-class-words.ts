import type { DnsEndpoint } from '#lib/network/dns/endpoints.ts';
import type { SourceMode } from '#lib/network/dns/source-classes.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

export const CLASS_NAMES: Readonly<Record<SourceMode, string>> = {
  pod: 'pods',
  'custom-networking': 'pods with custom networking',
  'pod-security-groups-strict': 'pods with security groups of their own (strict)',
  'pod-security-groups-standard': 'pods with security groups of their own (standard)',
  fargate: 'Fargate pods',
  'host-network': 'host-network pods',
  'node-local-dns': 'agents of NodeLocal DNSCache',
  'auto-mode': 'pods on Auto Mode nodes',
};

export const PROTOCOLS: readonly TransportProtocol[] = ['udp', 'tcp'];
/** Enough to recognise them; the counts stand beside. */
export const MOST_LISTED = 10;

export const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export function listed(texts: readonly string[], separator = ', '): string {
  const distinct = [...new Set(texts)];
  const more = distinct.length - MOST_LISTED;
  return distinct.slice(0, MOST_LISTED).join(separator) + (more > 0 ? ` and ${more} more` : '');
}

export function endpointText({ text, ports }: DnsEndpoint, protocol: TransportProtocol): string {
  return `${text.includes(':') ? `[${text}]` : text}:${ports[protocol] ?? '?'}`;
}

interface Way {
  readonly endpoint: DnsEndpoint;
  readonly protocol: TransportProtocol;
}

/** `2 of 3 CoreDNS endpoints over UDP`: those that some pod of the class cannot be sure to reach. */
export function gapOf(problems: readonly Way[], counted: readonly Way[]): string {
  const endpointsOf = (paths: readonly Way[], protocol: TransportProtocol) =>
    new Set(paths.filter((path) => path.protocol === protocol).map(({ endpoint }) => endpoint)).size;
  const gaps = PROTOCOLS.filter((protocol) => endpointsOf(problems, protocol) > 0).map((protocol) => ({
    missed: `${endpointsOf(problems, protocol)} of ${endpointsOf(counted, protocol)} CoreDNS endpoints`,
    over: protocol.toUpperCase(),
  }));
  return [...Map.groupBy(gaps, ({ missed }) => missed)]
    .map(([missed, same]) => `${missed} over ${same.map(({ over }) => over).join(' and ')}`)
    .join(' and ');
}
