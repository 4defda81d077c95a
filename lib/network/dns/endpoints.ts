import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { EndpointSlice, Node, Pod } from '#lib/model/kubernetes.ts';
import { type Address, parseAddress } from '#lib/network/address.ts';
import { type AttachmentContext, podInterface } from '#lib/network/pod-interfaces.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

/** A CoreDNS pod as kube-proxy sends to it: security groups see its address and target port, never the Service's. */
export interface DnsEndpoint {
  readonly text: string;
  readonly address: Address;
  readonly nodeName?: string | undefined;
  /** The target port of each protocol that the Service offers. */
  readonly ports: Readonly<Partial<Record<TransportProtocol, number>>>;
  /** Undefined where its interface cannot be seen. */
  readonly eni?: NetworkInterface | undefined;
  readonly fromPrefix: boolean;
  /** See PodInterface; one undefined set where the interface cannot be seen. */
  readonly groupSets: readonly (readonly string[] | undefined)[];
  /** On a branch interface in strict mode, even traffic of the same node leaves through the VPC. */
  readonly strict: boolean;
}

export interface DnsEndpoints {
  readonly ready: readonly DnsEndpoint[];
  readonly notReady: number;
  /** Whether the Service has any EndpointSlice: the API server keeps one even where no pod is ready. */
  readonly sliced: boolean;
}

/** Where kube-proxy sends a query: one an endpoint of the Service. */
export interface DnsTarget {
  readonly ready: boolean;
  readonly addresses: readonly string[];
  readonly nodeName: string | undefined;
  /** Undefined where the list of pods does not show it. */
  readonly pod: Pod | undefined;
  readonly ports: DnsEndpoint['ports'];
}

/**
 * Undefined where the Service has no EndpointSlice.
 * Source: Kubernetes documentation, "EndpointSlices": the label `kubernetes.io/service-name` names their Service.
 */
export function dnsTargets(endpointSlices: readonly EndpointSlice[], pods: readonly Pod[]): readonly DnsTarget[] | undefined {
  const slices = endpointSlices.filter(({ namespace, serviceName }) => namespace === 'kube-system' && serviceName === 'kube-dns');
  if (slices.length === 0) return undefined;
  const targets = new Set(slices.flatMap(({ endpoints }) => endpoints.map(({ target }) => target?.name)));
  const podsByName = new Map(
    pods.filter(({ namespace, name }) => namespace === 'kube-system' && targets.has(name)).map((pod) => [pod.name, pod]),
  );
  return slices.flatMap(({ endpoints, ports }) => {
    const dnsPorts = targetPorts(ports);
    return endpoints.map(({ target, addresses, nodeName, ready }) => {
      const pod = podsByName.get(target?.name ?? '');
      return { ready, addresses, nodeName: nodeName ?? pod?.nodeName, pod, ports: dnsPorts };
    });
  });
}

export function dnsEndpoints(
  endpointSlices: readonly EndpointSlice[],
  { pods, nodes, ...context }: AttachmentContext & { readonly pods: readonly Pod[]; readonly nodes: ReadonlyMap<string, Node> },
): DnsEndpoints {
  const all = dnsTargets(endpointSlices, pods);
  const ready = new Map<string, DnsEndpoint>();
  for (const { addresses, nodeName, pod, ports } of all?.filter((target) => target.ready) ?? []) {
    const node = nodes.get(nodeName ?? '');
    for (const text of addresses) {
      const address = parseAddress(text);
      if (address === undefined) continue;
      ready.set(text, { text, address, nodeName: node?.name, ports, ...placeEndpoint(address, pod, node, context) });
    }
  }
  const notReady = all?.filter((target) => !target.ready).length ?? 0;
  return { ready: [...ready.values()], notReady, sliced: all !== undefined };
}

type Place = Pick<DnsEndpoint, 'eni' | 'fromPrefix' | 'groupSets' | 'strict'>;

function placeEndpoint(address: Address, pod: Pod | undefined, node: Node | undefined, context: AttachmentContext): Place {
  const found = pod && podInterface(pod, node, context);
  if (found && 'eni' in found) {
    const { eni, fromPrefix, groupSets, attachment } = found;
    return { eni, fromPrefix, groupSets, strict: attachment === 'pod-security-groups-strict' };
  }
  const holding = pod?.podEni === undefined ? context.index.byAddress(address) : undefined;
  return { eni: holding?.eni, fromPrefix: holding?.fromPrefix ?? false, groupSets: [holding?.eni.groups], strict: false };
}

/** The Service also offers the metrics port over TCP: DNS is the ports of that name, else the one that both protocols share. */
function targetPorts(ports: EndpointSlice['ports']): DnsEndpoint['ports'] {
  const of = (protocol: string) => ports.filter((port) => port.protocol === protocol);
  const udp = of('UDP').find(({ name }) => name === 'dns') ?? of('UDP')[0];
  const tcp = of('TCP').find(({ name }) => name === 'dns-tcp') ?? of('TCP').find(({ port }) => port === udp?.port);
  return { ...(udp ? { udp: udp.port } : {}), ...(tcp ? { tcp: tcp.port } : {}) };
}
