import type { Snapshot } from '#lib/model/snapshot.ts';

export interface ReadOutcome {
  /** `unreachable` where neither EKS nor the API server said the least of the cluster. */
  readonly outcome: 'checked' | 'partly-read' | 'unreachable';
  /** `<source>: <failure code>` */
  readonly unread: readonly string[];
}

/** How much of a cluster a Snapshot holds. */
export function readOutcome({ collectors, slices: { cluster, nodes } }: Snapshot): ReadOutcome {
  const unread = collectors.filter(({ ok }) => !ok).map(({ id, code }) => `${id}: ${code}`);
  if (!(cluster.ok && nodes.ok)) return { outcome: 'unreachable', unread };
  return { outcome: unread.length > 0 ? 'partly-read' : 'checked', unread };
}
