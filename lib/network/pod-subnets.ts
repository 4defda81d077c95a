import type { Subnet } from '#lib/model/ec2.ts';
import type { EniConfig } from '#lib/model/kubernetes.ts';
import { eniConfigName } from '#lib/network/eni-config.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { MANIFEST_SETTINGS, type PodIpam } from '#lib/network/pod-ipam.ts';
import { drawsFrom, type SubnetDiscovery, subnetDiscovery } from '#lib/network/subnet-discovery.ts';

/** A subnet from which this cluster draws addresses. */
export interface PodSubnet {
  readonly subnetId: string;
  /** Absent where the subnet itself was not read. */
  readonly subnet?: Subnet;
  /** Nodes whose own address lies here. */
  readonly nodeHosts: ReadonlySet<Host>;
  /** Nodes whose pods may draw from here. */
  readonly podHosts: ReadonlySet<Host>;
  /** Nodes whose interfaces hold addresses for pods here already. */
  readonly holdingHosts: ReadonlySet<Host>;
  /** False where only nodes' own addresses come from here. */
  readonly servesPods: boolean;
  /** Subnets of the same zone to which the CNI turns when this one is full. */
  readonly siblings: ReadonlySet<string>;
  /** Subnets that it may turn to, where the CNI's version does not tell. */
  readonly possibleSiblings: ReadonlySet<string>;
}

export interface PodSubnets {
  readonly subnets: readonly PodSubnet[];
  /** Nodes of which it cannot be said where their pods draw from. */
  readonly unresolved: readonly { readonly host: Host; readonly reason: string }[];
}

export interface PodSubnetSources {
  readonly hosts: readonly Host[];
  readonly subnets: readonly Subnet[];
  readonly ipam: PodIpam;
  /** Undefined where they could not be read. */
  readonly eniConfigs: readonly EniConfig[] | undefined;
  /** `resourcesVpcConfig.subnetIds`, for a cluster without nodes. */
  readonly clusterSubnetIds: readonly string[];
}

interface Draft {
  readonly nodeHosts: Set<Host>;
  readonly podHosts: Set<Host>;
  readonly holdingHosts: Set<Host>;
  servesPods: boolean;
  readonly siblings: Set<string>;
  readonly possibleSiblings: Set<string>;
}

/**
 * Which subnets a cluster's nodes and pods draw addresses from: by the rules of its CNI, and wherever interfaces of its nodes
 * already hold addresses for pods.
 */
export function podSubnets(sources: PodSubnetSources): PodSubnets {
  const byId = new Map(sources.subnets.map((subnet) => [subnet.subnetId, subnet]));
  const drafts = new Map<string, Draft>();
  const draft = (subnetId: string): Draft => {
    const known = drafts.get(subnetId);
    if (known !== undefined) return known;
    const fresh = {
      nodeHosts: new Set<Host>(),
      podHosts: new Set<Host>(),
      holdingHosts: new Set<Host>(),
      servesPods: false,
      siblings: new Set<string>(),
      possibleSiblings: new Set<string>(),
    };
    drafts.set(subnetId, fresh);
    return fresh;
  };
  const choose = subnetChooser(sources, byId);
  const unresolved: { host: Host; reason: string }[] = [];

  for (const host of sources.hosts) {
    if (host.kind === 'hybrid') continue;
    if (host.subnetId !== undefined) draft(host.subnetId).nodeHosts.add(host);
    const choice = choose(host);
    if (choice.unresolved !== undefined) unresolved.push({ host, reason: choice.unresolved });
    for (const subnetId of choice.draws) {
      const drawn = draft(subnetId);
      drawn.podHosts.add(host);
      drawn.servesPods = true;
    }
    for (const subnetId of heldSubnets(host)) {
      const held = draft(subnetId);
      held.holdingHosts.add(host);
      held.servesPods = true;
    }
    linkSiblings(choice, draft);
  }
  if (drafts.size === 0) {
    for (const subnetId of sources.clusterSubnetIds) draft(subnetId).servesPods = true;
    for (const { subnet } of customNetworking(sources) ?? []) draft(subnet).servesPods = true;
  }
  return {
    subnets: [...drafts].map(([subnetId, drawn]) => {
      const subnet = byId.get(subnetId);
      return { subnetId, ...(subnet && { subnet }), ...drawn };
    }),
    unresolved,
  };
}

interface Choice {
  readonly draws: readonly string[];
  /** Whether the CNI surely spreads over all of `draws`. */
  readonly certain: boolean;
  readonly unresolved?: string;
}

function subnetChooser(sources: PodSubnetSources, byId: ReadonlyMap<string, Subnet>): (host: Host) => Choice {
  const { ipam } = sources;
  const settings = ipam.kind === 'vpc-cni' ? ipam.settings : MANIFEST_SETTINGS;
  const discovery = subnetDiscovery(settings);
  const zones = Map.groupBy(sources.subnets, zoneKey);
  const discovered = new Map<string, Choice>();
  return (host) => {
    const own = host.subnetId;
    // Other CNIs choose by rules of their own: what their interfaces hold is seen, what they might take next is not.
    if (ipam.kind === 'other-cni' && own !== undefined) return { draws: [], certain: true };
    if (own === undefined) return { draws: [], certain: true, unresolved: 'neither its instance nor its interfaces were seen' };
    if (host.kind !== 'linux' || ipam.kind === 'auto-mode') return { draws: [own], certain: true };
    if (settings.customNetworking) return eniConfigChoice(host, sources);
    const known = discovered.get(own);
    if (known !== undefined) return known;
    const choice = discover(own, byId, zones, discovery, settings.clusterName);
    discovered.set(own, choice);
    return choice;
  };
}

function zoneKey({ vpcId, availabilityZone }: Subnet): string {
  return `${vpcId} ${availabilityZone}`;
}

function discover(
  own: string,
  byId: ReadonlyMap<string, Subnet>,
  zones: ReadonlyMap<string, readonly Subnet[]>,
  discovery: SubnetDiscovery,
  clusterName: string | undefined,
): Choice {
  const subnet = byId.get(own);
  // The CNI, too, keeps to the node's own subnet when it cannot see the others.
  if (subnet === undefined) return { draws: [own], certain: true };
  const draws = (zones.get(zoneKey(subnet)) ?? [])
    .filter((candidate) => drawsFrom(candidate, candidate.subnetId === own, discovery, clusterName))
    .map(({ subnetId }) => subnetId);
  return { draws, certain: discovery !== 'unknown' };
}

function eniConfigChoice({ node }: Host, sources: PodSubnetSources): Choice {
  const configs = customNetworking(sources);
  if (configs === undefined) return { draws: [], certain: true, unresolved: 'the ENIConfigs were not read' };
  if (node === undefined)
    return { draws: [], certain: true, unresolved: 'the instance is no node yet, so its ENIConfig is not known' };
  const settings = sources.ipam.kind === 'vpc-cni' ? sources.ipam.settings : MANIFEST_SETTINGS;
  const name = eniConfigName(node, settings);
  const config = configs.find((candidate) => candidate.name === name);
  if (config === undefined) return { draws: [], certain: true, unresolved: `there is no ENIConfig named ${name}` };
  return { draws: [config.subnet], certain: true };
}

/** @returns undefined where custom networking is on and its ENIConfigs were not read */
function customNetworking({ ipam, eniConfigs }: PodSubnetSources): readonly EniConfig[] | undefined {
  return ipam.kind === 'vpc-cni' && ipam.settings.customNetworking ? eniConfigs : [];
}

/** Where a node's interfaces hold more than their own address: by an earlier setting, or by a CNI with rules of its own. */
function heldSubnets({ interfaces }: Host): readonly string[] {
  return interfaces
    .filter(({ privateIpAddresses, ipv4Prefixes }) => privateIpAddresses.length > 1 || ipv4Prefixes.length > 0)
    .map(({ subnetId }) => subnetId);
}

function linkSiblings({ draws, certain }: Choice, draft: (subnetId: string) => Draft): void {
  if (draws.length < 2) return;
  for (const subnetId of draws) {
    const { siblings, possibleSiblings } = draft(subnetId);
    const to = certain ? siblings : possibleSiblings;
    for (const other of draws) if (other !== subnetId) to.add(other);
  }
}
