import type { Pod } from '#lib/model/kubernetes.ts';
import { type AddressSet, addressSet } from '#lib/network/address-set.ts';
import { parseIpv4 } from '#lib/network/ipv4.ts';
import { remember } from '#lib/network/remember.ts';

/** The IPv4 addresses that pods hold. Finished pods hold none; a host-network pod has its node's. */
export const podAddresses = remember((pods: readonly Pod[]): AddressSet => addressSet(addressesOf(pods)));

function* addressesOf(pods: readonly Pod[]): Generator<number | undefined> {
  for (const { hostNetwork, phase, podIps } of pods) {
    if (hostNetwork || phase === 'Succeeded' || phase === 'Failed') continue;
    for (const ip of podIps) yield parseIpv4(ip);
  }
}
