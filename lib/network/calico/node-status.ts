import * as z from 'zod';
import type { CustomResource } from '#lib/model/kubernetes.ts';
import { type ParsedObjects, parseObjects } from '#lib/network/custom-objects.ts';

/** BIRD's states that Calico has no word for, and leaves out: it waits for the peer to connect, or the session is switched off. */
export const UNNAMED_STATE = 'Passive or Down';

/** Source: node/pkg/status/populators/peers.go (birdStateToBGPState); BIRD proto/bgp/bgp.c (bgp_state_dsc). */
const peer = z.object({
  peerIP: z.string().default(''),
  type: z.string().default('unknown'),
  /** Idle, Connect, Active, OpenSent, OpenConfirm, Established or Close. */
  state: z.string().default(UNNAMED_STATE),
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
