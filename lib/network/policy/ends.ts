import type { Pod } from '#lib/model/kubernetes.ts';
import { type Address, parseAddress } from '#lib/network/address.ts';
import type { PodClass } from '#lib/network/policy/classes.ts';

/** One end of a connection: a pod, or an address that is no pod's. The address of a pod is to be given as that pod. */
export type PolicyEnd =
  | { readonly kind: 'pod'; readonly pod: Pod }
  | {
      readonly kind: 'address';
      readonly address: Address;
      /** The node whose own address it is. */
      readonly nodeName?: string;
    };

/** An end as rules look at it. */
export interface End {
  readonly pod?: Pod;
  /** Absent for an address. */
  readonly podClass?: PodClass;
  /** That of the connection's family; absent where the pod has none. */
  readonly address?: Address | undefined;
  /** The node that the end is itself: a pod on the host network speaks as its node. */
  readonly asNode?: string | undefined;
  /** The node that the end runs on. */
  readonly onNode?: string | undefined;
}

/** Both ends, with their addresses of one family: that of the end that is an address, else the destination's first. */
export function pair(source: PolicyEnd, destination: PolicyEnd, classOf: (pod: Pod) => PodClass): { from: End; to: End } {
  const [ofSource, ofDestination] = [addressesOf(source), addressesOf(destination)];
  const [leading] = source.kind === 'address' ? ofSource : ofDestination;
  const family = typeof leading;
  return {
    from: endOf(source, ofFamily(ofSource, family), classOf),
    to: endOf(destination, ofFamily(ofDestination, family), classOf),
  };
}

/** The first of the family that `typeof` names; the first of all where it names none. */
export function ofFamily(addresses: readonly Address[], family: string): Address | undefined {
  return family === 'undefined' ? addresses[0] : addresses.find((address) => typeof address === family);
}

function endOf(end: PolicyEnd, address: Address | undefined, classOf: (pod: Pod) => PodClass): End {
  if (end.kind === 'address') return { address, asNode: end.nodeName };
  const { pod } = end;
  const asNode = pod.hostNetwork ? pod.nodeName : undefined;
  return { pod, podClass: classOf(pod), address, asNode, onNode: pod.hostNetwork ? undefined : pod.nodeName };
}

export function addressesOf(end: PolicyEnd): readonly Address[] {
  return end.kind === 'address' ? [end.address] : podAddresses(end.pod);
}

const parsed = new WeakMap<Pod, readonly Address[]>();

function podAddresses(pod: Pod): readonly Address[] {
  let addresses = parsed.get(pod);
  if (addresses === undefined) {
    addresses = pod.podIps.flatMap((text) => parseAddress(text) ?? []);
    parsed.set(pod, addresses);
  }
  return addresses;
}

/** A pod and the node that it runs on, which no policy keeps apart. Source: Kubernetes documentation, "Network Policies". */
export function sameNode(own: End, peer: End): boolean {
  return own.onNode !== undefined && own.onNode === peer.asNode;
}

export function samePod(a: Pod, b: Pod): boolean {
  return a === b || (a.name === b.name && a.namespace === b.namespace);
}
