import * as z from 'zod';
import { countedFinding, uncountedFinding } from '#lib/checks/subnet/prefix-finding.ts';
import { unplacedNodes } from '#lib/checks/subnet/unplaced-nodes.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import { dataOf } from '#lib/model/slice.ts';
import { attributionsIn } from '#lib/network/attributions-in.ts';
import { countFreePrefixes } from '#lib/network/free-prefixes.ts';
import { LEAKED_AFTER_MINUTES } from '#lib/network/leaked-enis.ts';
import { occupancyIn } from '#lib/network/occupancy-in.ts';
import { cniName } from '#lib/network/pod-ipam.ts';
import { podNetwork } from '#lib/network/pod-network.ts';
import { prefixBlockers } from '#lib/network/prefix-blockers.ts';
import { prefixUse } from '#lib/network/prefix-use.ts';
import { averageNode } from '#lib/network/subnet-demand.ts';
import { BLOCKS, subnetMap } from '#lib/network/subnet-map.ts';

/** The pods that a node is taken to have at most where pods were not read: AWS's max-pods for all but large types. */
const MOST_PODS = 110;

const LEGEND = Object.entries(BLOCKS)
  .map(([block, meaning]) => `\`${block}\` ${meaning}`)
  .join('; ');

export const check = defineCheck({
  id: 'subnet-prefix-fragmentation',
  title: 'Free /28 blocks for prefix delegation',
  area: 'subnet',
  severity: 'critical',
  inputs: ['cluster', 'subnets', 'networkInterfaces', 'subnetCidrReservations'],
  optional: ['nodes', 'pods', 'instances', 'daemonSets', 'eniConfigs', 'instanceTypes', 'nodeClasses'],
  options: z.object({
    blockersListed: z.number().int().min(0).default(10).describe('how many blocks that are cheapest to free are listed'),
    leakedAfterMinutes: z
      .number()
      .min(5)
      .default(LEAKED_AFTER_MINUTES)
      .describe(
        'age from which a detached interface of the VPC CNI counts as leaked, in minutes; the CNI itself cleans up after 5',
      ),
    outsideReservation: z
      .enum(['yes', 'no', 'unknown'])
      .default('unknown')
      .describe(
        'whether EC2 delegates prefixes from outside of a prefix reservation while the subnet has one; AWS does not document it, and `unknown` judges both ways',
      ),
  }),
  metrics: [
    {
      name: 'SubnetFreePrefixes',
      unit: 'Count',
      per: 'subnet',
      description: 'aligned free /28 blocks of a subnet, outside of reservations',
      essential: true,
    },
  ],
  docs: {
    question:
      'How many aligned /28 blocks can really be had in each subnet of the pods? EC2 counts single free addresses; with prefix delegation on, a subnet full of holes gives no prefix however many addresses it has, and the VPC CNI does not fall back to single ones.',
    verdicts: {
      warning:
        'with prefix delegation on, fewer than two nodes take: of the pods of an average node here, the warm targets, and the single address that every new interface takes in the same subnet',
      critical: 'with prefix delegation on, none',
      unknown:
        'interfaces that cannot be seen, or a prefix reservation (`outsideReservation`), leave the verdict open; or it is not known whether prefix delegation is on, or how many pods a node has, and the verdict hangs on it; or a subnet was not read',
      notApplicable: 'an IPv6 cluster, whose pods take /80 prefixes; a CNI that delegates none; an IPv6-only subnet',
    },
    evidence: {
      cidr: "the subnet's IPv4 CIDR",
      freeIps: '`AvailableIpAddressCount`: single addresses',
      freePrefixes:
        'aligned /28 blocks without an address and outside of reservations; an upper bound where `unaccounted` is not 0',
      maxPrefixes: 'the same in an empty subnet of this size',
      reservedPrefixes: 'free blocks inside prefix reservations',
      fragmentationIndex: '0 where every free address lies in a free block, 1 where none does',
      blockers:
        'the blocks that are cheapest to free, cheapest first: `block`, `eniId`, `ips` and `release` (delete-detached, unassign, await-cni, delete-interface, replace-node, not-ours: `cniwatch explain subnet` says who does it and how)',
      prefixDelegation:
        'on, off, falls-back (EKS Auto Mode, unless the NodeClasses ask for single addresses) or unknown, for the nodes of this subnet',
      freePrefixesAtLeast: 'the fewest free blocks that there can be, each unaccounted address breaking one',
      demandPerNode:
        'what an average node takes: `prefixes`, `singles` and the `podsPerNode` it is derived from; null where prefix delegation is off',
      unaccounted: 'addresses that EC2 counts as used and no interface that could be read holds',
      map: `a character a /28 block, in the order of the addresses. ${LEGEND}`,
      nodes: 'of the finding on the cluster alone: nodes of which it is not known where their pods draw from',
    },
    sources: [
      'Amazon EKS Best Practices Guide, "Prefix Mode for Linux" (https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html)',
      'Amazon VPC User Guide, "Subnet CIDR reservations" (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html)',
      'amazon-vpc-cni-k8s docs/prefix-and-ip-target.md',
    ],
  },
  remediations: ['reserve-prefix-space'],
  evaluate({ inputs, optional, target, now, options }) {
    const slices = { ...optional, networkInterfaces: { ok: true, data: inputs.networkInterfaces } } as const;
    const network = podNetwork(inputs.cluster, inputs.subnets, slices);
    const { ipam, settings, identity } = network;
    if (settings.ipv6)
      return notApplicable(target, 'The pods of this cluster have IPv6 addresses, from /80 prefixes: no /28 is needed.');
    const types = new Map((dataOf(optional.instanceTypes) ?? []).map((type) => [type.instanceType, type]));
    const places = network.subnets
      .filter(({ servesPods }) => servesPods || ipam.kind === 'other-cni')
      .map((place) => ({ place, use: prefixUse(place, ipam, { types, nodeClasses: dataOf(optional.nodeClasses) }) }));
    if (ipam.kind === 'other-cni' && places.every(({ use }) => use === 'off'))
      return notApplicable(
        target,
        `${cniName(ipam.cni)} gives the pods of this cluster their addresses, and its nodes hold no /28 prefixes.`,
      );

    const prefixed = { ipam, settings: { ...settings, prefixDelegation: true }, types };
    const findings = places.map(({ place, use }) => {
      const { subnet } = place;
      const occupancy = subnet && occupancyIn(subnet, inputs.networkInterfaces);
      if (subnet === undefined || occupancy === undefined) return uncountedFinding(place);
      const reservations = inputs.subnetCidrReservations.filter(({ subnetId }) => subnetId === subnet.subnetId);
      const attributions = attributionsIn(occupancy.interfaces, identity, now.getTime(), options.leakedAfterMinutes);
      return countedFinding({
        subnet,
        use,
        counted: countFreePrefixes(occupancy, subnet.availableIpAddressCount, reservations),
        demand: averageNode(place, prefixed),
        demandAtMost: optional.pods.ok ? undefined : averageNode(place, prefixed, MOST_PODS),
        blockers: prefixBlockers(occupancy, {
          reservations,
          attributions,
          clusterName: identity.name,
          limit: options.blockersListed,
        }),
        map: subnetMap(occupancy, reservations, attributions),
        outsideReservation: options.outsideReservation,
        caveats: network.caveats,
      });
    });
    return {
      findings: [...unplacedNodes(network, target, slices), ...findings],
      metrics: findings.flatMap(({ resource, evidence }) =>
        typeof evidence['freePrefixes'] === 'number'
          ? [{ name: 'SubnetFreePrefixes', value: evidence['freePrefixes'], dimensions: { SubnetId: resource.id } }]
          : [],
      ),
    };
  },
});
