import type { InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import { ipMode } from '#lib/network/node-capacity.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import type { PodIpam } from '#lib/network/pod-ipam.ts';
import type { PodSubnet } from '#lib/network/pod-subnets.ts';

/** Whether nodes need prefixes of a subnet: `falls-back` where they take single addresses once there are none. */
export type PrefixUse = 'on' | 'off' | 'falls-back' | 'unknown';

/** @param types by name; a type that is missing counts as one that can have prefixes */
export function prefixUse(
  { podHosts, holdingHosts, subnetId }: PodSubnet,
  ipam: PodIpam,
  types: ReadonlyMap<string, InstanceType>,
): PrefixUse {
  switch (ipam.kind) {
    case 'vpc-cni': {
      if (!ipam.settings.prefixDelegation) return 'off';
      const linux = [...podHosts].filter(({ kind }) => kind === 'linux');
      const mode = ({ instanceType = '' }: Host) => {
        const type = types.get(instanceType);
        return type === undefined ? 'prefix' : ipMode(type, ipam.settings);
      };
      return linux.length === 0 || linux.some((host) => mode(host) === 'prefix') ? 'on' : 'off';
    }
    // Its default is a /28, with single addresses as the fall-back. Source: aws/containers-roadmap issue 2488.
    case 'auto-mode':
      return 'falls-back';
    case 'other-cni':
      return holdsPrefixes(holdingHosts, subnetId) ? 'on' : 'off';
    case 'unknown':
      return holdsPrefixes(holdingHosts, subnetId) ? 'on' : 'unknown';
  }
}

function holdsPrefixes(hosts: Iterable<Host>, subnetId: string): boolean {
  const holds = (eni: NetworkInterface) => eni.subnetId === subnetId && eni.ipv4Prefixes.length > 0;
  return Iterator.from(hosts).some(({ interfaces }) => interfaces.some(holds));
}
