import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import type { PlannedNode } from '#lib/network/what-if/node.ts';
import { prefixesLeft, type SubnetSupply, singlesLeft, takePrefix, takeSingle } from '#lib/network/what-if/supply.ts';

/** Targets and choices of ipamd that decide how a node's pool grows. */
export type PoolSettings = Pick<
  VpcCniSettings,
  'warmEniTarget' | 'warmPrefixTarget' | 'warmIpTarget' | 'minimumIpTarget' | 'subnetDiscovery' | 'customNetworking'
>;

/** What runs out when a node cannot have another pod. */
export type Limit =
  | { readonly kind: 'max-pods' }
  /** Every interface that the type can have is attached and full. */
  | { readonly kind: 'node-addresses' }
  /** MINIMUM_IP_TARGET stands alone, and ipamd holds no more than it. */
  | { readonly kind: 'minimum-ip-target' }
  | { readonly kind: 'subnet-addresses'; readonly subnetId: string }
  /** No whole free /28, whatever single addresses are left. */
  | { readonly kind: 'subnet-prefixes'; readonly subnetId: string };

/** What subnets still give, while nodes take from them. */
export type Supplies = Map<string, SubnetSupply>;

interface Carrier {
  readonly subnetId: string;
  used: number;
}

/**
 * One node's pool of pod addresses, grown as ipamd grows it: slot by slot on the interfaces that it has, then by another interface in
 * the freest subnet, until the warm targets are met; MINIMUM_IP_TARGET alone is never grown beyond. In counts, not addresses.
 * Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (increaseDatastorePool, isDatastorePoolTooLow), pkg/awsutils/awsutils.go (AllocENI).
 */
export class NodePool {
  readonly node: PlannedNode;
  readonly #settings: PoolSettings;
  readonly #supplies: Supplies;
  readonly #carriers: Carrier[];
  #attachable: number;
  #held: number;
  pods: number;

  constructor(node: PlannedNode, settings: PoolSettings, supplies: Supplies) {
    this.node = node;
    this.#settings = settings;
    this.#supplies = supplies;
    this.#carriers = node.interfaces.map(({ subnetId, singles, prefixes }) => ({ subnetId, used: singles + prefixes }));
    this.#attachable = node.attachable;
    this.#held = node.interfaces.reduce((sum, { singles, prefixes }) => sum + singles + PREFIX_SIZE * prefixes, 0);
    this.pods = node.pods;
  }

  /** Addresses for pods that the node holds; without end under IPv6, where one /80 outlasts any node. */
  get held(): number {
    return this.node.mode === 'ipv6' ? Number.POSITIVE_INFINITY : this.#held;
  }

  /** Takes the node's own address, and a trunk's. @returns false where its subnet has none left: the node does not start */
  start(): boolean {
    for (let left = this.node.startAddresses; left > 0; left--) if (!this.#take(this.node.subnetId, takeSingle)) return false;
    this.grow();
    return true;
  }

  /** Gives one more pod an address. @returns what stands against it */
  addPod(): Limit | undefined {
    const { podLimit } = this.node;
    if (this.pods >= podLimit) return { kind: 'max-pods' };
    if (this.held <= this.pods) this.grow();
    if (this.held <= this.pods) return this.#limit();
    this.pods++;
    this.grow();
    return undefined;
  }

  grow(): void {
    if (this.node.mode === 'ipv6') return;
    while (this.#isTooLow()) if (!this.#fillSlot() && !this.#attach()) break;
    // Without an address target, ipamd asks for a whole interface's worth at once.
    if (this.node.mode === 'secondary-ip' && !this.#hasIpTarget) while (this.#fillSlot());
  }

  get #hasIpTarget(): boolean {
    return this.#settings.warmIpTarget !== undefined || this.#settings.minimumIpTarget !== undefined;
  }

  #isTooLow(): boolean {
    const { warmIpTarget, minimumIpTarget = 0, warmEniTarget, warmPrefixTarget } = this.#settings;
    if (this.#hasIpTarget)
      return this.#held < Math.max(warmIpTarget === undefined ? 0 : this.pods + warmIpTarget, minimumIpTarget);
    const warm = this.node.mode === 'prefix' ? PREFIX_SIZE * warmPrefixTarget : this.node.slots * warmEniTarget;
    // Even a target of none fetches more once nothing is left.
    return this.#held - this.pods < Math.max(1, warm);
  }

  #take(subnetId: string, from: (supply: SubnetSupply) => SubnetSupply | undefined): boolean {
    const supply = this.#supplies.get(subnetId);
    const left = supply && from(supply);
    if (left === undefined) return false;
    this.#supplies.set(subnetId, left);
    return true;
  }

  /** One address or prefix on the first interface with a slot whose subnet gives one. */
  #fillSlot(): boolean {
    const prefix = this.node.mode === 'prefix';
    const carrier = this.#carriers.find(
      ({ used, subnetId }) => used < this.node.slots && this.#take(subnetId, prefix ? takePrefix : takeSingle),
    );
    if (carrier === undefined) return false;
    carrier.used++;
    this.#held += prefix ? PREFIX_SIZE : 1;
    return true;
  }

  #attach(): boolean {
    if (this.#attachable === 0 || this.#waitsForSlot()) return false;
    const subnetId = this.#freestDraw();
    if (subnetId === undefined || !this.#take(subnetId, takeSingle)) return false;
    this.#carriers.push({ subnetId, used: 0 });
    this.#attachable--;
    return true;
  }

  /** Without subnet discovery ipamd waits for an address on the interface that it has, however many subnets there are. */
  #waitsForSlot(): boolean {
    const { subnetDiscovery, customNetworking } = this.#settings;
    return (!subnetDiscovery || customNetworking) && this.#carriers.some(({ used }) => used < this.node.slots);
  }

  /** The freest first, by EC2's own count. */
  #freestDraw(): string | undefined {
    const prefix = this.node.mode === 'prefix';
    let freest: SubnetSupply | undefined;
    for (const subnetId of this.node.draws) {
      const supply = this.#supplies.get(subnetId);
      if (supply === undefined || singlesLeft(supply) === 0 || (prefix && prefixesLeft(supply) === 0)) continue;
      if (freest === undefined || freeCount(supply) > freeCount(freest)) freest = supply;
    }
    return freest?.subnetId;
  }

  #limit(): Limit {
    const { warmIpTarget, minimumIpTarget } = this.#settings;
    if (warmIpTarget === undefined && minimumIpTarget !== undefined && this.#held >= minimumIpTarget)
      return { kind: 'minimum-ip-target' };
    const open = this.#carriers.find(({ used }) => used < this.node.slots);
    if (open === undefined && this.#attachable === 0) return { kind: 'node-addresses' };
    const subnetId = open?.subnetId ?? this.node.draws[0] ?? this.node.subnetId;
    const supply = this.#supplies.get(subnetId);
    const singles = supply === undefined ? 0 : singlesLeft(supply);
    return { kind: this.node.mode === 'prefix' && singles > 0 ? 'subnet-prefixes' : 'subnet-addresses', subnetId };
  }
}

function freeCount(supply: SubnetSupply): number {
  return singlesLeft(supply) + PREFIX_SIZE * supply.reserved;
}
