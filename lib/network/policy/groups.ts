import type { Pod } from '#lib/model/kubernetes.ts';
import type { Address } from '#lib/network/address.ts';
import type { PodClass } from '#lib/network/policy/classes.ts';
import { addressesOf, ofFamily, type PolicyEnd, samePod } from '#lib/network/policy/ends.ts';
import { type CompiledPolicies, type PolicyVerdict, policyVerdict } from '#lib/network/policy/network-policies.ts';
import { blocksOf } from '#lib/network/policy/network-policy-rules.ts';
import type { PolicyTraffic } from '#lib/network/policy/ports.ts';
import { remember } from '#lib/network/remember.ts';

/** Pods that no policy tells apart, but by their addresses and nodes. */
export interface PodGroup {
  readonly podClass: PodClass;
  readonly pods: readonly Pod[];
}

/** Pods that share one verdict about one destination. */
export interface VerdictGroup {
  readonly verdict: PolicyVerdict;
  readonly pods: readonly Pod[];
}

/** Groups the sources of a question once, for as many destinations as there are. */
export function podGroups({ classOf }: CompiledPolicies, pods: readonly Pod[]): readonly PodGroup[] {
  return [...Map.groupBy(pods, classOf)].map(([podClass, members]) => ({ podClass, pods: members }));
}

/**
 * May these pods reach `destination`? Cost follows the groups: pods are looked at one by one only where the destination's rules tell
 * addresses apart, once for all destinations of a class, and where the destination is one of them or shares a node with them.
 */
export function groupedVerdicts(
  compiled: CompiledPolicies,
  groups: readonly PodGroup[],
  destination: PolicyEnd,
  traffic: PolicyTraffic,
): readonly VerdictGroup[] {
  const [leading] = addressesOf(destination);
  const apart = destination.kind === 'pod' ? splitByBlocks(groups, compiled.classOf(destination.pod), typeof leading) : groups;
  return apart.flatMap((group) =>
    splitByNearness(group, destination, compiled).flatMap((pods) => {
      const [one] = pods;
      if (one === undefined) return [];
      return [{ verdict: policyVerdict(compiled, { kind: 'pod', pod: one }, destination, traffic), pods }];
    }),
  );
}

/** By which of the blocks that let traffic in to the destination's class each address lies in. */
const splitByBlocks = remember((groups: readonly PodGroup[], { policies }: PodClass, family: string): readonly PodGroup[] => {
  const blocks = blocksOf(policies.flatMap(({ compiled }) => compiled.ingress));
  if (blocks.length === 0) return groups;
  const place = (address: Address | undefined) =>
    address === undefined ? '' : blocks.map((contains) => contains(address)).join();
  return groups.flatMap(({ podClass, pods }) =>
    [...Map.groupBy(pods, (pod) => place(ofFamily(addressesOf({ kind: 'pod', pod }), family)))].map(([, members]) => ({
      podClass,
      pods: members,
    })),
  );
});

/** The destination itself, pods that share a node where that matters, and the others. */
function splitByNearness(
  { podClass, pods }: PodGroup,
  destination: PolicyEnd,
  { classOf }: CompiledPolicies,
): (readonly Pod[])[] {
  const target = destination.kind === 'pod' ? destination.pod : undefined;
  const nodeName = destination.kind === 'pod' ? destination.pod.nodeName : destination.nodeName;
  const byNode = nodeName !== undefined && (podClass.hostNetwork || (target?.hostNetwork ?? true));
  const byItself = target !== undefined && classOf(target) === podClass;
  if (!byNode && !byItself) return [pods];
  const nearness = (pod: Pod) => {
    if (byItself && samePod(pod, target)) return 'itself';
    return byNode && pod.nodeName === nodeName ? 'same node' : 'elsewhere';
  };
  return [...Map.groupBy(pods, nearness).values()];
}
