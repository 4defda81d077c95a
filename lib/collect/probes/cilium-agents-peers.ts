import * as z from 'zod';
import { message, present } from '#lib/collect/kubernetes/json.ts';
import { parsedJson } from '#lib/collect/probes/cilium-agents-json.ts';
import type { CiliumPeers, CiliumPeerWay } from '#lib/model/cilium-agent.ts';

/** Peers that are kept by name. */
const MOST_PEERS = 200;

const connectivity = z.object({ status: z.string().nullish() });
const path = z.object({ icmp: connectivity.nullish(), http: connectivity.nullish() });
const addresses = z.object({ 'primary-address': path.nullish() });
const node = z.object({
  name: z.string(),
  host: addresses.nullish(),
  'health-endpoint': addresses.nullish(),
  /** In place of `health-endpoint` until Cilium 1.10, and beside it since. */
  endpoint: path.nullish(),
});

/** The part of HealthStatusResponse that is read. Source: cilium api/v1/health/openapi.yaml. */
const healthStatusResponse = z.object({
  timestamp: z.string().nullish(),
  local: z.object({ name: z.string() }),
  nodes: z.array(node).nullish(),
});

/** What `cilium-health status -o json` printed, reduced; or a clause that says why it is none. */
export function ciliumPeersOf(stdout: string): CiliumPeers | { readonly malformed: string } {
  const response = parsedJson(stdout, healthStatusResponse);
  if ('malformed' in response) return response;
  const { timestamp, local, nodes } = response.parsed;
  // `<cluster>/<node>` where the cluster has a name of its own; a peer of another cluster of the mesh keeps that of its.
  const cluster = local.name.slice(0, local.name.indexOf('/') + 1);
  const peers = (nodes ?? []).filter(({ name }) => name !== local.name).map((one) => toPeer(one, cluster));
  const failing = peers
    .filter(({ node, endpoint }) => Object.keys({ ...node, ...endpoint }).length > 0)
    .map(({ name, node, endpoint }) => ({ name, node, endpoint }));
  return {
    ...present({ probedAt: message(timestamp) }),
    peers: peers.length,
    unprobed: peers.filter(({ probed }) => !probed).length,
    failing: failing.slice(0, MOST_PEERS),
    failingCount: failing.length,
  };
}

/** An empty `status` is one that works. Source: cilium pkg/health/client/client.go. */
function toPeer({ name, host, 'health-endpoint': health, endpoint }: z.infer<typeof node>, cluster: string) {
  const toNode = host?.['primary-address'];
  const toEndpoint = health?.['primary-address'] ?? endpoint;
  const probed = [toNode, toEndpoint].some((way) => way?.icmp != null || way?.http != null);
  return { name: shortened(name, cluster), probed, node: failuresOf(toNode), endpoint: failuresOf(toEndpoint) };
}

function failuresOf(way: z.infer<typeof path> | null | undefined): CiliumPeerWay {
  return present({
    ping: message(way?.icmp?.status || undefined),
    http: message(way?.http?.status || undefined),
  });
}

function shortened(name: string, cluster: string): string {
  return message(name.startsWith(cluster) ? name.slice(cluster.length) : name) ?? '';
}
