import { plural } from '#lib/model/plural.ts';
import type { Change } from '#lib/network/what-if/change.ts';
import { NoAnswer } from '#lib/network/what-if/no-answer.ts';
import { plan } from '#lib/network/what-if/plan.ts';
import { sideOf, type WhatIfSide } from '#lib/network/what-if/side.ts';
import { type WhatIfSlices, type World, whatIfWorld } from '#lib/network/what-if/world.ts';

/** `runs-out`: fewer pods fit than have to run, or a new node does not start. */
export type WhatIfVerdict = 'fits' | 'runs-out' | 'unknown';

export interface WhatIfAnswered {
  readonly kind: 'answered';
  readonly verdict: WhatIfVerdict;
  /** The cluster as it is. */
  readonly before: WhatIfSide;
  /** As it would be. */
  readonly after: WhatIfSide;
  /** Why the verdict is unknown, as clauses; empty where it is not. */
  readonly unknowns: readonly string[];
  /** What the answer takes for granted, a sentence each. */
  readonly assumptions: readonly string[];
}

export type WhatIf =
  | WhatIfAnswered
  /** Other means than the VPC CNI give pods their addresses. */
  | { readonly kind: 'not-applicable'; readonly reason: string }
  /** Something that the answer needs was not read, or is not known. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The change cannot be meant so. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * How many pods a cluster under the VPC CNI can give addresses, and what runs out first: as it is, and after a change. Pods are added
 * one by one to the emptiest node that takes one; every node keeps its warm targets as far as its subnets give.
 */
export function whatIf(slices: WhatIfSlices, change: Change): WhatIf {
  const answer = whatIfWorld(slices);
  return answer.kind === 'known' ? whatIfIn(answer.world, change) : answer;
}

/** The same of a world that is joined already: for several questions to one cluster. */
export function whatIfIn(world: World, change: Change): WhatIf {
  try {
    const after = plan(world, change);
    const side = sideOf(after);
    const unknowns = side.fits === 'no' ? [] : unknownsOf(side, world);
    const verdict = side.fits === 'no' ? 'runs-out' : unknowns.length > 0 ? 'unknown' : 'fits';
    return { kind: 'answered', verdict, before: sideOf(plan(world, {})), after: side, unknowns, assumptions: after.assumptions };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: error.kind, reason: error.message };
    throw error;
  }
}

/** Nodes that could not be judged may be short of addresses: what fits without them is not known to fit. */
function unknownsOf({ fits }: WhatIfSide, { leftOut }: World): readonly string[] {
  return [
    ...(fits === 'unknown'
      ? ['interfaces that cannot be seen, a prefix reservation or the version of the CNI leave open what the subnets give']
      : []),
    ...leftOut.filter(({ open }) => open).map(({ nodes, reason }) => `${plural(nodes, 'node')} could not be judged (${reason})`),
  ];
}
