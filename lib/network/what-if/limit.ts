import type { Subnet } from '#lib/model/ec2.ts';
import { plural } from '#lib/model/plural.ts';
import type { Filled, Refusal } from '#lib/network/what-if/fill.ts';
import type { Limit } from '#lib/network/what-if/pool.ts';

export type LimitKind = Limit['kind'];

/** What runs out first; `none` where there is no node to put a pod on. */
export interface FirstLimit {
  readonly kind: LimitKind | 'none';
  /** The subnet, or the type of the node. */
  readonly resource: string | null;
  /** Pods that have an address by then. */
  readonly podsByThen: number;
  /** A sentence with the numbers. */
  readonly detail: string;
}

/** A new node that does not start comes before any pod. */
export function firstLimit({ nodes, pods, firstRefusal }: Filled, subnets: readonly Subnet[]): FirstLimit {
  const unstarted = nodes.filter(({ started }) => !started);
  const [first] = unstarted;
  if (first !== undefined) {
    const { subnetId } = first.node;
    return {
      kind: 'subnet-addresses',
      resource: subnetId,
      podsByThen: nodes.reduce((sum, { node }) => sum + node.pods, 0),
      detail: `${subnetText(subnetId, subnets)} has no address for ${plural(unstarted.length, 'new node')} to start with.`,
    };
  }
  if (firstRefusal === undefined) return { kind: 'none', resource: null, podsByThen: pods, detail: 'No node takes another pod.' };
  const { kind } = firstRefusal.limit;
  const resource = 'subnetId' in firstRefusal.limit ? firstRefusal.limit.subnetId : firstRefusal.node.instanceType;
  return { kind, resource, podsByThen: firstRefusal.podsByThen, detail: detail(firstRefusal, subnets) };
}

function detail({ limit, node, podsByThen }: Refusal, subnets: readonly Subnet[]): string {
  const then = `with ${plural(podsByThen, 'pod')} in the cluster`;
  switch (limit.kind) {
    case 'max-pods':
      return `max-pods leaves a node (${node.instanceType}, ${node.availabilityZone}) ${plural(node.podLimit, 'pod')} with an address, ${then}.`;
    case 'node-addresses':
      return `Every interface of a node (${node.instanceType}, ${node.availabilityZone}) is attached and full, ${then}.`;
    case 'minimum-ip-target':
      return `MINIMUM_IP_TARGET stands alone, so that a node (${node.instanceType}, ${node.availabilityZone}) holds no more than its addresses, ${then}: set WARM_IP_TARGET beside it.`;
    case 'subnet-addresses':
      return `${subnetText(limit.subnetId, subnets)} has no address left, ${then}.`;
    case 'subnet-prefixes':
      return `${subnetText(limit.subnetId, subnets)} has no whole free /28 left, ${then}.`;
  }
}

function subnetText(subnetId: string, subnets: readonly Subnet[]): string {
  const subnet = subnets.find((candidate) => candidate.subnetId === subnetId);
  return subnet === undefined ? subnetId : `${subnetId} (${subnet.cidrBlock}, ${subnet.availabilityZone})`;
}
