import {
  type ForecastThresholds,
  forecastClauses,
  forecastEvidence,
  forecastVerdict,
  timeToExhaustion,
} from '#lib/checks/exhaustion-forecast.ts';
import type { Subnet } from '#lib/model/ec2.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { History } from '#lib/model/history.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { worstVerdict } from '#lib/model/verdict.ts';
import { addressShares } from '#lib/network/address-consumers.ts';
import { attributionsIn } from '#lib/network/attributions-in.ts';
import { type Forecast, forecastExhaustion } from '#lib/network/forecast/forecast.ts';
import { parseIpv4Block } from '#lib/network/ipv4.ts';
import { occupancyIn } from '#lib/network/occupancy-in.ts';
import { podAddresses } from '#lib/network/pod-addresses.ts';
import type { PodNetwork } from '#lib/network/pod-network.ts';
import type { PodSubnet } from '#lib/network/pod-subnets.ts';
import type { NodeDemand } from '#lib/network/subnet-demand.ts';
import { type Fullness, type FullnessThresholds, fullness } from '#lib/network/subnet-fullness.ts';
import { unaccountedAddresses } from '#lib/network/subnet-occupancy.ts';

/** A subnet with what it has left. */
export interface Filled {
  readonly place: PodSubnet;
  readonly demand: NodeDemand;
  readonly free: number;
  readonly total: number;
  /** Absent where there is nothing to judge. */
  readonly full?: Fullness;
  readonly forecast: Forecast;
  /** By the share, the next node and the forecast together. */
  readonly verdict: Fullness['verdict'];
}

/** Series of the free addresses, by subnet. */
export const FREE_ADDRESSES = 'SubnetFreeIps';

export interface FillOptions extends FullnessThresholds, ForecastThresholds {
  readonly warmEniTarget: number;
  readonly history: History;
  readonly now: Date;
}

export function fill(place: PodSubnet, demand: NodeDemand, options: FillOptions): Filled {
  const block = parseIpv4Block(place.subnet?.cidrBlock ?? '');
  if (place.subnet === undefined || block === undefined)
    return {
      place,
      demand,
      free: 0,
      total: 0,
      forecast: { kind: 'unknown', reason: 'it has no free addresses to count' },
      verdict: 'unknown',
    };
  const total = Math.max(0, block.size - 5);
  const free = place.subnet.availableIpAddressCount;
  const full = fullness(free, total, demand, options.warmEniTarget, options);
  const past = options.history.points(FREE_ADDRESSES, place.subnetId);
  const forecast = forecastExhaustion([...past, { at: options.now.toISOString(), value: free }], { now: options.now });
  const verdict = worse(full.verdict, forecastVerdict(forecast, options));
  return { place, demand, free, total, full, forecast, verdict };
}

function worse(full: Fullness['verdict'], forecast: 'ok' | 'warning' | 'critical'): Fullness['verdict'] {
  return worstVerdict([full, forecast]) as Fullness['verdict'];
}

/** When a detached interface of the CNI counts as leaked. */
export interface LeakRule {
  readonly now: Date;
  readonly leakedAfterMinutes: number;
}

type Optional = Pick<Slices, 'networkInterfaces' | 'pods' | 'subnetCidrReservations'>;

export function exhaustionFinding(
  entry: Filled,
  byId: ReadonlyMap<string, Filled>,
  network: PodNetwork,
  optional: Optional,
  leak: LeakRule,
): Judgement {
  const { place, demand, free, total, full, forecast } = entry;
  const { subnetId, subnet } = place;
  const resource = { kind: 'subnet', id: subnetId, ...(subnet?.tags['Name'] && { name: subnet.tags['Name'] }) } as const;
  if (subnet === undefined)
    return {
      verdict: 'unknown',
      resource,
      summary: `${subnetId} gives this cluster addresses and was not among the subnets read.`,
      evidence: {},
    };
  if (full === undefined) return { verdict: 'not-applicable', resource, summary: `${subnetId} has no IPv4 CIDR.`, evidence: {} };

  const relief = [...place.siblings].filter((id) => hasRoom(byId.get(id)));
  const verdict = entry.verdict === 'critical' && relief.length > 0 ? 'warning' : entry.verdict;
  const held = holders(subnet, network, optional, leak);
  const warm = held.consumers?.warmPool ?? 0;
  return {
    verdict,
    resource,
    summary: `${[
      `${subnetId} (${subnet.cidrBlock}, ${subnet.availabilityZone}) has ${free} of ${total} addresses free, ${percent(full.usedPercent)} % used`,
      ...clauses(entry, relief),
      ...network.caveats,
    ].join('; ')}.`,
    evidence: {
      cidr: subnet.cidrBlock,
      availabilityZone: subnet.availabilityZone,
      total,
      free,
      usedPercent: percent(full.usedPercent),
      ...forecastEvidence(forecast),
      ...held,
      oneMoreNode: demand.addresses,
      relievedBy: relief,
    },
    ...(isProblem(verdict) && { timeToImpact: relief.length > 0 ? ('days' as const) : timeToImpact(entry, verdict) }),
    ...(isProblem(verdict) && { remediation: 2 * warm >= total - free ? 'tune-warm-targets' : 'add-pod-subnet' }),
  };
}

/** What the present fullness does at once, else when the forecast has it, else what such a share usually leaves. */
function timeToImpact({ full, forecast }: Filled, verdict: string): NonNullable<Judgement['timeToImpact']> {
  if (verdict === 'critical' && full?.refusesNode) return 'immediate';
  if (forecast.kind === 'exhausts') return timeToExhaustion(forecast.hours);
  return verdict === 'critical' ? 'hours' : 'days';
}

function hasRoom(sibling: Filled | undefined): boolean {
  return sibling?.verdict === 'ok' || sibling?.verdict === 'warning';
}

function clauses({ place, demand, full, forecast, verdict }: Filled, relief: readonly string[]): readonly string[] {
  return [
    ...(full?.refusesNode ? [`one more node takes ${demand.addresses}`] : []),
    ...forecastClauses(forecast),
    ...(verdict === 'unknown' ? [`how many one more node takes is not known (${demand.unknownTypes.join(', ')})`] : []),
    ...(verdict === 'critical' && relief.length > 0
      ? [`the CNI turns to ${relief.join(', ')} in the same zone, which has room`]
      : []),
    ...(verdict === 'critical' && place.possibleSiblings.size > 0
      ? [`whether the CNI turns to ${[...place.possibleSiblings].join(', ')} depends on its version, which is not known`]
      : []),
    ...(place.servesPods ? [] : ["only nodes' own addresses come from it"]),
  ];
}

/** Who holds the subnet's addresses, as far as interfaces were read. */
function holders(subnet: Subnet, { identity }: PodNetwork, optional: Optional, { now, leakedAfterMinutes }: LeakRule) {
  const interfaces = dataOf(optional.networkInterfaces);
  const occupancy = interfaces && occupancyIn(subnet, interfaces);
  if (occupancy === undefined) return { consumers: null, byCluster: null, unaccounted: null };
  const pods = dataOf(optional.pods);
  const attributions = attributionsIn(occupancy.interfaces, identity, now.getTime(), leakedAfterMinutes);
  const { consumers, byCluster } = addressShares(occupancy, attributions, pods && podAddresses(pods));
  return {
    consumers,
    byCluster,
    unaccounted: unaccountedAddresses(occupancy, subnet.availableIpAddressCount, dataOf(optional.subnetCidrReservations) ?? []),
  };
}

function isProblem(verdict: string): boolean {
  return verdict === 'warning' || verdict === 'critical';
}

/** To one decimal, rounded down so that 94.96 does not read as the threshold that it does not reach. */
export function percent(value: number): number {
  return Math.floor(value * 10) / 10;
}
