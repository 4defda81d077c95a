import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import type { NetworkCause } from '#lib/network/node-network-reasons.ts';
import type { NetworkSignal, NodeReadiness } from '#lib/network/node-readiness.ts';

export interface ReadinessFacts {
  readonly node: Node;
  readonly readiness: NodeReadiness;
  /** Pods of the node that wait for a network; undefined where pods were not read. */
  readonly podsAwaiting: number | undefined;
  /** Too young to have a network for sure. */
  readonly joining: boolean;
}

/** Judges whether one node is kept from its work by its network, and says why. */
export function readinessFinding(facts: ReadinessFacts): Judgement {
  const { node, readiness, podsAwaiting } = facts;
  const { ready, otherReason, signals } = readiness;
  const verdict = verdictOf(facts);
  const remediation = verdict === 'critical' || verdict === 'warning' ? remedyOf(signals) : undefined;
  return {
    verdict,
    resource: { kind: 'node', id: node.name },
    summary: `${[...clauses(facts), ...signals.map(signalClause)].join('; ')}.`,
    evidence: {
      ready,
      reason: otherReason ?? null,
      signals: signals.map((one) => ({ ...one })),
      causes: [...new Set(signals.map(({ cause }) => cause))],
      podsAwaiting: podsAwaiting ?? null,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const }),
    ...(remediation !== undefined && { remediation }),
  };
}

/**
 * The monitoring agent's condition is known to stay set after the node has recovered: without events or waiting pods that agree, it is a
 * warning only.
 */
function verdictOf({ readiness: { ready, signals }, podsAwaiting, joining }: ReadinessFacts): Judgement['verdict'] {
  const from = (source: NetworkSignal['source']) => signals.some((one) => one.source === source);
  const network = from('Ready') || from('NetworkUnavailable');
  if (network) return joining ? 'ok' : 'critical';
  if (ready === 'Unknown' || ready === 'absent') return 'unknown';
  if (from('NetworkingReady')) {
    if (from('event') || (podsAwaiting ?? 0) > 0) return 'critical';
    return podsAwaiting === undefined ? 'unknown' : 'warning';
  }
  return ready === 'False' || from('event') ? 'warning' : 'ok';
}

function clauses({ node, readiness, podsAwaiting = 0, joining }: ReadinessFacts): readonly string[] {
  const { ready, otherReason, signals } = readiness;
  const state: Record<NodeReadiness['ready'], string> = {
    True: `${node.name} is Ready`,
    False: `${node.name} is NotReady`,
    Unknown: `the kubelet of ${node.name} reports no more, so its network cannot be told`,
    absent: `${node.name} states no condition Ready`,
  };
  const other =
    ready === 'False' && otherReason !== undefined
      ? [`for another reason than the network: ${otherReason.replace(/\.$/, '')}`]
      : [];
  const alone = signals.length > 0 && signals.every(({ source }) => source === 'NetworkingReady') && podsAwaiting === 0;
  return [
    state[ready],
    ...other,
    ...(joining && signals.length > 0 ? ['it joined just now'] : []),
    ...(podsAwaiting > 0 ? [`${plural(podsAwaiting, 'pod')} of it waiting for a network`] : []),
    ...(alone ? ['neither events nor waiting pods agree with the monitoring agent, whose condition can outlast the fault'] : []),
  ];
}

function signalClause({ source, reason, meaning }: NetworkSignal): string {
  const named = reason === '' ? source : source === 'event' ? `event ${reason}` : `${source}, ${reason}`;
  return `${meaning.replace(/\.$/, '')} (${named})`;
}

const RESTART: readonly NetworkCause[] = ['cni-not-initialised', 'agent'];
const LARGER: readonly NetworkCause[] = ['connection-limit', 'packet-limit', 'bandwidth-limit', 'link-local-limit'];

function remedyOf(signals: readonly NetworkSignal[]): string | undefined {
  const has = (causes: readonly NetworkCause[]) => signals.some(({ cause }) => causes.includes(cause));
  if (has(RESTART)) return 'restart-cni';
  if (has(['interface', 'routes', 'host-settings'])) return 'recycle-nodes';
  return has(LARGER) ? 'advise-instance-types' : undefined;
}
