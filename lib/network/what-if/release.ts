import { PREFIX_SIZE } from '#lib/network/free-prefixes.ts';
import type { PlannedNode, PodInterfaceState } from '#lib/network/what-if/node.ts';
import type { PoolSettings } from '#lib/network/what-if/pool.ts';

/** What a node gives back to one subnet. */
export interface Released {
  readonly subnetId: string;
  readonly singles: number;
  readonly prefixes: number;
}

/**
 * What ipamd gives back of a node that stays when its mode or its address targets change: what no pod has, above the targets. Whole
 * interfaces that empty are left out, which is on the safe side.
 * Source: amazon-vpc-cni-k8s pkg/ipamd/ipamd.go (decreaseDatastorePool, and the clean-up of the other mode's addresses at start).
 */
export function release(
  node: PlannedNode,
  settings: PoolSettings,
): { readonly node: PlannedNode; readonly released: readonly Released[] } {
  const keep = kept(node, settings);
  const released: Released[] = [];
  const interfaces = node.interfaces.map((eni): PodInterfaceState => {
    const singles = Math.min(eni.singles, keep.singles);
    const prefixes = Math.min(eni.prefixes, keep.prefixes);
    keep.singles -= singles;
    keep.prefixes -= prefixes;
    if (singles < eni.singles || prefixes < eni.prefixes)
      released.push({ subnetId: eni.subnetId, singles: eni.singles - singles, prefixes: eni.prefixes - prefixes });
    return { ...eni, singles, prefixes };
  });
  return { node: { ...node, interfaces }, released };
}

function kept({ mode, pods, interfaces }: PlannedNode, settings: PoolSettings): { singles: number; prefixes: number } {
  const held = interfaces.reduce(
    (sum, { singles, prefixes }) => ({ singles: sum.singles + singles, prefixes: sum.prefixes + prefixes }),
    { singles: 0, prefixes: 0 },
  );
  const { warmIpTarget, minimumIpTarget } = settings;
  const hasTarget = warmIpTarget !== undefined || minimumIpTarget !== undefined;
  const target = hasTarget ? Math.max(pods + (warmIpTarget ?? 0), minimumIpTarget ?? 0) : Number.POSITIVE_INFINITY;
  const prefixesFor = (addresses: number) => Math.min(held.prefixes, Math.ceil(Math.max(0, addresses) / PREFIX_SIZE));
  // Which addresses pods have is not told here: those of the other mode first, since ipamd clears that mode's idle ones.
  if (mode === 'prefix') {
    const singles = Math.min(held.singles, pods);
    return { singles, prefixes: prefixesFor(target - singles) };
  }
  const prefixes = prefixesFor(pods);
  return { singles: Math.min(held.singles, Math.max(0, target - PREFIX_SIZE * prefixes)), prefixes };
}
