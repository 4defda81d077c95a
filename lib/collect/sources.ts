import type { AutoScalingCall, Ec2Call, EksCall, ServiceQuotasCall } from '#lib/collect/aws/call.ts';
import type { everyPage } from '#lib/collect/aws/pages.ts';
import type { PodExec } from '#lib/collect/kubernetes/exec.ts';
import type { KubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import type { KubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import type { CollectSettings } from '#lib/model/collect-settings.ts';
import type { Collector } from '#lib/model/collector.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { SliceKey } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';

/** What a collector may ask: every call is counted, rate-capped, and ends with the run. */
export interface Sources {
  readonly target: Target;
  readonly ec2: Ec2Call;
  readonly eks: EksCall;
  readonly autoScaling: AutoScalingCall;
  readonly serviceQuotas: ServiceQuotasCall;
  /** Reads every page of an AWS list, and counts the pages. */
  readonly everyPage: typeof everyPage;
  readonly kubernetes: KubernetesReader;
  /** For opt-in sources alone, and only for objects of their own. */
  readonly kubernetesWrites: KubernetesWriter;
  /** For opt-in sources alone, and only for commands that change nothing. */
  readonly exec: PodExec;
  /** The run's end: for waits between reads. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Milliseconds until the run's deadline: who waits for a cluster must be done before it, or all it saw is lost. */
  remaining(): number;
  readonly settings: CollectSettings;
}

/** Infers a collector's types from its declaration. */
export function defineCollector<const Key extends SliceKey, const Needs extends SliceKey>(
  collector: Collector<Sources, Key, Needs>,
): Collector<Sources, Key, Needs> {
  return collector;
}

/** EC2 actions that take no resource, as nearly all of its reads. */
export function ec2Reads(...actions: readonly string[]): Permissions {
  return { aws: actions.map((action) => ({ action: `ec2:${action}`, resource: '*' })), kubernetes: [] };
}

/** Listing `resources` of one API group. */
export function kubernetesLists(apiGroup: string, ...resources: readonly string[]): Permissions {
  return { aws: [], kubernetes: [{ apiGroup, resources, verbs: ['list'] }] };
}
