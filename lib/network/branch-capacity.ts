import type { InstanceType } from '#lib/model/ec2.ts';
import type { CniNode, Event, Pod } from '#lib/model/kubernetes.ts';
import { type TrunkSupport, trunkSupport } from '#lib/network/branch-limits.ts';
import { defaultCardInterfaces } from '#lib/network/node-capacity.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { countPods } from '#lib/network/pod-counts.ts';

/** A node's trunk, and the branch interfaces of pods with security groups of their own. */
export interface BranchCapacity {
  readonly support: TrunkSupport;
  /** `vpc.amazonaws.com/pod-eni` that the node offers; 0 without a trunk. */
  readonly branchMax: number;
  readonly branchUsed: number;
  /** Undefined where none is attached, or interfaces were not read. */
  readonly trunkEniId?: string;
  /** Branch interfaces that EC2 shows on the trunk: those in cool-down hold their place too. Undefined where interfaces were not read. */
  readonly branchesAttached?: number;
}

/** @param branchesByTrunk undefined where interfaces were not read */
export function branchCapacity(
  { node, instanceType = '', interfaces, pods }: Host,
  branchesByTrunk: ReadonlyMap<string, number> | undefined,
): BranchCapacity {
  const trunkEniId = interfaces.find(({ interfaceType }) => interfaceType === 'trunk')?.networkInterfaceId;
  return {
    support: trunkSupport(instanceType),
    branchMax: node?.allocatablePodEnis ?? 0,
    branchUsed: countPods(pods).branches,
    ...(trunkEniId !== undefined && { trunkEniId }),
    ...(branchesByTrunk !== undefined && { branchesAttached: branchesByTrunk.get(trunkEniId ?? '') ?? 0 }),
  };
}

/** Events of a node that tell why its trunk is missing. Source: amazon-vpc-resource-controller-k8s pkg/utils/events.go. */
const TRUNK_EVENTS: readonly string[] = ['TrunkENICreationFailed', 'NodeTrunkFailedInit', 'CNINodeCreationFailed'];

/**
 * Why a node whose type takes a trunk has none, as a clause.
 * Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go ("No slot available for a trunk ENI to be attached").
 * @param cniNodes undefined where they were not read
 */
export function trunkMissingReason(
  { name, interfaces }: Host,
  type: InstanceType | undefined,
  events: readonly Event[],
  cniNodes: ReadonlyMap<string, CniNode> | undefined,
): string {
  const event = events.find(
    ({ reason, involved }) => involved.kind === 'Node' && involved.name === name && TRUNK_EVENTS.includes(reason),
  );
  if (event !== undefined) return `${event.reason}: ${event.message}`;
  const onCard = interfaces.filter(({ attachment }) => attachment?.networkCardIndex === type?.defaultNetworkCardIndex).length;
  if (type !== undefined && onCard >= defaultCardInterfaces(type))
    return `all ${onCard} interfaces that its type takes are attached already, so the trunk found no slot`;
  const asks = cniNodes?.get(name)?.features.some((feature) => feature.name === 'SecurityGroupsForPods');
  if (cniNodes !== undefined && !asks)
    return 'its CNINode does not ask for SecurityGroupsForPods, so aws-node there runs with another setting';
  return 'neither events nor its CNINode tell why';
}

/** Pods that the scheduler keeps back for want of branch interfaces. */
export function podsAwaitingBranch(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter(
    ({ phase, nodeName, deletedAt, conditions }) =>
      phase === 'Pending' &&
      nodeName === undefined &&
      deletedAt === undefined &&
      conditions.some(
        ({ type, status, message = '' }) =>
          type === 'PodScheduled' && status === 'False' && message.includes('Insufficient vpc.amazonaws.com/pod-eni'),
      ),
  );
}
