import type { Host } from '#lib/network/node-inventory.ts';
import type { PodSubnets } from '#lib/network/pod-subnets.ts';
import { subnetDiscovery } from '#lib/network/subnet-discovery.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';

/** Where a host's pods draw from: surely, and perhaps. */
export type Draws = ReadonlyMap<Host, { readonly draws: readonly string[]; readonly possibleDraws: readonly string[] }>;

/** By host, from the picture by subnet. Where the CNI's version does not tell whether it looks further, a node's own subnet is sure. */
export function drawsOf({ subnets }: PodSubnets, settings: VpcCniSettings): Draws {
  const all = new Map<Host, string[]>();
  for (const { subnetId, podHosts } of subnets) {
    for (const host of podHosts) all.set(host, [...(all.get(host) ?? []), subnetId]);
  }
  const certain = settings.customNetworking || subnetDiscovery(settings) !== 'unknown';
  return new Map(
    [...all].map(([host, ids]) => {
      const draws = ids
        .filter((id) => certain || id === host.subnetId)
        .sort((a, b) => Number(b === host.subnetId) - Number(a === host.subnetId));
      return [host, { draws, possibleDraws: ids.filter((id) => !draws.includes(id)) }];
    }),
  );
}
