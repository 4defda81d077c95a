import type { Precondition } from '#lib/model/remediation.ts';
import { versionAtLeast } from '#lib/network/cni.ts';
import { countFreePrefixes } from '#lib/network/free-prefixes.ts';
import { canDelegatePrefixes } from '#lib/network/node-capacity.ts';
import { occupancyIn } from '#lib/network/occupancy-in.ts';
import { versionDelegates } from '#lib/network/prefix-delegation.ts';
import { holding, named } from '#lib/remediate/precondition.ts';
import type { VpcCniScene } from '#lib/remediate/vpc-cni/scene.ts';

/** Spare blocks beside those that the nodes take at once: some break while the change rolls out. */
const SPARE = 1.5;

export interface PrefixGuards {
  /** WARM_PREFIX_TARGET after the change. */
  readonly warmPrefixTarget: number;
  readonly leastNitroPercent: number;
}

/**
 * Guards of prefix delegation, with their values.
 * Sources: Amazon EKS User Guide, "Assign more IP addresses to Amazon EKS nodes with prefixes"; Amazon EKS Best Practices Guide, "Prefix Mode
 * for Linux"; amazon-vpc-cni-k8s README.md, ENABLE_PREFIX_DELEGATION.
 */
export function prefixPreconditions(scene: VpcCniScene, guards: PrefixGuards): readonly Precondition[] {
  return [
    notAutoMode(scene),
    cniVersion(scene),
    nodesSeen(scene),
    nitroShare(scene, guards),
    freeSlots(scene),
    ...subnetGuards(scene, guards),
  ];
}

function notAutoMode({ data: { cluster } }: VpcCniScene): Precondition {
  return {
    name: 'not-auto-mode',
    holds: holding(!cluster.autoMode),
    value: cluster.autoMode ? 'EKS Auto Mode is on' : 'off',
    wanted: 'EKS Auto Mode is off: AWS decides there how nodes hold addresses',
    remedy:
      'Give the pods of Auto Mode a NodeClass with roomier subnets instead: it uses prefixes by itself while it finds them.',
  };
}

function cniVersion({ nodes, settings }: VpcCniScene): Precondition {
  const metal = nodes.some(({ type }) => type.bareMetal);
  const least = metal ? '1.11.0' : '1.9.0';
  const answers = nodes.map(({ type }) => versionDelegates(type, settings));
  const tooOld = answers.includes(false) || versionAtLeast(settings.version, '1.9.0') === false;
  return {
    name: 'cni-version',
    holds: tooOld ? 'no' : holding(versionAtLeast(settings.version, least)),
    value: settings.version ?? 'its image has no tag that tells',
    wanted: `${least} or later${metal ? ', as there are bare-metal nodes' : ''}`,
    remedy: 'Bring the CNI up to date first, one minor version at a time: cniwatch explain update-cni.',
  };
}

function nodesSeen({ nodes, unjudged, network }: VpcCniScene): Precondition {
  const gaps = [
    ...unjudged.map(({ host, reason }) => `${host.name}: ${reason}`),
    ...network.unresolved.map(({ host, reason }) => `${host.name}: ${reason}`),
  ];
  return {
    name: 'nodes-seen',
    holds: gaps.length > 0 ? 'unknown' : holding(nodes.length > 0),
    value: gaps.length > 0 ? named(gaps, 3) : `${nodes.length} nodes, each with its instance, interfaces and subnets`,
    wanted: 'of every node it is known what its interfaces hold and from where its pods draw',
    remedy: 'Mend what keeps them from being read (cniwatch doctor names the grant), or wait for the nodes, and plan again.',
  };
}

function nitroShare({ nodes }: VpcCniScene, { leastNitroPercent }: PrefixGuards): Precondition {
  const able = nodes.filter(({ type }) => canDelegatePrefixes(type));
  const others = [...new Set(nodes.filter(({ type }) => !canDelegatePrefixes(type)).map(({ type }) => type.instanceType))];
  return {
    name: 'nitro-share',
    holds: holding(nodes.length > 0 && able.length > 0 && 100 * able.length >= leastNitroPercent * nodes.length),
    value: `${able.length} of ${nodes.length} nodes${others.length > 0 ? `; not ${named(others)}` : ''}`,
    wanted: `${leastNitroPercent} % of the nodes are Nitro or bare metal: the others keep single addresses, and say nothing`,
    remedy: 'Replace nodes of the other types first, or accept that they gain nothing: --set leastNitroPercent=PERCENT.',
  };
}

/** A node takes its first prefix on an interface with an empty slot; one whose interfaces are all there has to free some first. */
function freeSlots({ nodes }: VpcCniScene): Precondition {
  const full = nodes.filter(({ type, capacity }) => canDelegatePrefixes(type) && capacity.podEnis <= capacity.carriers.length);
  return {
    name: 'free-eni-slot',
    holds: holding(full.length === 0),
    value: full.length === 0 ? 'every node has one' : `none on ${named(full.map(({ node }) => node.name))}`,
    wanted: 'every node can attach one more interface for pods',
    remedy:
      'Bring new nodes in and drain those whose interfaces are all attached (kubectl drain NODE --ignore-daemonsets), or move pods away until the CNI gives an interface back; then plan again.',
  };
}

/** Of each subnet of the pods: room for prefixes, and nothing in it that cannot be seen. */
function subnetGuards({ network, data }: VpcCniScene, { warmPrefixTarget }: PrefixGuards): readonly Precondition[] {
  return network.subnets
    .filter(({ podHosts }) => podHosts.size > 0)
    .flatMap(({ subnetId, subnet, podHosts }) => {
      const occupancy = subnet && occupancyIn(subnet, data.networkInterfaces);
      if (subnet === undefined || occupancy === undefined) return [uncounted(subnetId)];
      const reservations = data.subnetCidrReservations.filter((reservation) => reservation.subnetId === subnetId);
      const counted = countFreePrefixes(occupancy, subnet.availableIpAddressCount, reservations);
      const wanted = Math.ceil(SPARE * podHosts.size * (1 + warmPrefixTarget));
      const covered = counted.reservedPrefixesAtLeast >= wanted;
      const reserved = counted.hasPrefixReservation ? `, and ${counted.reservedPrefixes} in prefix reservations` : '';
      return [
        {
          name: 'free-prefixes',
          resource: subnetId,
          holds: holding(covered || counted.freePrefixesAtLeast >= wanted),
          value: `${counted.freePrefixes} free /28 blocks${counted.unaccounted > 0 ? `, ${counted.freePrefixesAtLeast} for sure` : ''}${reserved}`,
          wanted: `${wanted}: ${SPARE} x ${podHosts.size} nodes x (1 + WARM_PREFIX_TARGET ${warmPrefixTarget}), free or in a prefix reservation`,
          remedy: `Keep a range for prefixes (cniwatch explain reserve-prefix-space; cniwatch explain subnet ${subnetId} shows what breaks its blocks), or give the pods a further subnet.`,
        },
        {
          name: 'addresses-accounted',
          resource: subnetId,
          holds: holding(counted.unaccounted === 0),
          value: `${counted.unaccounted} used addresses that no interface seen holds`,
          wanted: '0: each may break a block that seems free',
          remedy:
            'Let cniwatch see the interfaces of whoever else uses the subnet: in a shared VPC they belong to other accounts. Read again where interfaces came or went meanwhile.',
        },
      ];
    });
}

function uncounted(subnetId: string): Precondition {
  return {
    name: 'free-prefixes',
    resource: subnetId,
    holds: 'unknown',
    value: 'it was not among the subnets read, or has no IPv4 CIDR',
    wanted: 'its /28 blocks are counted',
    remedy: `Grant ec2:DescribeSubnets where ${subnetId} lies, and plan again.`,
  };
}
