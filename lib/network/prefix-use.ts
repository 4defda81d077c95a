import type { InstanceType, NetworkInterface } from '#lib/model/ec2.ts';
import type { NodeClass } from '#lib/model/karpenter.ts';
import { ipMode } from '#lib/network/node-capacity.ts';
import { nodeClassName } from '#lib/network/node-class.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import type { PodIpam } from '#lib/network/pod-ipam.ts';
import type { PodSubnet } from '#lib/network/pod-subnets.ts';

/** Whether nodes need prefixes of a subnet: `falls-back` where they take single addresses once there are none. */
export type PrefixUse = 'on' | 'off' | 'falls-back' | 'unknown';

export interface PrefixSettings {
  /** By name; a type that is missing counts as one that can have prefixes. */
  readonly types: ReadonlyMap<string, InstanceType>;
  /** Undefined where they were not read. */
  readonly nodeClasses: readonly NodeClass[] | undefined;
}

export function prefixUse(
  { podHosts, holdingHosts, subnetId }: PodSubnet,
  ipam: PodIpam,
  { types, nodeClasses = [] }: PrefixSettings,
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
    case 'auto-mode':
      return takesSingles(podHosts, nodeClasses) ? 'off' : 'falls-back';
    case 'other-cni':
      return holdsPrefixes(holdingHosts, subnetId) ? 'on' : 'off';
    case 'unknown':
      return holdsPrefixes(holdingHosts, subnetId) ? 'on' : 'unknown';
  }
}

/**
 * Auto Mode's default is a /28, with single addresses as the fall-back; a NodeClass may ask for single addresses alone.
 * Sources: aws/containers-roadmap issue 2488; Amazon EKS User Guide, "Create a Node Class for Amazon EKS", `ipv4PrefixSize`.
 */
function takesSingles(hosts: ReadonlySet<Host>, nodeClasses: readonly NodeClass[]): boolean {
  const singles = new Set(nodeClasses.flatMap(({ name, ipv4PrefixSize }) => (ipv4PrefixSize === '32' ? [name] : [])));
  return hosts.size > 0 && [...hosts].every(({ node }) => singles.has(nodeClassName(node) ?? ''));
}

function holdsPrefixes(hosts: Iterable<Host>, subnetId: string): boolean {
  const holds = (eni: NetworkInterface) => eni.subnetId === subnetId && eni.ipv4Prefixes.length > 0;
  return Iterator.from(hosts).some(({ interfaces }) => interfaces.some(holds));
}
