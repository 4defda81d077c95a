import type { InstanceType } from '#lib/model/ec2.ts';
import { keepsTrunkSlot } from '#lib/network/branch-limits.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { allowedHostPods } from '#lib/network/max-pods.ts';
import { defaultCardInterfaces, type IpMode, ipMode } from '#lib/network/node-capacity.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** An interface that carries pods: what it holds beside its own address. */
export interface PodInterfaceState {
  readonly subnetId: string;
  readonly singles: number;
  readonly prefixes: number;
}

/** A node as far as its pods' addresses go: one that is there, or one that would be. */
export interface PlannedNode {
  readonly name: string;
  /** Its node group, NodePool, or `nodes of no group`. */
  readonly group: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  /** Where its own address lies. */
  readonly subnetId: string;
  /** Where its pods' interfaces may lie, its own subnet first where it is one of them. */
  readonly draws: readonly string[];
  /** Where they lie too if the CNI looks for tagged subnets, which its version does not tell. */
  readonly possibleDraws: readonly string[];
  readonly mode: IpMode;
  /** Addresses or prefixes that an interface holds beside its own address. */
  readonly slots: number;
  /** Attached and carrying pods; of a node that would be, those that it starts with. */
  readonly interfaces: readonly PodInterfaceState[];
  /** Interfaces for pods that can still be attached. */
  readonly attachable: number;
  /** Single addresses of its own subnet that it takes to start, its interfaces' included; 0 for one that is there. */
  readonly startAddresses: number;
  /** With an address of the pool. */
  readonly pods: number;
  /** The most of them: max-pods without those on the host's network and those with a branch interface. */
  readonly podLimit: number;
  /** Cordoned: its pods stay and no more come. */
  readonly cordoned: boolean;
}

/** Which node it is, and where it draws from. */
export type NodePlace = Pick<PlannedNode, 'name' | 'group' | 'availabilityZone' | 'subnetId' | 'draws' | 'possibleDraws'>;

/** A node that is there, with what its interfaces hold. */
export function presentNode({ node, type, capacity, pods }: EniNode, maxPods: number, place: NodePlace): PlannedNode {
  const interfaces = capacity.carriers.map(({ subnetId, privateIpAddresses, ipv4Prefixes }) => ({
    subnetId,
    singles: Math.max(0, privateIpAddresses.length - 1),
    prefixes: ipv4Prefixes.length,
  }));
  return {
    ...place,
    instanceType: type.instanceType,
    mode: capacity.mode,
    slots: Math.max(0, type.ipv4AddressesPerInterface - 1),
    interfaces,
    attachable: Math.max(0, capacity.podEnis - interfaces.length),
    startAddresses: 0,
    pods: pods.inUse,
    podLimit: Math.max(0, maxPods - allowedHostPods(pods) - pods.branches),
    cordoned: node.unschedulable,
  };
}

const trunk = ({ instanceType }: InstanceType, settings: VpcCniSettings): number =>
  keepsTrunkSlot(instanceType, settings) ? 1 : 0;

/** Interfaces of a new node that can carry pods: neither a primary that is set apart nor a trunk. */
export function newPodEnis(type: InstanceType, settings: VpcCniSettings, primaryCarriesPods: boolean): number {
  const most = Math.min(settings.maxEni ?? Number.POSITIVE_INFINITY, defaultCardInterfaces(type));
  return Math.max(0, most - trunk(type, settings) - (primaryCarriesPods ? 0 : 1));
}

/** A node that would start: nothing held yet but its primary interface, and a trunk where pods have security groups of their own. */
export function newNode(type: InstanceType, settings: VpcCniSettings, podLimit: number, place: NodePlace): PlannedNode {
  const primaryCarriesPods = !settings.customNetworking && place.draws.includes(place.subnetId);
  const interfaces = primaryCarriesPods ? [{ subnetId: place.subnetId, singles: 0, prefixes: 0 }] : [];
  return {
    ...place,
    instanceType: type.instanceType,
    mode: ipMode(type, settings),
    slots: Math.max(0, type.ipv4AddressesPerInterface - 1),
    interfaces,
    attachable: Math.max(0, newPodEnis(type, settings, primaryCarriesPods) - interfaces.length),
    startAddresses: 1 + trunk(type, settings),
    pods: 0,
    podLimit,
    cordoned: false,
  };
}
