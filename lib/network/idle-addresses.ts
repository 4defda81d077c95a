import type { Pod } from '#lib/model/kubernetes.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { parseIpv4, parseIpv4Block } from '#lib/network/ipv4.ts';

/** What one interface of a node holds for pods and no pod has. */
export interface IdleAddresses {
  readonly subnetId: string;
  /** Single addresses. */
  readonly singles: number;
  /** Whole prefixes of which no pod has an address: only these can be given back. */
  readonly prefixes: number;
}

export function idleAddresses({ capacity, host }: EniNode): readonly IdleAddresses[] {
  const taken = new Set(host.pods.filter(holdsAddress).flatMap(({ podIps }) => podIps.flatMap((ip) => parseIpv4(ip) ?? [])));
  return capacity.carriers.map(({ subnetId, privateIpAddresses, ipv4Prefixes }) => ({
    subnetId,
    singles: privateIpAddresses.slice(1).filter((ip) => !taken.has(parseIpv4(ip) ?? -1)).length,
    prefixes: ipv4Prefixes.filter((prefix) => isIdle(prefix, taken)).length,
  }));
}

function isIdle(prefix: string, taken: ReadonlySet<number>): boolean {
  const block = parseIpv4Block(prefix);
  if (block === undefined) return false;
  for (let offset = 0; offset < block.size; offset++) if (taken.has(block.first + offset)) return false;
  return true;
}

/** A finished pod may still state the address that it had. */
function holdsAddress({ hostNetwork, phase }: Pod): boolean {
  return !hostNetwork && phase !== 'Succeeded' && phase !== 'Failed';
}
