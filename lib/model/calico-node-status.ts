import * as z from 'zod';
import { customResource } from '#lib/model/kubernetes.ts';

/** What calico-node of one node told of itself on request; or why it told nothing. */
export const calicoNodeReading = z.object({
  node: z.string(),
  /** The CalicoNodeStatus that was made for it, as it was last read. */
  resource: customResource.optional(),
  /** A sentence. */
  unread: z.string().optional(),
});
export type CalicoNodeReading = z.infer<typeof calicoNodeReading>;
