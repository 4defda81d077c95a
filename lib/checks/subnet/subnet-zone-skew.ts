import * as z from 'zod';
import { unplacedNodes } from '#lib/checks/subnet/unplaced-nodes.ts';
import { skewFinding } from '#lib/checks/subnet/zone-skew-finding.ts';
import { defineCheck, notApplicable } from '#lib/model/check.ts';
import type { Subnet } from '#lib/model/ec2.ts';
import type { Nodegroup } from '#lib/model/eks.ts';
import { dataOf } from '#lib/model/slice.ts';
import { POD_NETWORK_SLICES, type PodNetwork, podNetwork } from '#lib/network/pod-network.ts';
import { oneMoreNode } from '#lib/network/subnet-demand.ts';
import { type ZonePlace, zoneRooms, zoneSkew } from '#lib/network/zone-rooms.ts';

const share = (value: number) => z.number().min(0).max(100).default(value);

export const check = defineCheck({
  id: 'subnet-zone-skew',
  title: 'One zone out of addresses while others have room',
  area: 'subnet',
  severity: 'critical',
  inputs: ['cluster', 'subnets'],
  optional: [...POD_NETWORK_SLICES, 'instanceTypes', 'nodegroups'],
  options: z.object({
    shortPercent: share(90).describe("used share of a zone's addresses from which it is short, in percent"),
    roomPercent: share(70).describe("used share of a zone's addresses below which it has room, in percent"),
  }),
  metrics: [],
  docs: {
    question:
      'Is one zone near exhaustion while others have room? The sum over all zones hides it, and so does a look at each subnet: nodes and pods that must be in that zone (by their volumes, by topology spread, by their node group) wait, and the rest crowd into the others. Judged are the subnets that pods draw from and those that node groups may use.',
    verdicts: {
      warning:
        'a zone is short (at least `shortPercent` used, or too few addresses for one more node) while another has room (less than `roomPercent` used)',
      critical: 'the same, where the short zone takes no more node and is the only one of a node group',
      unknown:
        'it is not known where all nodes draw from; or a subnet, or what a type takes, or the zones of the node groups were not read, and the verdict hangs on it',
      notApplicable: 'all subnets lie in one zone',
    },
    evidence: {
      zones:
        'by zone: `free` and `total` addresses, `usedPercent`, the `nodes` that are there, and `refusesNode` (yes, no, unknown): whether none of its subnets has the addresses that one more node takes',
      shortZones: 'zones that are short',
      roomyZones: 'zones that have room',
      free: 'free addresses in all zones together',
      total: 'addresses in all zones together',
      boundNodegroups: 'node groups with no other zone than a short one that takes no more node; null where they were not read',
    },
    sources: [
      'Amazon EKS Best Practices Guide, "VPC and Subnet Considerations" (https://docs.aws.amazon.com/eks/latest/best-practices/subnets.html)',
      'Amazon EC2 Auto Scaling User Guide, "Auto Scaling benefits for application architecture" (distribution across zones)',
      'amazon-vpc-cni-k8s pkg/awsutils/awsutils.go (choice of subnets: of the zone of the node only)',
    ],
  },
  remediations: ['add-pod-subnet'],
  evaluate({ inputs, optional, target, options }) {
    const network = podNetwork(inputs.cluster, inputs.subnets, optional);
    const nodegroups = dataOf(optional.nodegroups);
    const byId = new Map(inputs.subnets.map((subnet) => [subnet.subnetId, subnet]));
    const types = new Map((dataOf(optional.instanceTypes) ?? []).map((type) => [type.instanceType, type]));
    const drawn = network.subnets.filter(({ servesPods }) => servesPods || network.ipam.kind === 'other-cni');
    const places = [
      ...drawn.flatMap((place) =>
        place.subnet ? [{ subnet: place.subnet, demand: oneMoreNode(place, { ...network, types }) }] : [],
      ),
      ...freshPlaces(network, nodegroups ?? [], byId),
    ];
    const rooms = zoneRooms(places, network.settings.warmEniTarget);
    const gaps = gapsOf(unplacedNodes(network, target, optional), drawn);
    if (rooms.length < 2 && gaps.length === 0)
      return notApplicable(target, 'The subnets that pods draw from, or that node groups may use, lie in fewer than two zones.');
    const skew = zoneSkew(rooms, options);
    const full = new Set(skew.short.flatMap(({ zone, refusesNode }) => (refusesNode === 'yes' ? [zone] : [])));
    return {
      findings: [
        skewFinding(target, {
          ...skew,
          rooms,
          nodesByZone: nodesByZone(network),
          boundNodegroups: nodegroups?.filter((group) => isBound(group, byId, full)).map(({ nodegroupName }) => nodegroupName),
          gaps,
          caveats: network.caveats,
        }),
      ],
      metrics: [],
    };
  },
});

/** Subnets where a node group may start nodes and has none; under custom networking pods do not draw from them. */
function freshPlaces(
  { subnets, settings }: PodNetwork,
  nodegroups: readonly Nodegroup[],
  byId: ReadonlyMap<string, Subnet>,
): readonly ZonePlace[] {
  if (settings.customNetworking) return [];
  const known = new Set(subnets.map(({ subnetId }) => subnetId));
  const fresh = new Set(nodegroups.flatMap((group) => group.subnets).filter((subnetId) => !known.has(subnetId)));
  return [...fresh].flatMap((subnetId) => {
    const subnet = byId.get(subnetId);
    return subnet === undefined ? [] : [{ subnet, demand: { addresses: 1, unknownTypes: [] } }];
  });
}

function isBound({ subnets }: Nodegroup, byId: ReadonlyMap<string, Subnet>, zones: ReadonlySet<string>): boolean {
  return subnets.length > 0 && subnets.every((subnetId) => zones.has(byId.get(subnetId)?.availabilityZone ?? ''));
}

function nodesByZone({ hosts }: PodNetwork): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { availabilityZone, kind } of hosts) {
    if (availabilityZone === undefined || kind === 'hybrid') continue;
    counts.set(availabilityZone, (counts.get(availabilityZone) ?? 0) + 1);
  }
  return counts;
}

function gapsOf(unplaced: ReturnType<typeof unplacedNodes>, drawn: PodNetwork['subnets']): readonly string[] {
  const unread = drawn.filter(({ subnet }) => subnet === undefined).map(({ subnetId }) => subnetId);
  return [
    ...unplaced.map(({ summary }) => summary.replace(/\.$/, '')),
    ...(unread.length > 0 ? [`${unread.join(', ')} gives pods addresses and was not among the subnets read`] : []),
  ];
}
