import type { Condition, Event, Node } from '#lib/model/kubernetes.ts';
import { isNetworkNotReady, type NetworkCause, networkReason } from '#lib/network/node-network-reasons.ts';

/** Something that speaks of a node's network. */
export interface NetworkSignal {
  /** A condition's type, or `event`. */
  readonly source: 'Ready' | 'NetworkUnavailable' | 'NetworkingReady' | 'event';
  readonly reason: string;
  readonly cause: NetworkCause;
  /** A clause. */
  readonly meaning: string;
  /** ISO 8601; of an event, when it was seen last. */
  readonly since?: string;
}

export interface NodeReadiness {
  /** `absent` where the node states no condition Ready. */
  readonly ready: 'True' | 'False' | 'Unknown' | 'absent';
  /** What the node says of Ready where that is not the network. */
  readonly otherReason?: string;
  readonly signals: readonly NetworkSignal[];
}

/** @param events of this node and recent, of any reason; those that do not speak of the network are passed over */
export function nodeReadiness(node: Node, events: readonly Event[]): NodeReadiness {
  const of = (wanted: string) => node.conditions.find(({ type }) => type === wanted);
  const ready = of('Ready');
  const network = ready?.status === 'False' && isNetworkNotReady(ready.message);
  return {
    ready: ready === undefined ? 'absent' : statusOf(ready),
    ...(ready !== undefined &&
      ready.status !== 'True' &&
      !network && { otherReason: ready.message ?? ready.reason ?? ready.status }),
    signals: [
      ...(network ? [signal('Ready', ready, 'cni-not-initialised', 'the CNI has not set up the network')] : []),
      ...unavailable(of('NetworkUnavailable')),
      ...monitored(of('NetworkingReady')),
      ...reported(events),
    ],
  };
}

function statusOf({ status }: Condition): 'True' | 'False' | 'Unknown' {
  return status === 'True' || status === 'False' ? status : 'Unknown';
}

function signal(source: NetworkSignal['source'], condition: Condition, cause: NetworkCause, meaning: string): NetworkSignal {
  const { reason = '', lastTransitionTime } = condition;
  return { source, reason, cause, meaning, ...(lastTransitionTime !== undefined && { since: lastTransitionTime }) };
}

/** Set by Calico, Cilium and route controllers; the VPC CNI leaves it out. */
function unavailable(condition: Condition | undefined): readonly NetworkSignal[] {
  if (condition?.status !== 'True') return [];
  return [signal('NetworkUnavailable', condition, 'agent', condition.message ?? 'its network is unavailable')];
}

/** Of the node monitoring agent; absent where that is not installed. */
function monitored(condition: Condition | undefined): readonly NetworkSignal[] {
  if (condition?.status !== 'False') return [];
  const known = networkReason(condition.reason);
  const meaning = known?.meaning ?? condition.message ?? 'the node monitoring agent finds its network faulty';
  return [signal('NetworkingReady', condition, known?.cause ?? 'unrecognised', meaning)];
}

/** One signal a reason, of its latest event. */
function reported(events: readonly Event[]): readonly NetworkSignal[] {
  return [...Map.groupBy(events, ({ reason }) => reason)].flatMap(([reason, of]) => {
    const known = networkReason(reason);
    if (known === undefined) return [];
    const since = of
      .map(({ lastSeen = '' }) => lastSeen)
      .toSorted()
      .at(-1);
    return [{ source: 'event' as const, reason, ...known, ...(since && { since }) }];
  });
}
