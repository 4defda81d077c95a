import { UsageError } from '#lib/cli/usage-error.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { formatIpv4Block } from '#lib/network/ipv4.ts';
import type { Change } from '#lib/network/what-if/change.ts';
import { type Fix, fixesFor } from '#lib/network/what-if/fixes.ts';
import type { WhatIfSide } from '#lib/network/what-if/side.ts';
import { type WhatIfVerdict, whatIfIn } from '#lib/network/what-if/what-if.ts';
import { whatIfWorld } from '#lib/network/what-if/world.ts';

/** What `cniwatch whatif --output json` prints. A number that cannot be told is never there: `reason` says why. */
export interface WhatIfDocument {
  readonly schemaVersion: 1;
  /** ISO 8601. */
  readonly generatedAt: string;
  readonly cluster: Snapshot['target'];
  /** When the cluster was read. ISO 8601. */
  readonly takenAt: string;
  /** What was asked; added subnets as `{cidr, availabilityZone}`. Empty for the cluster as it is. */
  readonly change: Omit<Change, 'addSubnets'> & {
    readonly addSubnets?: readonly { readonly cidr: string; readonly availabilityZone: string }[];
  };
  readonly verdict: WhatIfVerdict;
  /** Why it is unknown; where something that every number needs is missing, there are none. */
  readonly reason?: string;
  readonly before?: WhatIfSide;
  readonly after?: WhatIfSide;
  /** What the answer takes for granted, a sentence each. */
  readonly assumptions: readonly string[];
  /** Further changes with which the pods fit; empty where they fit already, or where nothing that was tried helps. */
  readonly fixes: readonly Fix[];
}

/** @throws UsageError where the change cannot be meant of this cluster */
export function whatIfDocument({ slices, target, takenAt }: Snapshot, change: Change, now: Date): WhatIfDocument {
  const { addSubnets, ...rest } = change;
  const head = {
    schemaVersion: 1,
    generatedAt: now.toISOString(),
    cluster: target,
    takenAt,
    change: {
      ...rest,
      ...(addSubnets && {
        addSubnets: addSubnets.map(({ block, availabilityZone }) => ({ cidr: formatIpv4Block(block), availabilityZone })),
      }),
    },
  } as const;
  const open = (reason: string): WhatIfDocument => ({ ...head, verdict: 'unknown', reason, assumptions: [], fixes: [] });
  const known = whatIfWorld(slices);
  if (known.kind !== 'known') return open(known.reason);
  const answer = whatIfIn(known.world, change);
  if (answer.kind === 'impossible') throw new UsageError(answer.reason);
  if (answer.kind !== 'answered') return open(answer.reason);
  const { verdict, before, after, assumptions, unknowns } = answer;
  const reason = unknowns.length > 0 ? { reason: unknowns.join('; ') } : {};
  return { ...head, verdict, ...reason, before, after, assumptions, fixes: fixesFor(known.world, change, answer) };
}
