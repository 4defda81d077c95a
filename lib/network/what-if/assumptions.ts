import { plural } from '#lib/model/plural.ts';
import { subnetDiscovery } from '#lib/network/subnet-discovery.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import type { Change } from '#lib/network/what-if/change.ts';
import type { World } from '#lib/network/what-if/world.ts';

interface Planned {
  readonly settings: VpcCniSettings;
  /** Nodes that stay as they are. */
  readonly staying: number;
  /** New nodes for good. */
  readonly started: number;
  readonly surge: number;
  readonly assumedMaxPods: ReadonlyMap<string, number>;
}

/** What an answer takes for granted, a sentence each: the reader decides whether it holds. */
export function assumptionsOf(world: World, change: Change, planned: Planned): readonly string[] {
  const { settings, staying, started, surge } = planned;
  return [
    'Addresses and max-pods alone are counted: CPU, memory, taints and affinities are not.',
    ...replacement(change, staying, started),
    ...[...planned.assumedMaxPods].map(
      ([type, maxPods]) =>
        `max-pods of a new ${type} is taken to be ${maxPods}, as AWS recommends: set it where the node gets its configuration.`,
    ),
    ...(world.nodegroups === undefined && started + surge > 0
      ? ['The node groups were not read, so new nodes are taken to start in the subnets where nodes are.']
      : []),
    ...(surge > 0
      ? [
          `${plural(surge, 'node')} more at once, each with the pods of an average node, while the nodes that they replace keep theirs.`,
        ]
      : []),
    ...addedSubnetSentences(change, settings, staying),
    ...(settings.prefixDelegation
      ? ['Single addresses are taken to come from outside of whole free /28 blocks first; EC2 may break more of them.']
      : []),
    ...(subnetDiscovery(settings) === 'unknown' && !settings.customNetworking
      ? [
          'Whether the VPC CNI looks for tagged subnets hangs on its version, which is not known: without them is the fewest, with them the most.',
        ]
      : []),
    ...(world.present.some(({ entry }) => entry.pods.branches > 0)
      ? ['Pods with security groups of their own have branch interfaces, which are not counted.']
      : []),
    ...world.leftOut.map(({ nodes, reason }) => `Left out: ${plural(nodes, 'node')} (${reason}).`),
  ];
}

function replacement({ prefixDelegation, instanceType }: Change, staying: number, started: number): readonly string[] {
  if (prefixDelegation === undefined && instanceType === undefined) return [];
  if (staying === 0) return [`Every node is a new one: ${plural(started, 'node')} with the new settings from the start.`];
  return [
    `Nodes that are there stay as they are (${staying}): their pods keep their addresses, and max-pods its value, until they are replaced.`,
  ];
}

function addedSubnetSentences({ addSubnets = [] }: Change, settings: VpcCniSettings, staying: number): readonly string[] {
  if (addSubnets.length === 0) return [];
  if (settings.customNetworking)
    return [
      `The ENIConfig of its zone names the added subnet; nodes that stay (${staying}) keep the one that they have until they are replaced.`,
    ];
  return subnetDiscovery(settings) === 'none'
    ? [
        'The VPC CNI of this cluster does not look for tagged subnets (from 1.18 on, ENABLE_SUBNET_DISCOVERY), so an added one gives nothing.',
      ]
    : ['The added subnet is tagged kubernetes.io/role/cni=1, and its routes and rules are those of the others.'];
}
