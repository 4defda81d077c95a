import * as z from 'zod';
import { accessReview } from '#lib/model/access-review.ts';
import { collectorReport } from '#lib/model/assessment.ts';
import { calicoNodeReading } from '#lib/model/calico-node-status.ts';
import { canaryReading } from '#lib/model/canary.ts';
import { ciliumAgentReading } from '#lib/model/cilium-agent.ts';
import { dnsMetricsReading } from '#lib/model/dns-metrics.ts';
import {
  instance,
  instanceType,
  networkAcl,
  networkInterface,
  prefixList,
  securityGroup,
  securityGroupRule,
  subnet,
  subnetCidrReservation,
  vpc,
} from '#lib/model/ec2.ts';
import { addon, eksCluster, insight, nodegroup } from '#lib/model/eks.ts';
import { ipamdReading } from '#lib/model/ipamd.ts';
import { nodeClaim, nodeClass, nodePool } from '#lib/model/karpenter.ts';
import {
  cniNode,
  configMap,
  customResource,
  daemonSet,
  deployment,
  endpointSlice,
  eniConfig,
  event,
  namespace,
  networkPolicy,
  node,
  pod,
  securityGroupPolicy,
  service,
} from '#lib/model/kubernetes.ts';
import { nodeProbe } from '#lib/model/node-probe.ts';
import { podMetrics } from '#lib/model/pod-metrics.ts';
import { scalingActivity } from '#lib/model/scaling-activity.ts';
import { serviceQuota } from '#lib/model/service-quota.ts';
import { type Slice, slice } from '#lib/model/slice.ts';
import { target } from '#lib/model/target.ts';

/** Raised with every change that an older reader would misread. */
export const SNAPSHOT_VERSION = 1;

/** What each slice holds. One key a source: a new source is one line here and one collector. */
const sliceData = {
  // EKS
  cluster: eksCluster,
  nodegroups: z.array(nodegroup),
  addons: z.array(addon),
  insights: z.array(insight),
  // EC2: the cluster's VPC; interfaces, instances and what hangs on them, of the subnets that its nodes and pods can use
  vpc,
  subnets: z.array(subnet),
  networkInterfaces: z.array(networkInterface),
  instances: z.array(instance),
  instanceTypes: z.array(instanceType),
  securityGroups: z.array(securityGroup),
  securityGroupRules: z.array(securityGroupRule),
  networkAcls: z.array(networkAcl),
  subnetCidrReservations: z.array(subnetCidrReservation),
  prefixLists: z.array(prefixList),
  /** Those that bound interfaces and security groups. */
  serviceQuotas: z.array(serviceQuota),
  /** Failed launches of the groups that the nodes belong to, the newest first. */
  scalingActivities: z.array(scalingActivity),
  // Kubernetes
  nodes: z.array(node),
  pods: z.array(pod),
  events: z.array(event),
  daemonSets: z.array(daemonSet),
  /** Of kube-system. */
  deployments: z.array(deployment),
  /** Those of a fixed list of names: an entry each, though the cluster may have none of it. */
  configMaps: z.array(configMap),
  /** Of kube-system. */
  services: z.array(service),
  /** Of kube-system. */
  endpointSlices: z.array(endpointSlice),
  namespaces: z.array(namespace),
  networkPolicies: z.array(networkPolicy),
  // The CNIs' own kinds, where the API server serves them
  eniConfigs: z.array(eniConfig),
  cniNodes: z.array(cniNode),
  securityGroupPolicies: z.array(securityGroupPolicy),
  cniResources: z.array(customResource),
  /** Of the kinds beside networking.k8s.io that can change what a NetworkPolicy decides. */
  policyResources: z.array(customResource),
  /** Of the CNIs' agents alone, where a metrics server is. */
  podMetrics: z.array(podMetrics),
  // Karpenter's, where the API server serves them
  nodeClaims: z.array(nodeClaim),
  nodePools: z.array(nodePool),
  /** EKS Auto Mode's, where the API server serves them. */
  nodeClasses: z.array(nodeClass),
  /** Opt-in: the VPC CNI's own counters, by the API server's proxy. */
  ipamd: z.array(ipamdReading),
  /** Opt-in: CoreDNS's own counters, by the API server's proxy. */
  dnsMetrics: z.array(dnsMetricsReading),
  /** Opt-in: what Cilium's agents answer to commands in their containers. */
  ciliumAgents: z.array(ciliumAgentReading),
  /** Opt-in: what RBAC lets the CNIs' agents do. */
  accessReviews: z.array(accessReview),
  /** Opt-in, and written for: what calico-node tells of each node, by an object that is deleted again. */
  calicoNodeStatus: z.array(calicoNodeReading),
  /** Opt-in, and written for: what pods of our own found on some nodes. */
  nodeProbes: z.array(nodeProbe),
  /** Opt-in, and written for: how far new pods of our own came, and what they reached. */
  canary: canaryReading,
} as const;

export type SliceKey = keyof typeof sliceData;
export const SLICE_KEYS = Object.keys(sliceData) as readonly SliceKey[];
export type SliceData = { readonly [K in SliceKey]: z.infer<(typeof sliceData)[K]> };
export type Slices = { readonly [K in SliceKey]: Slice<SliceData[K]> };

/** A source that came after the Snapshot was captured is a stated failure, as anything else that was not read. */
const NOT_CAPTURED = {
  ok: false,
  code: 'InputMissing',
  reason: 'The Snapshot holds nothing of this source: it was captured by a cniwatch that did not read it yet.',
  remedy: 'Capture the cluster again with this cniwatch.',
} as const;

const slices = z.object(
  Object.fromEntries(Object.entries(sliceData).map(([key, data]) => [key, slice(data).default(NOT_CAPTURED)])),
);

/** What collect saw of one cluster: plain JSON, replayable anywhere, and the fixture of tests. */
export const snapshotSchema = z.object({
  version: z.literal(SNAPSHOT_VERSION),
  takenAt: z.iso.datetime(),
  target,
  slices,
  collectors: z.array(collectorReport),
});

export interface Snapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  /** ISO 8601, UTC. The `now` of ages inside a replay. */
  readonly takenAt: string;
  readonly target: z.infer<typeof target>;
  readonly slices: Slices;
  readonly collectors: readonly z.infer<typeof collectorReport>[];
}

/** A document that is no Snapshot of this version; `message` says what to do. */
export class SnapshotUnreadable extends Error {
  override readonly name: string = 'SnapshotUnreadable';
}

/** Written by a newer cniwatch than this one. */
export class SnapshotTooNew extends SnapshotUnreadable {
  override readonly name = 'SnapshotTooNew';
  constructor(version: number) {
    super(
      `the Snapshot has version ${version} and this cniwatch reads up to version ${SNAPSHOT_VERSION}: update cniwatch, or capture it again with this one`,
    );
  }
}

/**
 * Parses a Snapshot read from a file or from S3.
 * @throws SnapshotTooNew for a later version; SnapshotUnreadable for anything else that is no Snapshot, naming the first place
 */
export function parseSnapshot(text: string): Snapshot {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new SnapshotUnreadable(`the Snapshot is not valid JSON (${(error as Error).message}): was it cut short?`);
  }
  const version = (document as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > SNAPSHOT_VERSION) throw new SnapshotTooNew(version);
  const parsed = snapshotSchema.safeParse(document);
  if (parsed.success) return parsed.data as unknown as Snapshot;
  const issue = parsed.error.issues[0];
  throw new SnapshotUnreadable(`this is not a cniwatch Snapshot: at ${issue?.path.join('.') || 'the top'}: ${issue?.message}`);
}
