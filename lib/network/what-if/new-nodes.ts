import type { InstanceType, Subnet } from '#lib/model/ec2.ts';
import type { EniConfig, Node } from '#lib/model/kubernetes.ts';
import { allowedHostPods, expectedMaxPods } from '#lib/network/max-pods.ts';
import { ipMode } from '#lib/network/node-capacity.ts';
import type { Host } from '#lib/network/node-inventory.ts';
import { podSubnets } from '#lib/network/pod-subnets.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import { drawsOf } from '#lib/network/what-if/draws.ts';
import { mostFrequent } from '#lib/network/what-if/groups.ts';
import { NoAnswer } from '#lib/network/what-if/no-answer.ts';
import { type NodePlace, newNode, newPodEnis, type PlannedNode } from '#lib/network/what-if/node.ts';
import type { Seat } from '#lib/network/what-if/placement.ts';
import type { World } from '#lib/network/what-if/world.ts';

/** What new nodes find when they start. */
export interface NewNodeContext {
  readonly settings: VpcCniSettings;
  /** Those that are left, the added ones among them. */
  readonly subnets: readonly Subnet[];
  readonly eniConfigs: readonly EniConfig[] | undefined;
  /** Instead of each group's own. */
  readonly instanceType: string | undefined;
}

export interface NewNodes {
  readonly nodes: readonly PlannedNode[];
  /** max-pods that no present node shows, by instance type. */
  readonly assumedMaxPods: ReadonlyMap<string, number>;
}

/**
 * The nodes that would start in these seats. What a node is like hangs on its group and subnet alone, so each pair is thought out once.
 * @throws NoAnswer where a type or a place to draw from is not known
 */
export function newNodes(seats: readonly Seat[], world: World, context: NewNodeContext): NewNodes {
  const seatsByKind = Map.groupBy(seats, ({ group, subnet }) => `${group.name} ${subnet.subnetId}`);
  const kinds = [...seatsByKind.values()].flatMap(([first]) => (first ? [{ seat: first, host: plannedHost(first) }] : []));
  const drawn = draws(
    kinds.map(({ host }) => host),
    world,
    context,
  );
  const assumedMaxPods = new Map<string, number>();
  const nodes = kinds.flatMap(({ seat, host }) => {
    const type = typeOf(seat, world, context);
    const place = {
      ...drawn(host),
      group: seat.group.name,
      subnetId: seat.subnet.subnetId,
      availabilityZone: seat.subnet.availabilityZone,
    };
    const maxPods = maxPodsOf(type, seat, world, { ...context, place });
    if (maxPods.assumed) assumedMaxPods.set(type.instanceType, maxPods.value);
    const limit = Math.max(0, maxPods.value - hostNetworkPods(world));
    const count = seatsByKind.get(host.name)?.length ?? 0;
    return Array.from({ length: count }, (_, index) =>
      newNode(type, context.settings, limit, {
        ...place,
        name: `new ${type.instanceType} ${index + 1} of ${seat.group.name} in ${place.subnetId}`,
      }),
    );
  });
  return { nodes, assumedMaxPods };
}

function typeOf({ group }: Seat, { types, settings }: World, { instanceType }: NewNodeContext): InstanceType {
  const name = instanceType ?? group.instanceType;
  if (name === undefined)
    throw new NoAnswer('unknown', `no node says of which type a new one of ${group.name} would be: name one`);
  const type = types.get(name);
  if (type === undefined) throw new NoAnswer('unknown', `the interfaces and addresses of ${name} are not known`);
  if (settings.multiNic && type.networkCards.length > 1)
    throw new NoAnswer('unknown', `${name} has ${type.networkCards.length} network cards and ENABLE_MULTI_NIC is on`);
  return type;
}

function draws(hosts: readonly Host[], { ipam }: World, { settings, subnets, eniConfigs }: NewNodeContext) {
  const found = podSubnets({ hosts, subnets, ipam: { ...ipam, settings }, eniConfigs, clusterSubnetIds: [] });
  const byHost = drawsOf(found, settings);
  const zones = new Map(subnets.map(({ subnetId, availabilityZone }) => [subnetId, availabilityZone]));
  const unresolved = new Map(found.unresolved.map(({ host, reason }) => [host, reason]));
  return (host: Host): Pick<NodePlace, 'draws' | 'possibleDraws'> => {
    const drawn = byHost.get(host) ?? { draws: [], possibleDraws: [] };
    const elsewhere = drawn.draws.find((id) => zones.get(id) !== host.availabilityZone);
    const reason = unresolved.get(host) ?? (elsewhere && `${elsewhere} lies in another zone than the node, or was not read`);
    if (reason !== undefined)
      throw new NoAnswer('unknown', `where the pods of a new node in ${host.availabilityZone} would draw from: ${reason}`);
    return drawn;
  };
}

/** A host as the picture of the subnets knows them: the labels of its template, in its own zone. */
function plannedHost({ group, subnet, template }: Seat): Host {
  const name = `${group.name} ${subnet.subnetId}`;
  const { availabilityZone, subnetId } = subnet;
  const like = template?.host.node ?? BLANK_NODE;
  const labels = { ...like.labels, ...group.managed?.labels, 'topology.kubernetes.io/zone': availabilityZone };
  return { name, kind: 'linux', node: { ...like, name, labels }, subnetId, availabilityZone, interfaces: [], pods: [] };
}

const BLANK_NODE: Node = {
  name: '',
  labels: {},
  annotations: {},
  internalIps: [],
  podCidrs: [],
  unschedulable: false,
  taints: [],
  conditions: [],
  createdAt: '',
};

/** As nodes of the same type and mode have it now, its own group's first; else what AWS's calculator gives. */
function maxPodsOf(
  type: InstanceType,
  { group }: Seat,
  { present }: World,
  { settings, place }: NewNodeContext & { readonly place: Pick<NodePlace, 'draws' | 'subnetId'> },
): { readonly value: number; readonly assumed: boolean } {
  const mode = ipMode(type, settings);
  const alike = present.filter(({ entry }) => entry.type.instanceType === type.instanceType && entry.capacity.mode === mode);
  const own = alike.filter((node) => node.group === group.name);
  const seen = mostFrequent((own.length > 0 ? own : alike).map(({ maxPods }) => maxPods));
  if (seen !== undefined) return { value: seen, assumed: false };
  const podEnis = newPodEnis(type, settings, !settings.customNetworking && place.draws.includes(place.subnetId));
  return { value: expectedMaxPods(type, { mode, podEnis }), assumed: true };
}

/** Of an average node, rounded up. */
function hostNetworkPods({ present }: World): number {
  const pods = present.reduce((sum, { entry }) => sum + entry.pods.hostNetwork, 0);
  return allowedHostPods({ hostNetwork: present.length === 0 ? 0 : Math.ceil(pods / present.length) });
}
