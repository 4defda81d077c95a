import { BRANCH_LIMITS } from '#lib/network/data/branch-limits.ts';

/** Whether a type takes a trunk, and how many branch interfaces; `unlisted` counts as one that does, as the CNI has it. */
export type TrunkSupport =
  | { readonly kind: 'supported'; readonly branches: number }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'unlisted' };

let table: ReadonlyMap<string, number> | undefined;

/** Source: amazon-vpc-resource-controller-k8s pkg/aws/vpc/limits.go (`IsTrunkingCompatible`, `BranchInterface`). */
export function trunkSupport(instanceType: string): TrunkSupport {
  table ??= readTable(BRANCH_LIMITS);
  const branches = table.get(instanceType);
  if (branches === undefined) return { kind: 'unlisted' };
  return branches === 0 ? { kind: 'unsupported' } : { kind: 'supported', branches };
}

/**
 * Whether ipamd keeps one of a node's interfaces for the trunk: on types that take one, and on those that are not listed.
 * Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (hasRoomForEni).
 */
export function keepsTrunkSlot(instanceType: string, { podEni }: { readonly podEni: boolean }): boolean {
  return podEni && trunkSupport(instanceType).kind !== 'unsupported';
}

function readTable(text: string): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const line of text.trim().split('\n')) {
    const [family = '', sizes = ''] = line.split(': ');
    for (const entry of sizes.split(', ')) {
      const [size = '', limit = ''] = entry.split(' ');
      limits.set(`${family}.${size}`, Number(limit));
    }
  }
  return limits;
}
