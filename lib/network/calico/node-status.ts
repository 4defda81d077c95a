import * as z from 'zod';
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

const bgpConfiguration = z.object({ spec: z.object({ nodeToNodeMeshEnabled: z.boolean().default(true) }) });

/** Whether every node speaks BGP with every other: so unless the BGPConfiguration default says otherwise. */
export function nodeToNodeMesh(resources: readonly CustomResource[]): {
  readonly enabled: boolean;
  readonly malformed: readonly string[];
} {
  const { objects, malformed } = parseObjects(resources, ['BGPConfiguration'], bgpConfiguration);
  return { enabled: objects.find(({ name }) => name === 'default')?.spec.nodeToNodeMeshEnabled ?? true, malformed };
}
