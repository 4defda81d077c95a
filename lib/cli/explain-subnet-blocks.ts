import type { Pod } from '#lib/model/kubernetes.ts';
import type { Attribution } from '#lib/network/address-holders.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { type PrefixBlocker, RELEASES, type Release } from '#lib/network/prefix-blockers.ts';
import type { SubnetOccupancy } from '#lib/network/subnet-occupancy.ts';

/** One interface's part in a block, with what a person has to look for. */
export interface BlockHolder extends Attribution {
  readonly eniId: string;
  readonly ips: readonly string[];
  readonly release: Release;
  readonly description: string;
  /** The node that it is attached to, of this cluster. */
  readonly node?: string;
  /** `namespace/name` of the pods that have these addresses. */
  readonly pods: readonly string[];
}

/** A /28 block that would be free without these. */
export interface BlockToFree {
  readonly block: string;
  /** Of the holder that is hardest to move. */
  readonly release: Release;
  readonly addresses: number;
  readonly heldBy: readonly BlockHolder[];
}

interface Sources {
  readonly occupancy: SubnetOccupancy;
  /** In the order of `occupancy.interfaces`. */
  readonly attributions: readonly Attribution[];
  readonly hosts: readonly Host[];
  readonly pods: readonly Pod[];
}

/** @param blockers the cheapest first, as `prefixBlockers` gives them */
export function blocksToFree(
  blockers: readonly PrefixBlocker[],
  { occupancy, attributions, hosts, pods }: Sources,
): readonly BlockToFree[] {
  const wanted = new Set(blockers.flatMap(({ ips }) => ips));
  const podsByIp = new Map(
    pods
      .filter(({ hostNetwork }) => !hostNetwork)
      .flatMap((pod) => pod.podIps.filter((ip) => wanted.has(ip)).map((ip) => [ip, pod])),
  );
  const indexes = new Map(occupancy.interfaces.map(({ networkInterfaceId }, index) => [networkInterfaceId, index]));
  const nodes = new Map(hosts.map(({ instanceId, name }) => [instanceId, name]));
  const holder = ({ eniId, ips, release }: PrefixBlocker): BlockHolder => {
    const index = indexes.get(eniId) ?? -1;
    const eni = occupancy.interfaces[index];
    const node = nodes.get(eni?.attachment?.instanceId);
    return {
      ...(attributions[index] ?? { holder: 'other' }),
      eniId,
      ips,
      release,
      description: eni?.description ?? '',
      ...(node !== undefined && { node }),
      pods: ips.flatMap((ip) => {
        const pod = podsByIp.get(ip);
        return pod === undefined ? [] : [`${pod.namespace}/${pod.name}`];
      }),
    };
  };
  return [...Map.groupBy(blockers, ({ block }) => block)].map(([block, parts]) => ({
    block,
    release: RELEASES[Math.max(...parts.map(({ release }) => RELEASES.indexOf(release)))] ?? 'not-ours',
    addresses: parts.reduce((sum, { ips }) => sum + ips.length, 0),
    heldBy: parts.map(holder),
  }));
}
