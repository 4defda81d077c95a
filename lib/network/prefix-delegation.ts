import type { InstanceType } from '#lib/model/ec2.ts';
import { versionAtLeast } from '#lib/network/cni.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { allowedHostPods, maxPodsGuidance, maxPodsReason } from '#lib/network/max-pods.ts';
import { canDelegatePrefixes, type NodeCapacity } from '#lib/network/node-capacity.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** Nodes sorted by what prefix delegation does, or would do, for them. */
export interface PrefixNodes {
  /** Their type takes prefixes: Nitro or bare metal. */
  readonly eligible: readonly EniNode[];
  readonly nonNitro: readonly EniNode[];
  /** Their interfaces hold both single addresses for pods and prefixes. */
  readonly mixed: readonly EniNode[];
  /** Prefixes are on, and max-pods is still that of single addresses. */
  readonly stale: readonly EniNode[];
  /** Prefixes are on, and the node holds addresses for pods and not one prefix. */
  readonly withoutPrefixes: readonly EniNode[];
  /** Pods with an address of the pool that all these nodes can carry as they are. */
  readonly podCapacityNow: number;
  /** The same with prefixes, on new nodes whose max-pods follows the guidance. */
  readonly podCapacityAfter: number;
}

export function prefixNodes(nodes: readonly EniNode[]): PrefixNodes {
  const prefixed = nodes.filter(({ capacity }) => capacity.mode === 'prefix');
  return {
    eligible: nodes.filter(({ type }) => canDelegatePrefixes(type)),
    nonNitro: nodes.filter(({ type }) => !canDelegatePrefixes(type)),
    mixed: nodes.filter(({ capacity }) => isMixed(capacity)),
    stale: prefixed.filter(isStale),
    withoutPrefixes: prefixed.filter(({ capacity }) => capacity.ipAssigned > 0 && !holdsPrefixes(capacity)),
    podCapacityNow: nodes.reduce((sum, node) => sum + podsNow(node), 0),
    podCapacityAfter: nodes.reduce((sum, node) => sum + podsAfter(node), 0),
  };
}

/**
 * Whether the CNI's version delegates prefixes on a type; undefined where the version cannot be told.
 * Source: amazon-vpc-cni-k8s README.md, ENABLE_PREFIX_DELEGATION: since 1.9.0, on bare metal since 1.11.0.
 */
export function versionDelegates(
  { bareMetal }: Pick<InstanceType, 'bareMetal'>,
  { version }: VpcCniSettings,
): boolean | undefined {
  return versionAtLeast(version, bareMetal ? '1.11.0' : '1.9.0');
}

function holdsPrefixes({ carriers }: NodeCapacity): boolean {
  return carriers.some(({ ipv4Prefixes }) => ipv4Prefixes.length > 0);
}

/** Over all interfaces: one may hold single addresses and the next prefixes. */
function isMixed(capacity: NodeCapacity): boolean {
  return holdsPrefixes(capacity) && capacity.carriers.some(({ privateIpAddresses }) => privateIpAddresses.length > 1);
}

function isStale({ node, type, capacity, pods }: EniNode): boolean {
  const { allocatablePods } = node;
  return (
    allocatablePods !== undefined && maxPodsReason(allocatablePods, type, capacity, pods, Number.POSITIVE_INFINITY) === 'stale'
  );
}

function podsNow(entry: EniNode): number {
  const { node, capacity, pods } = entry;
  const seats =
    node.allocatablePods === undefined ? Number.POSITIVE_INFINITY : node.allocatablePods - allowedHostPods(pods) - pods.branches;
  return Math.max(0, Math.min(capacity.ipCapacity ?? 0, seats));
}

/** No fewer than now: max-pods above the guidance stays what it is. */
function podsAfter(entry: EniNode): number {
  const { type, capacity, pods } = entry;
  const now = podsNow(entry);
  if (!canDelegatePrefixes(type)) return now;
  const addresses = capacity.podEnis * Math.max(0, type.ipv4AddressesPerInterface - 1) * PREFIX_SIZE;
  return Math.max(now, Math.min(addresses, maxPodsGuidance(type) - allowedHostPods(pods) - pods.branches));
}
