import * as z from 'zod';
import type { CalicoNodeReading } from '#lib/model/calico-node-status.ts';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { type ParsedObjects, parseObjects } from '#lib/network/custom-objects.ts';

const peer = z.object({
  peerIP: z.string(),
  type: z.string().default('unknown'),
  /** Idle, Connect, Active, OpenSent, OpenConfirm, Established or Close. */
  state: z.string(),
  since: z.string().optional(),
});
const bird = z.object({ state: z.string().optional() }).default({});

/** Source: projectcalico/api pkg/apis/projectcalico/v3/nodestatus.go. */
const nodeStatus = z.object({
  spec: z.object({
    node: z.string().min(1),
    classes: z.array(z.string()).default([]),
    /** 0 stops the updates. */
    updatePeriodSeconds: z.number().min(0).default(10),
  }),
  status: z.object({
    lastUpdated: z.iso.datetime({ offset: true }).nullish(),
    agent: z.object({ birdV4: bird, birdV6: bird }).default({ birdV4: {}, birdV6: {} }),
    bgp: z
      .object({ peersV4: z.array(peer).nullish(), peersV6: z.array(peer).nullish() })
      .default({})
      .transform(({ peersV4, peersV6 }) => [...(peersV4 ?? []), ...(peersV6 ?? [])]),
  }),
});
export type CalicoNodeStatus = z.output<typeof nodeStatus> & { readonly name: string };
export type BgpPeer = CalicoNodeStatus['status']['bgp'][number];

/** Those that report BGP; ones for routes alone do not. */
export function calicoNodeStatuses(resources: readonly CustomResource[]): ParsedObjects<z.output<typeof nodeStatus>> {
  const { objects, malformed } = parseObjects(resources, ['CalicoNodeStatus'], nodeStatus);
  return { objects: objects.filter(({ spec }) => spec.classes.includes('BGP')), malformed };
}

/** Updates that may be missed before what stands there is no longer true. */
const MISSED = 3;

/** Why what the object says is not to be believed; undefined where it is. */
export function staleness({ spec, status }: CalicoNodeStatus, now: Date): string | undefined {
  if (!status.lastUpdated) return 'calico-node has not filled it';
  const age = Math.round((now.getTime() - Date.parse(status.lastUpdated)) / 1000);
  if (age <= MISSED * spec.updatePeriodSeconds) return undefined;
  return `it was updated ${age} s ago, and ${spec.updatePeriodSeconds === 0 ? 'its updates are stopped' : `is to be every ${spec.updatePeriodSeconds} s`}`;
}

/** What is believed of one node. */
export interface ToldStatus {
  readonly status: CalicoNodeStatus;
  /** Why it is not to be believed, a clause; undefined where it is. */
  readonly stale: string | undefined;
}

/**
 * One status for each node of which any tells: somebody's own that is fresh, else the one that was just made for it, which was filled in
 * this run wherever it is filled, whatever the clock of the node says.
 */
export function nodeStatuses(
  resources: readonly CustomResource[],
  readings: readonly CalicoNodeReading[],
  now: Date,
): { readonly statuses: ReadonlyMap<string, ToldStatus>; readonly malformed: readonly string[] } {
  const kept = calicoNodeStatuses(resources);
  const made = calicoNodeStatuses(readings.flatMap(({ resource }) => resource ?? []));
  const all = [
    ...kept.objects.map((status) => ({ status, stale: keptAndStale(status, now) })),
    ...made.objects.map((status) => ({ status, stale: status.status.lastUpdated ? undefined : SILENT })),
  ];
  const byNode = Map.groupBy(all, ({ status }) => status.spec.node);
  const best = [...byNode].flatMap(([node, own]) => {
    const chosen = own.find(({ stale }) => stale === undefined) ?? own.at(-1);
    return chosen === undefined ? [] : [[node, chosen] as const];
  });
  return { statuses: new Map(best), malformed: [...kept.malformed, ...made.malformed] };
}

const SILENT = 'calico-node did not fill the CalicoNodeStatus that was made for it: look whether its pod is ready';

function keptAndStale(status: CalicoNodeStatus, now: Date): string | undefined {
  const why = staleness(status, now);
  return why && `its CalicoNodeStatus ${status.name} is stale: ${why}`;
}
