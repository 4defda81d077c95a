import * as z from 'zod';
import { condition } from '#lib/model/kubernetes.ts';

/** karpenter.sh/v1 (v1beta1 has the same fields): a node that Karpenter wants or has. */
export const nodeClaim = z.object({
  name: z.string(),
  /** Label `karpenter.sh/nodepool`. */
  nodePool: z.string().optional(),
  /** `status.nodeName`, once it has registered. */
  nodeName: z.string().optional(),
  /** Label `node.kubernetes.io/instance-type`, once launched. */
  instanceType: z.string().optional(),
  zone: z.string().optional(),
  conditions: z.array(condition),
  createdAt: z.string(),
  deletedAt: z.string().optional(),
});
export type NodeClaim = z.infer<typeof nodeClaim>;

export const nodePool = z.object({
  name: z.string(),
  /** `spec.limits`: Kubernetes quantities as written, by resource (`cpu`, `memory`, `nodes`, ...). */
  limits: z.record(z.string(), z.string()),
});
export type NodePool = z.infer<typeof nodePool>;

/** eks.amazonaws.com/v1: how EKS Auto Mode sets up the nodes of a NodePool. A field that is absent has its default. */
export const nodeClass = z.object({
  name: z.string(),
  /** `spec.networkPolicy`: DefaultAllow (the default) or DefaultDeny, as written. */
  networkPolicy: z.string().optional(),
  /** `spec.snatPolicy`: Random (the default) or Disabled, as written. */
  snatPolicy: z.string().optional(),
  /** `spec.advancedNetworking.ipv4PrefixSize`: `Auto` (the default), or `32` for single addresses. */
  ipv4PrefixSize: z.string().optional(),
});
export type NodeClass = z.infer<typeof nodeClass>;
