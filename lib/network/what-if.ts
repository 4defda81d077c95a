import type { Change } from '#lib/network/what-if-change.ts';
import { NoAnswer } from '#lib/network/what-if-no-answer.ts';
import { plan } from '#lib/network/what-if-plan.ts';
import { sideOf, type WhatIfSide } from '#lib/network/what-if-side.ts';
import { type WhatIfSlices, type World, whatIfWorld } from '#lib/network/what-if-world.ts';

/** `runs-out`: fewer pods fit than have to run, or a new node does not start. */
export type WhatIfVerdict = 'fits' | 'runs-out' | 'unknown';

export interface WhatIfAnswered {
  readonly kind: 'answered';
  readonly verdict: WhatIfVerdict;
  /** The cluster as it is. */
  readonly before: WhatIfSide;
  /** As it would be. */
  readonly after: WhatIfSide;
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
    const before = plan(world, {});
    const after = plan(world, change);
    const side = sideOf(after);
    return {
      kind: 'answered',
      verdict: verdictOf(side, world),
      before: sideOf(before),
      after: side,
      assumptions: after.assumptions,
    };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: error.kind, reason: error.message };
    throw error;
  }
}

/** Nodes that could not be judged may be short of addresses: what fits without them is not known to fit. */
function verdictOf({ fits }: WhatIfSide, { leftOut }: World): WhatIfVerdict {
  if (fits === 'no') return 'runs-out';
  return fits === 'unknown' || leftOut.some(({ open }) => open) ? 'unknown' : 'fits';
}
