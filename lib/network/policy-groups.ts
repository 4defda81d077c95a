import type { Pod } from '#lib/model/kubernetes.ts';
import { type CompiledPolicies, type PolicyVerdict, policyVerdict } from '#lib/network/network-policies.ts';
import { blocksOf } from '#lib/network/network-policy-rules.ts';
import type { PodClass } from '#lib/network/policy-classes.ts';
import { type End, type PolicyEnd, pair, samePod } from '#lib/network/policy-ends.ts';
import type { PolicyTraffic } from '#lib/network/policy-ports.ts';

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
 * May these pods reach `destination`? Cost follows the groups: within one, only pods are looked at again that the destination's
 * rules tell apart by their addresses, or that share its node.
 */
export function groupedVerdicts(
  compiled: CompiledPolicies,
  groups: readonly PodGroup[],
  destination: PolicyEnd,
  traffic: PolicyTraffic,
): readonly VerdictGroup[] {
  const variantOf = variants(compiled, destination);
  return groups.flatMap(({ podClass, pods }) =>
    [...Map.groupBy(pods, (pod) => variantOf(pod, podClass))].flatMap(([, alike]) => {
      const [one] = alike;
      if (one === undefined) return [];
      return [{ verdict: policyVerdict(compiled, { kind: 'pod', pod: one }, destination, traffic), pods: alike }];
    }),
  );
}

/** What tells pods of one class apart for this destination, as text. */
function variants({ classOf }: CompiledPolicies, destination: PolicyEnd): (pod: Pod, podClass: PodClass) => string {
  const blocks = destination.kind === 'pod' ? ingressBlocks(classOf(destination.pod)) : [];
  const byNode = destination.kind === 'address' ? destination.nodeName !== undefined : destination.pod.hostNetwork;
  const itself = destination.kind === 'pod' ? destination.pod : undefined;
  const node = destination.kind === 'pod' ? destination.pod.nodeName : destination.nodeName;
  const inBlocks = (pod: Pod): string => {
    const { from }: { from: End } = pair({ kind: 'pod', pod }, destination, classOf);
    return blocks.map((contains) => (from.address === undefined ? '-' : contains(from.address))).join();
  };
  return (pod, { hostNetwork }) => {
    if (itself !== undefined && samePod(pod, itself)) return 'itself';
    const sharesNode = (byNode || hostNetwork) && node !== undefined && pod.nodeName === node;
    return (sharesNode ? 'node ' : '') + (blocks.length > 0 ? inBlocks(pod) : '');
  };
}

/** What tells addresses apart that reach pods of this class. */
function ingressBlocks({ policies }: PodClass): ReturnType<typeof blocksOf> {
  return blocksOf(policies.flatMap(({ compiled }) => compiled.ingress));
}
