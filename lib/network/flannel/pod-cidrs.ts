import type { Node } from '#lib/model/kubernetes.ts';
import { type AddressRange, parseRange, rangeContains, rangesOverlap } from '#lib/network/address-range.ts';

/** The podCIDRs of one node, and what they collide with. */
export interface NodePodCidrs {
  readonly node: Node;
  readonly ranges: readonly AddressRange[];
  /** Texts that are no CIDR. */
  readonly malformed: readonly string[];
  /** Families that flannel needs one of and the node has none of. */
  readonly missing: readonly (4 | 6)[];
  /** Other nodes with an address in common. */
  readonly sharedWith: readonly string[];
  /** Not inside of flannel's networks; undefined where those are not known. */
  readonly outside: boolean | undefined;
}

/** @param networks flannel's, one for each family that it serves; undefined where they are not known */
export function nodePodCidrs(nodes: readonly Node[], networks: readonly AddressRange[] | undefined): readonly NodePodCidrs[] {
  const parsed = nodes.map((node) => ({ node, ranges: node.podCidrs.flatMap((cidr) => parseRange(cidr) ?? []) }));
  const shared = sharedRanges(parsed.flatMap(({ node, ranges }) => ranges.map((range) => ({ owner: node.name, range }))));
  return parsed.map(({ node, ranges }) => {
    const families = networks?.map(({ family }) => family) ?? (ranges.length === 0 ? [4 as const] : []);
    return {
      node,
      ranges,
      malformed: node.podCidrs.filter((cidr) => parseRange(cidr) === undefined),
      missing: families.filter((family) => !ranges.some((range) => range.family === family)),
      sharedWith: [...(shared.get(node.name) ?? [])],
      outside: networks && ranges.some((range) => outsideOf(range, networks)),
    };
  });
}

/** A family that flannel does not serve is none of its business. */
function outsideOf(range: AddressRange, networks: readonly AddressRange[]): boolean {
  const own = networks.filter(({ family }) => family === range.family);
  return own.length > 0 && !own.some((network) => rangeContains(network, range));
}

/** Who shares addresses with whom: one pass in the order of the addresses, against those that have not ended yet. */
export function sharedRanges(
  owned: readonly { readonly owner: string; readonly range: AddressRange }[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const shared = new Map<string, Set<string>>();
  const note = (one: string, other: string) => {
    if (one === other) return;
    shared.set(one, (shared.get(one) ?? new Set()).add(other));
    shared.set(other, (shared.get(other) ?? new Set()).add(one));
  };
  let open: (typeof owned)[number][] = [];
  for (const entry of owned.toSorted((a, b) => a.range.family - b.range.family || (a.range.first < b.range.first ? -1 : 1))) {
    open = open.filter(({ range }) => rangesOverlap(range, { ...entry.range, end: entry.range.first + 1n }));
    for (const { owner } of open) note(owner, entry.owner);
    open.push(entry);
  }
  return shared;
}
