import * as z from 'zod';

/** The container of Cilium's agent. Source: Cilium's Helm chart, templates/cilium-agent/daemonset.yaml. */
export const CILIUM_AGENT = 'cilium-agent';

/** A part of the agent and how it is. `state` as Cilium writes it: Ok, Warning, Failure, Disabled. */
const component = z.object({ name: z.string(), state: z.string(), message: z.string().optional() });
export type CiliumComponent = Readonly<z.infer<typeof component>>;

/** What an agent says of itself (`cilium-dbg status`), reduced. */
export const ciliumStatus = z.object({
  /** Those that it names, of: cilium, kubernetes, kvstore, container-runtime, cni-file, cilium-health. */
  components: z.array(component),
  /** Its controllers, and those whose last run failed, the worst first and no more than fifty. */
  controllers: z.number(),
  failing: z.number(),
  failingControllers: z.array(z.object({ name: z.string(), failures: z.number(), message: z.string().optional() })),
  /** Probes whose answer is old, and since when. */
  stale: z.array(z.object({ name: z.string(), since: z.string() })),
  /** Its line on addresses, as `IPv4: 12/254 allocated from 10.0.1.0/24`. */
  ipam: z.string().optional(),
});
export type CiliumStatus = Readonly<z.infer<typeof ciliumStatus>>;

/** Failures of the last probe of one address of a peer, in words; a way that has none works. */
const way = z.object({ ping: z.string().optional(), http: z.string().optional() });
export type CiliumPeerWay = Readonly<z.infer<typeof way>>;

/** What an agent's own health probes say of the other nodes (`cilium-health status`), reduced. */
export const ciliumPeers = z.object({
  /** ISO 8601, of the last round. */
  probedAt: z.string().optional(),
  /** Nodes beside its own. */
  peers: z.number(),
  /** Those of which no probe tells anything yet. */
  unprobed: z.number(),
  /** Those with a way that fails: to the node, and to an endpoint on it as its pods have. No more than two hundred. */
  failing: z.array(z.object({ name: z.string(), node: way, endpoint: way })),
  failingCount: z.number(),
});
export type CiliumPeers = Readonly<z.infer<typeof ciliumPeers>>;

/** What one agent of Cilium answered to commands in its container. What was not read says why, as a sentence. */
export const ciliumAgentReading = z.object({
  nodeName: z.string(),
  podName: z.string(),
  status: ciliumStatus.optional(),
  unread: z.string().optional(),
  /** What the container wrote last before it ended, where it does not run. */
  lastWords: z.string().optional(),
  /** Whether the agent has a BPF filesystem mounted. */
  bpfMounted: z.boolean().optional(),
  bpfUnread: z.string().optional(),
  /** Neither this nor `peersUnread` where the agent is told not to probe. */
  peers: ciliumPeers.optional(),
  peersUnread: z.string().optional(),
});
export type CiliumAgentReading = Readonly<z.infer<typeof ciliumAgentReading>>;
