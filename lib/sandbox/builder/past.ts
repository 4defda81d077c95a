import type { Subnet } from '#lib/model/ec2.ts';
import { blockOf } from '#lib/sandbox/block.ts';
import type { WorldSpec } from '#lib/sandbox/builder/spec.ts';
import type { MetricSeries } from '#lib/sandbox/world.ts';

const HOUR = 3_600_000;
/** Hours that are remembered: every five minutes of two days, every hour of two weeks. */
const FINE = 48;
const COARSE = 14 * 24;
const PER_HOUR = 12;

/**
 * The free addresses of a subnet as a cniwatch that has run for two weeks published them: what is left now, and so many more in each
 * hour before, with a node's worth of coming and going.
 */
export function pastFreeAddresses(
  { account, region, now }: WorldSpec,
  { subnetId, cidrBlock }: Subnet,
  { free, perHour }: { readonly free: number; readonly perHour: number },
): MetricSeries {
  const most = blockOf(cidrBlock).size - 5;
  const ages = [
    ...Array.from({ length: COARSE - FINE }, (_, index) => COARSE - index),
    ...Array.from({ length: FINE * PER_HOUR }, (_, index) => FINE - index / PER_HOUR),
  ];
  return {
    namespace: 'CNIWatch',
    name: 'SubnetFreeIps',
    unit: 'Count',
    dimensions: { Account: account, Region: region, SubnetId: subnetId },
    points: ages.map((age) => ({
      at: new Date(now.getTime() - age * HOUR).toISOString(),
      value: Math.max(0, Math.min(most, Math.round(free + perHour * age + comingAndGoing(age)))),
    })),
  };
}

/** The same each time: between 0 and 4 addresses that pods hold for a while. */
function comingAndGoing(age: number): number {
  return Math.round(age * PER_HOUR) % 5;
}
