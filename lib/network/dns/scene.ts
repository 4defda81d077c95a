import type { NetworkInterface } from '#lib/model/ec2.ts';
import type { DaemonSet, EndpointSlice, Node, Pod } from '#lib/model/kubernetes.ts';
import { type CniKind, findCnis } from '#lib/network/cni.ts';
import { type DnsClients, dnsClients } from '#lib/network/dns/clients.ts';
import { type DnsEndpoints, dnsEndpoints } from '#lib/network/dns/endpoints.ts';
import { type InterfaceIndex, interfaceIndex } from '#lib/network/interface-index.ts';
import { overlayCni } from '#lib/network/overlay.ts';
import { type VpcCniSettings, vpcCniSettings } from '#lib/network/vpc-cni.ts';

export interface DnsSceneWorld {
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly daemonSets: readonly DaemonSet[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly networkInterfaces: readonly NetworkInterface[];
}

/** Who asks CoreDNS, where CoreDNS runs, and how both hang on the VPC. */
export interface DnsScene {
  readonly index: InterfaceIndex;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly settings: VpcCniSettings | undefined;
  readonly endpoints: DnsEndpoints;
  readonly clients: DnsClients;
  /** Nodes that run a ready CoreDNS pod. */
  readonly endpointNodes: ReadonlySet<string>;
  /** A CNI that hides pods from what the VPC filters. */
  readonly overlay: CniKind | undefined;
}

export function dnsScene(world: DnsSceneWorld): DnsScene {
  const { pods, daemonSets } = world;
  const index = interfaceIndex(world.networkInterfaces);
  const cnis = findCnis(daemonSets);
  const vpcCni = cnis.find(({ kind }) => kind === 'vpc-cni');
  const nodes = new Map(world.nodes.map((node) => [node.name, node]));
  const context = { index, nodes, settings: vpcCni && vpcCniSettings(vpcCni) };
  const endpoints = dnsEndpoints(world.endpointSlices, { ...context, pods });
  return {
    ...context,
    endpoints,
    clients: dnsClients(pods, daemonSets),
    endpointNodes: new Set(endpoints.ready.flatMap(({ nodeName }) => nodeName ?? [])),
    overlay: overlayCni(cnis, pods, context),
  };
}
