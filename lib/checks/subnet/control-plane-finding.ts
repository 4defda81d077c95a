import type { EksCluster } from '#lib/model/eks.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import { type ControlPlaneRoom, REQUIRED_ZONES } from '#lib/network/control-plane-room.ts';

/** Of `cluster.health`. Source: Amazon EKS API Reference, "ClusterIssue". */
const ISSUE_CODES = new Set(['InsufficientFreeAddresses', 'Ec2SubnetNotFound']);

/** Free addresses that a subnet should have, and those of it that it must. */
export interface RoomOptions {
  readonly upgradeAddresses: number;
  readonly minimumFreePerSubnet: number;
  readonly recommendedFreePerSubnet: number;
}

export function controlPlaneFinding(
  { arn, name }: Target,
  cluster: EksCluster,
  room: ControlPlaneRoom,
  options: RoomOptions,
): Judgement {
  const issues = cluster.healthIssues.filter(({ code }) => ISSUE_CODES.has(code));
  const verdict = verdictOf(cluster, room, issues.length > 0);
  return {
    verdict,
    resource: { kind: 'cluster', id: arn, name },
    summary: `${[
      `${plural(room.subnets.length, 'subnet')} of the control plane with ${room.free} free addresses, and ${plural(room.zonesWithRoom.length, 'zone')} with the ${options.upgradeAddresses} that an update may take`,
      ...clauses(room, options),
      ...issues.map(({ code, resourceIds }) => `EKS reports ${[code, ...resourceIds].join(' ')}`),
      ...(cluster.status === 'UPDATING' ? ['an update is under way and holds some of its addresses'] : []),
    ].join('; ')}.`,
    evidence: {
      subnets: room.subnets.map(({ subnetId }) => subnetId),
      freeBySubnet: Object.fromEntries(room.subnets.map(({ subnetId, availableIpAddressCount: free }) => [subnetId, free])),
      zonesWithRoom: [...room.zonesWithRoom],
      zones: Object.fromEntries(room.subnets.map(({ subnetId, availabilityZone }) => [subnetId, availabilityZone])),
      free: room.free,
      missing: [...room.missing],
      belowMinimum: room.short.map(({ subnetId }) => subnetId),
      belowRecommended: belowRecommended(room, options),
      healthIssues: issues.map(({ code, message, resourceIds }) => ({ code, message: message ?? null, resourceIds })),
    },
    ...(verdict !== 'ok' && {
      timeToImpact: verdict === 'critical' ? ('hours' as const) : ('days' as const),
      remediation: 'update-cluster-subnets',
    }),
  };
}

/** A want of room hurts at the next update and wakes nobody before: unless one is under way, or EKS itself is held up already. */
function verdictOf(
  { status }: EksCluster,
  { suffices, short }: ControlPlaneRoom,
  reported: boolean,
): 'ok' | 'warning' | 'critical' {
  if (reported || (!suffices && status === 'UPDATING')) return 'critical';
  return !suffices || short.length > 0 ? 'warning' : 'ok';
}

function clauses(room: ControlPlaneRoom, { minimumFreePerSubnet }: RoomOptions): readonly string[] {
  const zones = new Set(room.subnets.map(({ availabilityZone }) => availabilityZone));
  const short = room.short.map(({ subnetId, availableIpAddressCount }) => `${subnetId} (${availableIpAddressCount})`);
  return [
    ...(room.missing.length > 0 ? [`${room.missing.join(', ')} ${room.missing.length === 1 ? 'is' : 'are'} not in the VPC`] : []),
    ...(zones.size < REQUIRED_ZONES ? ['EKS needs two zones'] : []),
    ...(short.length > 0 ? [`fewer than ${minimumFreePerSubnet} are free in ${short.join(', ')}`] : []),
  ];
}

function belowRecommended({ subnets }: ControlPlaneRoom, { recommendedFreePerSubnet }: RoomOptions): string[] {
  return subnets.filter((subnet) => subnet.availableIpAddressCount < recommendedFreePerSubnet).map(({ subnetId }) => subnetId);
}
