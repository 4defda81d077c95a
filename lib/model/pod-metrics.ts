import * as z from 'zod';

/** metrics.k8s.io/v1beta1 PodMetrics: what one pod uses, as the metrics server last measured it. */
export const podMetrics = z.object({
  namespace: z.string(),
  name: z.string(),
  /** The end of the window that was measured. */
  timestamp: z.string().optional(),
  /** `memory` is a Kubernetes quantity, as written: the working set. */
  containers: z.array(z.object({ name: z.string(), memory: z.string().optional() })),
});
export type PodMetrics = z.infer<typeof podMetrics>;
