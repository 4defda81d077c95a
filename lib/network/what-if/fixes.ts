import { plural } from '#lib/model/plural.ts';
import type { AddedSubnet, Change } from '#lib/network/what-if/change.ts';
import { NoAnswer } from '#lib/network/what-if/no-answer.ts';
import { plan } from '#lib/network/what-if/plan.ts';
import { sideOf } from '#lib/network/what-if/side.ts';
import type { WhatIfAnswered } from '#lib/network/what-if/what-if.ts';
import type { World } from '#lib/network/what-if/world.ts';

/** A further change with which the pods fit, tried and not guessed. */
export interface Fix {
  /** What to do, as a clause. */
  readonly description: string;
  readonly podsThatFit: number;
}

/** Sizes of the subnets that are tried, in bits of the host part: /28 to /16. Source: Amazon VPC User Guide, "Subnet CIDR blocks". */
const SMALLEST = 4;
const LARGEST = 16;
/** More nodes than this times those that there would be are no fix. */
const MOST_NODES = 2;
/** Up to here node by node, then in doubles. */
const ONE_BY_ONE = 16;

/**
 * What would have the pods of a change fit after all: each on its own, the least of its kind.
 * @param answer of `change`; of one that fits there is nothing to fix
 */
export function fixesFor(world: World, change: Change, answer: WhatIfAnswered): readonly Fix[] {
  if (answer.verdict !== 'runs-out') return [];
  return [
    warmTargetFix(world, change),
    prefixFix(world, change, answer),
    nodesFix(world, change, answer),
    subnetFix(world, change, answer),
  ].filter((fix) => fix !== undefined);
}

/** @returns the pods that fit, where those that have to run are among them */
function tried(world: World, change: Change): number | undefined {
  try {
    const { fits, podsThatFit } = sideOf(plan(world, change));
    return fits === 'yes' ? podsThatFit : undefined;
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}

/** 2: one for the next pod and one for the one after. Lower targets cost more calls to EC2 for little. */
const WARM_IPS = 2;

function warmTargetFix(world: World, change: Change): Fix | undefined {
  if (change.warmIpTarget !== undefined || (world.settings.warmIpTarget ?? Number.POSITIVE_INFINITY) <= WARM_IPS)
    return undefined;
  const podsThatFit = tried(world, { ...change, warmIpTarget: WARM_IPS });
  return podsThatFit === undefined
    ? undefined
    : { description: `hold fewer addresses warm: --warm-ip-target ${WARM_IPS}`, podsThatFit };
}

function prefixFix(world: World, change: Change, { after }: WhatIfAnswered): Fix | undefined {
  if (after.prefixDelegation || change.prefixDelegation !== undefined) return undefined;
  const podsThatFit = tried(world, { ...change, prefixDelegation: true, replaceNodes: true });
  return podsThatFit === undefined
    ? undefined
    : { description: 'delegate prefixes, with max-pods raised and nodes replaced: --prefix-delegation on', podsThatFit };
}

/** The fewest that do; more are not always better, since every node takes addresses, too. */
function nodesFix(world: World, change: Change, { after }: WhatIfAnswered): Fix | undefined {
  const most = MOST_NODES * Math.max(1, after.nodes);
  for (let more = 1; more <= most; more += more < ONE_BY_ONE ? 1 : more) {
    const podsThatFit = tried(world, { ...change, nodes: (change.nodes ?? 0) + more });
    if (podsThatFit !== undefined) return { description: `${plural(more, 'node')} more`, podsThatFit };
  }
  return undefined;
}

/** A subnet in the one zone that needs it, else one in each zone: the smallest that does. */
function subnetFix(world: World, change: Change, { after }: WhatIfAnswered): Fix | undefined {
  const zones = after.zones.map(({ availabilityZone }) => availabilityZone);
  const choices = zones.length > 1 ? [...zones.map((zone) => [zone]), zones] : [zones];
  for (const places of choices) {
    const withSubnets = (bits: number) =>
      tried(world, {
        ...change,
        addSubnets: [...(change.addSubnets ?? []), ...places.map((zone, index) => placeholder(zone, index, bits))],
      });
    if (withSubnets(LARGEST) === undefined) continue;
    const bits = least(SMALLEST, LARGEST, (size) => withSubnets(size) !== undefined);
    const description = `a subnet for pods of /${32 - bits} or larger in ${places.join(', and one in ')}: --add-subnet CIDR@ZONE`;
    return { description, podsThatFit: withSubnets(bits) ?? 0 };
  }
  return undefined;
}

/** Of 240.0.0.0/4, which no VPC can have: the numbers do not hang on which addresses these are. */
const PLACEHOLDERS = 0xf0_00_00_00;

function placeholder(availabilityZone: string, index: number, bits: number): AddedSubnet {
  return { block: { first: PLACEHOLDERS + index * 2 ** LARGEST, size: 2 ** bits }, availabilityZone };
}

/** The least count for which `holds`, which holds for all that are larger. */
function least(from: number, to: number, holds: (count: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
