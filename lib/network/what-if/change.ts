import type { Ipv4Block } from '#lib/network/ipv4.ts';
import type { Surge } from '#lib/network/what-if/surge.ts';

/** A subnet for pods that is not there yet, tagged `kubernetes.io/role/cni=1` or named by its zone's ENIConfig. */
export interface AddedSubnet {
  readonly block: Ipv4Block;
  readonly availabilityZone: string;
}

/** What is asked: any of these at once, nothing for the cluster as it is. */
export interface Change {
  /** That many more nodes, shared out over the groups by their sizes; below 0 that many fewer, the emptiest of the fullest zone first. */
  readonly nodes?: number;
  /** Of the nodes that are new; and of all others where these are replaced. */
  readonly instanceType?: string;
  readonly prefixDelegation?: boolean;
  /** 0 switches the target off. */
  readonly warmIpTarget?: number;
  readonly addSubnets?: readonly AddedSubnet[];
  readonly surge?: Surge;
  /** The zone's nodes and subnets are gone, and as many nodes start in the others. */
  readonly loseZone?: string;
  /** Present nodes give way to as many new ones, which have the new type and settings from the start. */
  readonly replaceNodes?: boolean;
}
