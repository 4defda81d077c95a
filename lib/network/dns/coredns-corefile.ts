import type { ConfigMap } from '#lib/model/kubernetes.ts';
import { type CorefileReading, readCorefile, type ServerBlock } from '#lib/network/dns/corefile.ts';
import { pluginsOf, servedZones, upstreamsOf } from '#lib/network/dns/corefile-servers.ts';

/** What is wrong with a Corefile that CoreDNS can read. */
export type CorefileFault =
  /** Names of the cluster do not resolve. */
  | { readonly kind: 'no-kubernetes' }
  /** Names outside of it do not. */
  | { readonly kind: 'no-forward' }
  /** Nobody answers other names at all on the port that the Service sends to. */
  | { readonly kind: 'no-server-on-port'; readonly port: number }
  /** Queries come back to CoreDNS itself. */
  | { readonly kind: 'forwards-to-itself'; readonly zone: string; readonly to: string };

/** The Corefile of CoreDNS, as far as it is known. */
export type CoreDnsCorefile =
  | {
      readonly state: 'read';
      readonly faults: readonly CorefileFault[];
      /** Of the plugin kubernetes: `cluster.local`. */
      readonly clusterDomains: readonly string[];
      readonly forwards: readonly string[];
      readonly plugins: { readonly cache: boolean; readonly loop: boolean; readonly reload: boolean };
      /** Files that it imports, which may hold what is missing. */
      readonly imports: readonly string[];
    }
  | { readonly state: 'broken'; readonly line: number; readonly reason: string }
  /** There is no ConfigMap, or it has no Corefile. */
  | { readonly state: 'missing'; readonly reason: string }
  | { readonly state: 'unread'; readonly reason: string };

export interface CorefileContext {
  /** Addresses of the Service kube-dns; empty where it was not read. */
  readonly serviceIps: readonly string[];
  /** The port that the Service sends to. */
  readonly port: number;
  /** The port of servers that name none; 53 unless said. */
  readonly defaultPort?: number | undefined;
  /** Whether /etc/resolv.conf of the CoreDNS pods names cluster DNS itself (dnsPolicy ClusterFirst). */
  readonly asksItself: boolean;
}

/** Plugins that send other names on. Source: CoreDNS manual, "Plugins"; unbound is an external one. */
const RESOLVERS = ['forward', 'proxy', 'grpc', 'unbound'];

/** @param configMap undefined where nobody asked for it, as in a Snapshot of an older version */
export function coreDnsCorefile(configMap: ConfigMap | undefined, context: CorefileContext): CoreDnsCorefile {
  const found = corefileText(configMap);
  if (typeof found !== 'string') return found;
  const reading = readCorefile(found);
  if (reading.kind === 'broken') return { state: 'broken', line: reading.line, reason: reading.reason };
  const { blocks, imports } = reading;
  const has = (name: string) => pluginsOf(blocks, name).length > 0;
  return {
    state: 'read',
    faults: [...missingParts(reading, context), ...ownForwards(blocks, context)],
    clusterDomains: clusterDomains(blocks),
    forwards: [...new Set(pluginsOf(blocks, 'forward').flatMap(({ args }) => args.slice(1)))],
    plugins: { cache: has('cache'), loop: has('loop'), reload: has('reload') },
    imports,
  };
}

/** The Corefile, or why there is none to read. */
export function corefileText(configMap: ConfigMap | undefined): string | Extract<CoreDnsCorefile, { reason: string }> {
  if (configMap === undefined) return { state: 'unread', reason: 'it was not asked for' };
  const { namespace, name, data, omitted, unread } = configMap;
  const id = `${namespace}/${name}`;
  if (unread !== undefined) return { state: 'unread', reason: unread };
  if (data === undefined) return { state: 'missing', reason: `there is no ConfigMap ${id}` };
  if (omitted.includes('Corefile')) return { state: 'unread', reason: `the Corefile of ${id} is longer than what is read` };
  const text = data['Corefile'];
  return text === undefined ? { state: 'missing', reason: `the ConfigMap ${id} has no Corefile` } : text;
}

/** What an imported file says is not known, so that nothing is missing for sure then. */
function missingParts(
  { blocks, imports }: Extract<CorefileReading, { kind: 'read' }>,
  { port, defaultPort }: CorefileContext,
): readonly CorefileFault[] {
  if (imports.length > 0) return [];
  const onPort = blocks.filter((block) =>
    servedZones(block, defaultPort).some((zone) => zone.port === port && zone.scheme === undefined),
  );
  if (onPort.length === 0) return [{ kind: 'no-server-on-port', port }];
  return [
    ...(pluginsOf(onPort, 'kubernetes').length === 0 ? [{ kind: 'no-kubernetes' } as const] : []),
    ...(pluginsOf(onPort, ...RESOLVERS).length === 0 ? [{ kind: 'no-forward' } as const] : []),
  ];
}

/** Without zones of its own the plugin takes those of its server. */
function clusterDomains(blocks: readonly ServerBlock[]): readonly string[] {
  const zones = blocks.flatMap((block) =>
    pluginsOf([block], 'kubernetes').flatMap(({ args }) => (args.length > 0 ? args : servedZones(block).map(({ zone }) => zone))),
  );
  return [...new Set(zones.map((zone) => zone.replace(/(.)\.$/, '$1')).filter((zone) => !/\.arpa$|\/\d+$/.test(zone)))];
}

const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** A forward to an address of its own that ends at the server which sent it. To another server of the same process is legal. */
function ownForwards(
  blocks: readonly ServerBlock[],
  { serviceIps, port, defaultPort, asksItself }: CorefileContext,
): readonly CorefileFault[] {
  return blocks.flatMap((block) => {
    const zones = servedZones(block, defaultPort).filter(({ scheme }) => scheme === undefined);
    const returns = (address: string, to: number): boolean => {
      // The Service's port 53 leads to the port of the pods.
      if (serviceIps.includes(address)) return to === 53 && zones.some((zone) => zone.port === port);
      if (address === '/etc/resolv.conf') return asksItself && zones.some((zone) => zone.port === port);
      return LOOPBACK.test(address) && zones.some((zone) => zone.port === to);
    };
    return pluginsOf([block], 'forward').flatMap((forward) =>
      upstreamsOf(forward)
        .filter((upstream) => returns(upstream.address, upstream.port))
        .map(({ address }): CorefileFault => ({ kind: 'forwards-to-itself', zone: forward.args[0] ?? '.', to: address })),
    );
  });
}
