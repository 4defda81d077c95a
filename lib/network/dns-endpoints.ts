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

/** Source: Kubernetes documentation, "EndpointSlices": the label `kubernetes.io/service-name` names their Service. */
export function dnsEndpoints(
  endpointSlices: readonly EndpointSlice[],
  { pods, nodes, ...context }: AttachmentContext & { readonly pods: readonly Pod[]; readonly nodes: ReadonlyMap<string, Node> },
): DnsEndpoints {
  const slices = endpointSlices.filter(({ namespace, serviceName }) => namespace === 'kube-system' && serviceName === 'kube-dns');
  const targets = new Set(slices.flatMap(({ endpoints }) => endpoints.map(({ target }) => target?.name)));
  const podsByName = new Map(
    pods.filter(({ namespace, name }) => namespace === 'kube-system' && targets.has(name)).map((pod) => [pod.name, pod]),
  );
  const ready = new Map<string, DnsEndpoint>();
  for (const { endpoints, ports } of slices) {
    const dnsPorts = targetPorts(ports);
    for (const { target, addresses, nodeName } of endpoints.filter((endpoint) => endpoint.ready)) {
      const pod = podsByName.get(target?.name ?? '');
      const node = nodes.get(nodeName ?? pod?.nodeName ?? '');
      for (const text of addresses) {
        const address = parseAddress(text);
        if (address === undefined) continue;
        ready.set(text, { text, address, nodeName: node?.name, ports: dnsPorts, ...placeEndpoint(address, pod, node, context) });
      }
    }
  }
  const all = slices.flatMap(({ endpoints }) => endpoints);
  return { ready: [...ready.values()], notReady: all.filter((endpoint) => !endpoint.ready).length, sliced: slices.length > 0 };
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
