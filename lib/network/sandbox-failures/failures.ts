import type { Event, Node, Pod } from '#lib/model/kubernetes.ts';
import type { CniKind } from '#lib/network/cni.ts';
import type { SandboxCause } from '#lib/network/sandbox-failures/causes.ts';
import { concernsSandbox, pluginIn, sandboxCause } from '#lib/network/sandbox-failures/messages.ts';

/** One pod, or one node, that failed for one cause, however many events told of it. */
export interface SandboxFailure {
  readonly cause: SandboxCause;
  /** `namespace/name`; absent where the events are a node's own. */
  readonly pod?: string;
  /** Absent where neither the pod nor the event names it. */
  readonly node?: string;
  /** `standing`: the pod still has no network. `passed`: it has one by now, or is gone. */
  readonly state: 'standing' | 'passed';
  readonly count: number;
  /** ISO 8601. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Of the latest event. */
  readonly sample: string;
}

export interface FailureSources {
  readonly events: readonly Event[];
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  /** The CNIs that have a DaemonSet here; undefined where that is not known. */
  readonly cnis: readonly CniKind[] | undefined;
  /** ISO 8601: what was last seen before counts no more. */
  readonly since: string;
  /** ISO 8601, of events without a time. */
  readonly now: string;
}

/** Plugins by the CNI whose they are; those of a chain (portmap, bandwidth) are nobody's. */
const PLUGINS: Readonly<Record<string, CniKind>> = {
  'aws-cni': 'vpc-cni',
  'cilium-cni': 'cilium',
  calico: 'calico',
  'calico-ipam': 'calico',
  flannel: 'flannel',
};

export function sandboxFailures(sources: FailureSources): readonly SandboxFailure[] {
  const podByName = new Map(sources.pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod]));
  const nodeNames = new Set(sources.nodes.map(({ name }) => name));
  const groups = Map.groupBy(
    sources.events.filter((event) => concernsSandbox(event.reason) && !isBefore(seenAt(event, sources.now), sources.since)),
    (event) => `${event.involved.kind} ${event.involved.namespace ?? ''}/${event.involved.name} ${causeOf(event, sources.cnis)}`,
  );
  return [...groups.values()].map((events) => failure(events, podByName, nodeNames, sources));
}

/** What a CNI that does not run here says is left of it: its configuration comes first on the node. */
function causeOf({ reason, message }: Event, cnis: readonly CniKind[] | undefined): SandboxCause {
  const plugin = pluginIn(message);
  const owner = plugin !== undefined && Object.hasOwn(PLUGINS, plugin) ? PLUGINS[plugin] : undefined;
  if (owner !== undefined && cnis !== undefined && cnis.length > 0 && !cnis.includes(owner)) return 'conflicting-config';
  return sandboxCause(reason, message);
}

function failure(
  events: readonly Event[],
  podByName: ReadonlyMap<string, Pod>,
  nodeNames: ReadonlySet<string>,
  { cnis, now }: FailureSources,
): SandboxFailure {
  const sorted = events.toSorted((a, b) => Date.parse(seenAt(a, now)) - Date.parse(seenAt(b, now)));
  const latest = sorted.at(-1) as Event;
  const { kind, namespace, name } = latest.involved;
  const podName = kind === 'Pod' ? `${namespace ?? latest.namespace}/${name}` : undefined;
  const pod = podName === undefined ? undefined : podByName.get(podName);
  const host = kind === 'Node' ? name : (pod?.nodeName ?? latest.sourceHost);
  const node = host !== undefined && (nodeNames.has(host) || nodeNames.size === 0) ? host : pod?.nodeName;
  const first = events.map(({ firstSeen, lastSeen }) => firstSeen ?? lastSeen ?? now).toSorted(byTime)[0];
  return {
    cause: causeOf(latest, cnis),
    ...(podName !== undefined && { pod: podName }),
    ...(node !== undefined && { node }),
    state: kind !== 'Pod' || (pod !== undefined && lacksNetwork(pod)) ? 'standing' : 'passed',
    count: events.reduce((sum, { count }) => sum + count, 0),
    firstSeen: first ?? now,
    lastSeen: seenAt(latest, now),
    sample: latest.message,
  };
}

/** Agents of CNIs are on the host network and report what they lack by events on their own pods: their trouble stands while they run. */
function lacksNetwork(pod: Pod): boolean {
  if (pod.deletedAt !== undefined || pod.phase === 'Succeeded' || pod.phase === 'Failed') return false;
  return pod.hostNetwork || pod.podIps.length === 0;
}

const seenAt = ({ lastSeen, firstSeen }: Event, now: string): string => lastSeen ?? firstSeen ?? now;
const byTime = (a: string, b: string): number => Date.parse(a) - Date.parse(b);
const isBefore = (one: string, other: string): boolean => Date.parse(one) < Date.parse(other);
