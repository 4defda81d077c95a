import { OPT_IN_SOURCES } from '#lib/model/collector.ts';
import type { Subnet } from '#lib/model/ec2.ts';
import { SLICE_KEYS, type SliceData, type SliceKey, type Snapshot } from '#lib/model/snapshot.ts';
import { instanceTypeTable } from '#lib/sandbox/instance-types.ts';
import { availableIpAddressCount } from '#lib/sandbox/occupancy.ts';
import { isEqual } from '#lib/sandbox/patch/json-object.ts';
import type { World } from '#lib/sandbox/world.ts';
import { clusterResource } from '#lib/sandbox/world-of/cluster.ts';
import { kubernetesKinds } from '#lib/sandbox/world-of/kinds.ts';

/** What a Snapshot holds of a source: undefined where it was not read. */
export type Read = <K extends SliceKey>(key: K) => SliceData[K] | undefined;

/** What cannot be had back from a Snapshot's counts, and is asked of agents, pods of our own or CloudWatch. */
const ASKED_ELSEWHERE: ReadonlySet<SliceKey> = new Set([...OPT_IN_SOURCES, 'podMetrics']);

/**
 * A world that reads as the cluster of a Snapshot did: what was not read is not in it, and what a Snapshot leaves out of objects is
 * not there either. The cluster's API server refuses the kinds that were refused before.
 */
export function worldOf({ target, slices }: Snapshot): World {
  const read: Read = (key) => {
    const slice = slices[key];
    return slice.ok ? slice.data : undefined;
  };
  const subnets = read('subnets') ?? [];
  const networkInterfaces = read('networkInterfaces') ?? [];
  const table = new Map(instanceTypeTable().map((type) => [type.instanceType, type]));
  return {
    account: target.account,
    region: target.region,
    vpcs: [read('vpc') ?? []].flat(),
    subnets,
    networkInterfaces,
    instances: read('instances') ?? [],
    instanceTypes: (read('instanceTypes') ?? []).filter((type) => !isEqual(type, table.get(type.instanceType))),
    securityGroups: read('securityGroups') ?? [],
    securityGroupRules: read('securityGroupRules') ?? [],
    networkAcls: read('networkAcls') ?? [],
    subnetCidrReservations: read('subnetCidrReservations') ?? [],
    prefixLists: (read('prefixLists') ?? []).map(({ unreadable: _, ...list }) => list),
    scalingActivities: read('scalingActivities') ?? [],
    quotas: Object.fromEntries((read('serviceQuotas') ?? []).map(({ quotaCode, value }) => [quotaCode, value])),
    metricHistory: [],
    unseenAddresses: Object.fromEntries(subnets.map((subnet) => [subnet.subnetId, unseen(subnet, networkInterfaces)])),
    clusters: [{ ...clusterResource(target, read), ...kubernetesKinds(slices, read) }],
  };
}

/** Sources of which a world cannot say anything: what a rehearsal concludes from them is not known. */
export function unreadIn({ slices }: Snapshot): readonly SliceKey[] {
  return SLICE_KEYS.filter((key) => !slices[key].ok || ASKED_ELSEWHERE.has(key));
}

/** Addresses that EC2 counts as taken, beyond those of the interfaces that were read. */
function unseen(subnet: Subnet, interfaces: SliceData['networkInterfaces']): number {
  const own = interfaces.filter(({ subnetId }) => subnetId === subnet.subnetId);
  return availableIpAddressCount(subnet, own) - subnet.availableIpAddressCount;
}
