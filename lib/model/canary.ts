import * as z from 'zod';

/** One pod of the canary, as it was seen last. Times are the API server's and the kubelet's own, to the second. */
export const canaryPod = z.object({
  name: z.string(),
  /** The server is what the clients try to reach. */
  role: z.enum(['client', 'server']),
  /** The node that it was made for; absent where the scheduler chose. */
  pinnedTo: z.string().optional(),
  nodeName: z.string().optional(),
  zone: z.string().optional(),
  podIps: z.array(z.string()),
  createdAt: z.string(),
  /** PodScheduled became True. */
  scheduledAt: z.string().optional(),
  /** PodReadyToStartContainers became True: the sandbox and its network are there. Stated by Kubernetes 1.29 and later. */
  networkAt: z.string().optional(),
  /** ContainersReady became True. */
  runningAt: z.string().optional(),
  /** Pending | Running | Succeeded | Failed */
  phase: z.string(),
  /** PodScheduled's message while it is False. */
  unschedulable: z.string().optional(),
  /** `state.waiting` of its container. */
  waiting: z.object({ reason: z.string(), message: z.string().optional() }).optional(),
  /** `status.reason` and `status.message` of a pod that failed, or the reason that its container ended with. */
  failure: z.string().optional(),
  /** Of the latest FailedCreatePodSandBox event. */
  sandboxFailure: z.string().optional(),
  /** Somebody else deleted it. */
  gone: z.boolean(),
  /** Seconds that were waited for it to run. */
  waitedSeconds: z.number(),
});
export type CanaryPod = z.infer<typeof canaryPod>;

/** `unclear`: the tool was missing, or said what cniwatch does not know; that tells nothing of the network. */
export const lookupOutcome = z.enum(['answered', 'no-such-name', 'server-failure', 'refused', 'no-answer', 'unclear']);
export type LookupOutcome = z.infer<typeof lookupOutcome>;
export const connectionOutcome = z.enum(['reached', 'refused', 'no-answer', 'no-route', 'unresolved', 'unclear']);
export type ConnectionOutcome = z.infer<typeof connectionOutcome>;

const attempts = <T extends z.ZodType>(outcome: T) =>
  z.array(
    z.object({
      outcome,
      /** Milliseconds, in steps of ten. */
      ms: z.number(),
      /** The tool's words, where it did not go well. */
      said: z.string().optional(),
    }),
  );

/** What a client tried, and what came of it. */
export const canaryReport = z.object({
  podName: z.string(),
  nodeName: z.string(),
  zone: z.string().optional(),
  lookups: z.array(
    z.object({
      name: z.string(),
      /** Address, with its port where that is not 53. */
      server: z.string(),
      /** `resolver`: the pod's own, of /etc/resolv.conf; `service`: kube-dns; `coredns`: a single CoreDNS pod. */
      of: z.enum(['resolver', 'service', 'coredns']),
      attempts: attempts(lookupOutcome),
    }),
  ),
  /** kubernetes.default:443, by the search path and the libc that applications use. */
  search: z.object({ name: z.string(), attempts: attempts(connectionOutcome) }),
  egress: z.array(z.object({ target: z.string(), attempts: attempts(connectionOutcome) })),
  peers: z.array(
    z.object({
      protocol: z.enum(['tcp', 'udp']),
      by: z.enum(['pod', 'service']),
      address: z.string(),
      attempts: attempts(connectionOutcome),
    }),
  ),
  /** Lines of `ip route`, by family; absent where the tool failed. */
  routes: z.object({ ipv4: z.array(z.string()).optional(), ipv6: z.array(z.string()).optional() }),
  /** Whether it came to the end of what it was to try. */
  complete: z.boolean(),
  /** Why nothing of it was read. */
  unread: z.string().optional(),
});
export type CanaryReport = z.infer<typeof canaryReport>;
export type CanaryLookup = CanaryReport['lookups'][number];

/** What the canary of one run saw. */
export const canaryReading = z.object({
  image: z.string(),
  /** Of its pods; absent in Snapshots of versions that did not keep it. */
  namespace: z.string().optional(),
  mode: z.enum(['scheduled', 'pinned']),
  timeoutSeconds: z.number(),
  ipFamily: z.enum(['ipv4', 'ipv6']),
  pods: z.array(canaryPod),
  reports: z.array(canaryReport),
  /** Targets that the configuration names. */
  egress: z.array(z.string()),
  /** Why no pod tried to reach another; `one-node` where there is no second node that takes pods. */
  podToPod: z.enum(['tried', 'switched-off', 'one-node', 'no-server']),
});
export type CanaryReading = z.infer<typeof canaryReading>;
