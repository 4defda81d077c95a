import type { EniNode } from '#lib/network/eni-nodes.ts';
import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import { type IdleAddresses, idleAddresses } from '#lib/network/idle-addresses.ts';
import type { PodChurn } from '#lib/network/pod-churn.ts';
import { hasAddressTarget, type PoolShape, settledPool, type WarmTargets } from '#lib/network/warm-pool.ts';

/** Targets that hold fewer addresses, and what they would give back. */
export interface WarmAdvice {
  /** The present ones where no others hold fewer, and these do no harm. */
  readonly targets: WarmTargets;
  /** Over all nodes, less what some would take more. */
  readonly reclaimed: number;
  readonly reclaimedBySubnet: ReadonlyMap<string, number>;
  /** Calls of EC2 an hour that assign or take back addresses, at most; null where the churn is not known. */
  readonly callsPerHour: { readonly now: number; readonly advised: number } | null;
}

/**
 * The address targets that let pods start as fast as now: warm addresses for the largest burst on one node, or for as many as the
 * present targets have ready, and at a node's start those of an average node in one go.
 * Source: amazon-vpc-cni-k8s docs/eni-and-ip-target.md, docs/prefix-and-ip-target.md.
 * @param leastWarm the fewest warm addresses, whatever was seen
 * @param harmful the present targets keep pods from addresses: others are advised even where they hold no fewer
 */
export function warmAdvice(
  nodes: readonly EniNode[],
  present: WarmTargets,
  churn: PodChurn,
  { leastWarm, harmful }: { readonly leastWarm: number; readonly harmful: boolean },
): WarmAdvice {
  const ready = Math.max(
    0,
    ...nodes.map((node) => settledPool(node.pods.inUse, poolShape(node), present).addresses - node.pods.inUse),
  );
  const advised: WarmTargets = {
    warmEniTarget: present.warmEniTarget,
    warmPrefixTarget: present.warmPrefixTarget,
    warmIpTarget: Math.max(1, leastWarm, harmful ? churn.burst : Math.min(churn.burst, ready)),
    minimumIpTarget: Math.max(1, Math.ceil(churn.typicalPods)),
  };
  const changes = nodes.map((node) => change(node, advised));
  const reclaimed = changes.reduce((sum, { net }) => sum + net, 0);
  const better = reclaimed > 0;
  const bySubnet = new Map<string, number>();
  for (const { back } of better ? changes : []) {
    for (const { subnetId, addresses } of back) bySubnet.set(subnetId, (bySubnet.get(subnetId) ?? 0) + addresses);
  }
  const targets = better || harmful ? advised : present;
  return {
    targets,
    reclaimed: better ? reclaimed : 0,
    reclaimedBySubnet: bySubnet,
    callsPerHour:
      churn.startsPerHour === null
        ? null
        : { now: calls(nodes, present, churn.startsPerHour), advised: calls(nodes, targets, churn.startsPerHour) },
  };
}

export function poolShape({ capacity, type }: EniNode): PoolShape {
  return {
    mode: capacity.mode === 'prefix' ? 'prefix' : 'secondary-ip',
    slots: Math.max(0, type.ipv4AddressesPerInterface - 1),
    interfaces: capacity.podEnis,
  };
}

interface NodeChange {
  /** Below zero where the node would take more. */
  readonly net: number;
  readonly back: readonly { readonly subnetId: string; readonly addresses: number }[];
}

/** ipamd takes back only what no pod has: single addresses, and prefixes that are idle as a whole. */
function change(node: EniNode, advised: WarmTargets): NodeChange {
  const { capacity, pods } = node;
  const target = settledPool(pods.inUse + pods.waiting, poolShape(node), advised).addresses;
  let over = capacity.ipAssigned - target;
  if (over <= 0) return { net: over, back: [] };
  const back = idleAddresses(node).map((idle) => {
    const addresses = given(idle, over);
    over -= addresses;
    return { subnetId: idle.subnetId, addresses };
  });
  return { net: capacity.ipAssigned - target - over, back };
}

function given({ singles, prefixes }: IdleAddresses, over: number): number {
  const whole = Math.min(prefixes, Math.floor(over / PREFIX_SIZE)) * PREFIX_SIZE;
  return whole + Math.min(singles, over - whole);
}

/** Every start and every end of a pod may move the pool by one step: an address, a prefix, or a whole interface's addresses. */
function calls(nodes: readonly EniNode[], targets: WarmTargets, startsPerHour: number): number {
  const steps = nodes.map((node) => {
    const { mode, slots } = poolShape(node);
    if (mode === 'prefix') return PREFIX_SIZE;
    return hasAddressTarget(targets) ? 1 : Math.max(1, slots);
  });
  const average = steps.reduce((sum, step) => sum + 1 / step, 0) / Math.max(1, steps.length);
  return Math.ceil(2 * startsPerHour * average);
}
