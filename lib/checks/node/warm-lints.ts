import type { EniNode } from '#lib/network/eni-nodes.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { hasAddressTarget } from '#lib/network/warm-pool.ts';

export type WarmLintId =
  | 'minimum-alone'
  | 'no-warm-prefix'
  | 'no-warm-interface'
  | 'small-target-on-many-nodes'
  | 'minimum-above-max-pods'
  | 'eni-target-ignored'
  | 'prefix-target-ignored';

/** A setting of the warm pool that does harm, or nothing. */
export interface WarmLint {
  readonly lint: WarmLintId;
  /** Pods fail or wait by it, or EC2 is called too much; the others only mislead. */
  readonly dangerous: boolean;
  /** A clause. */
  readonly detail: string;
}

/**
 * Sources: amazon-vpc-cni-k8s README.md (WARM_ENI_TARGET, WARM_IP_TARGET, MINIMUM_IP_TARGET, WARM_PREFIX_TARGET),
 * docs/eni-and-ip-target.md, docs/prefix-and-ip-target.md; pkg/ipamd/ipamd.go (datastoreTargetState).
 * @param manyNodes from how many nodes on a WARM_IP_TARGET of one is too many calls of EC2
 */
export function warmLints(settings: VpcCniSettings, nodes: readonly EniNode[], manyNodes: number): readonly WarmLint[] {
  const { warmIpTarget, minimumIpTarget, warmEniTarget, warmPrefixTarget, prefixDelegation } = settings;
  const byAddress = hasAddressTarget(settings);
  const mostPods = Math.max(0, ...nodes.map(({ node }) => node.allocatablePods ?? Number.POSITIVE_INFINITY));
  const all: readonly (WarmLint & { readonly holds: boolean })[] = [
    {
      lint: 'minimum-alone',
      dangerous: true,
      holds: minimumIpTarget !== undefined && warmIpTarget === undefined,
      detail: `MINIMUM_IP_TARGET=${minimumIpTarget} without WARM_IP_TARGET: no node ever holds more than that many addresses, and further pods get none`,
    },
    {
      lint: 'no-warm-prefix',
      dangerous: true,
      holds: prefixDelegation && !byAddress && warmPrefixTarget <= 0,
      detail: 'WARM_PREFIX_TARGET=0 without an address target: AWS does not support it, and pods wait whenever a prefix is full',
    },
    {
      lint: 'no-warm-interface',
      dangerous: true,
      holds: !prefixDelegation && !byAddress && warmEniTarget <= 0,
      detail: 'WARM_ENI_TARGET=0 without an address target: pods wait for a new interface whenever one is full',
    },
    {
      lint: 'small-target-on-many-nodes',
      dangerous: true,
      holds: !prefixDelegation && warmIpTarget === 1 && nodes.length >= manyNodes,
      detail: `WARM_IP_TARGET=1 on ${nodes.length} nodes: each pod that starts or ends calls EC2, whose limit the account shares`,
    },
    {
      lint: 'minimum-above-max-pods',
      dangerous: false,
      holds: minimumIpTarget !== undefined && nodes.length > 0 && minimumIpTarget > mostPods,
      detail: `MINIMUM_IP_TARGET=${minimumIpTarget} is more than the ${mostPods} pods that any node takes`,
    },
    {
      lint: 'eni-target-ignored',
      dangerous: false,
      holds: warmEniTarget !== 1 && (byAddress || prefixDelegation),
      detail: `WARM_ENI_TARGET=${warmEniTarget} has no effect beside ${byAddress ? 'an address target' : 'prefix delegation'}`,
    },
    {
      lint: 'prefix-target-ignored',
      dangerous: false,
      holds: warmPrefixTarget > 1 && (byAddress || !prefixDelegation),
      detail: `WARM_PREFIX_TARGET=${warmPrefixTarget} has no effect ${byAddress ? 'beside an address target' : 'without prefix delegation'}`,
    },
  ];
  return all.filter(({ holds }) => holds).map(({ holds: _holds, ...lint }) => lint);
}
