import * as z from 'zod';

const DNS_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/i;
/** Nothing that a shell or JSON would take for more than text. */
const EGRESS_TARGET = /^(https?:\/\/)?([\w.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(\/[\w.~/%?&=+-]*)?$/i;

/** What pods of the opt-in source canary look like, and what they try. */
export const canarySettings = z
  .strictObject({
    image: z
      .string()
      .regex(/^[\w.\-/:@]+$/)
      .default('public.ecr.aws/docker/library/busybox:1.37.0')
      .describe('image of the canary pods: BusyBox with nc, nslookup, wget, ip, tcpsvd and udpsvd; by digest if you can'),
    mode: z
      .enum(['scheduled', 'pinned'])
      .default('scheduled')
      .describe('scheduled: the scheduler chooses the nodes; pinned: all nodes that take pods have their turn, run after run'),
    nodes: z.number().int().min(1).max(10).default(1).describe('canary pods in one run, each on a node of its own where it can'),
    podToPod: z
      .boolean()
      .default(true)
      .describe('whether one more pod and a Service are made on another node, which the canary pods try to reach'),
    dns: z
      .array(z.string().regex(DNS_NAME))
      .max(8)
      .default([])
      .describe('names that pods must resolve, besides kubernetes.default'),
    egress: z
      .array(
        z
          .string()
          .regex(EGRESS_TARGET)
          .refine((target) => /^https?:/i.test(target) || /:\d+$/.test(target), 'it needs a port, or http:// or https://'),
      )
      .max(8)
      .default([])
      .describe('what pods must reach outside, as host:port or URL; none are tried where none are named'),
    timeoutSeconds: z
      .number()
      .int()
      .min(5)
      .max(300)
      .default(40)
      .describe(
        'time for each pod to start and to try everything; twice that, with podToPod, must fit into collect.deadlineSeconds',
      ),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
      .default('cniwatch-canary')
      .describe('where these pods are made; docs/permissions.md has its manifest'),
  })
  .prefault({})
  .describe('the opt-in source canary');
export type CanarySettings = Readonly<z.output<typeof canarySettings>>;
