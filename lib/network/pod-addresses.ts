import type { Pod } from '#lib/model/kubernetes.ts';
import { parseIpv4 } from '#lib/network/ipv4.ts';
import { remember } from '#lib/network/remember.ts';

/** The IPv4 addresses that pods hold, as numbers. Finished pods hold none; a host-network pod has its node's. */
export const podAddresses = remember((pods: readonly Pod[]): ReadonlySet<number> => {
  const addresses = new Set<number>();
  for (const { hostNetwork, phase, podIps } of pods) {
    if (hostNetwork || phase === 'Succeeded' || phase === 'Failed') continue;
    for (const ip of podIps) {
      const address = parseIpv4(ip);
      if (address !== undefined) addresses.add(address);
    }
  }
  return addresses;
});
