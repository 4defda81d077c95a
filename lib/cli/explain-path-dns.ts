import { requireRead } from '#lib/cli/one-snapshot.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import { clientReach, hangsOnEnforcement } from '#lib/network/dns/client-reach.ts';
import { type DnsClient, type DnsPolicies, dnsPolicies } from '#lib/network/dns/policies.ts';
import { reasonsOf } from '#lib/network/dns/policy-reasons.ts';
import { policyResourcesIn } from '#lib/network/policy/judge.ts';
import { workloadOf } from '#lib/network/workload.ts';

/** What policies leave a workload of DNS: the worst of its pods. */
export type DnsState = 'reached' | 'in-part' | 'unknown' | 'cut-off';

export interface WorkloadDns {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly pods: number;
  /** Those that are worse off than `reached`, after the change where there is one. */
  readonly podsAffected: number;
  readonly state: DnsState;
  /** Without the change; null where none is tried. */
  readonly before: DnsState | null;
  readonly reason: string | null;
}

export interface DnsDocument {
  /** False where nobody enforces policies: then this is what they would do. */
  readonly enforced: boolean;
  /** Workloads with running pods that ask for names. */
  readonly workloads: number;
  /** Those that policies keep from DNS wholly or in part, now or before the change; the worst first. */
  readonly affected: readonly WorkloadDns[];
}

/** @throws ReadFailure where pods, nodes, DaemonSets or EndpointSlices were not read */
export function dnsDocument(slices: Slices, changed: Slices | undefined): DnsDocument {
  const before = judge(slices);
  const after = changed === undefined ? before : judge(changed);
  const old = new Map(workloadsOf(before).map((workload) => [keyOf(workload), workload.state]));
  const all = workloadsOf(after).map((workload) => ({
    ...workload,
    before: changed === undefined ? null : (old.get(keyOf(workload)) ?? null),
  }));
  return {
    enforced: after.enforcement.kind !== 'not-enforced',
    workloads: all.length,
    affected: all
      .filter(({ state, before: was }) => state !== 'reached' || (was !== null && was !== 'reached'))
      .sort((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) || (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}

const WORST_FIRST: readonly DnsState[] = ['cut-off', 'unknown', 'in-part', 'reached'];

const VERDICTS: Readonly<Record<DnsState, Verdict>> = {
  reached: 'ok',
  'in-part': 'warning',
  unknown: 'unknown',
  'cut-off': 'critical',
};

/** Of the whole cluster, after the change. What nobody enforces harms nobody. */
export function dnsVerdict({ enforced, affected }: DnsDocument): Verdict {
  return enforced ? worstVerdict(['ok', ...affected.map(({ state }) => VERDICTS[state])]) : 'ok';
}

function judge(slices: Slices): DnsPolicies {
  return dnsPolicies({
    nodes: requireRead(slices.nodes),
    pods: requireRead(slices.pods),
    daemonSets: requireRead(slices.daemonSets),
    endpointSlices: requireRead(slices.endpointSlices),
    autoMode: dataOf(slices.cluster)?.autoMode ?? false,
    configMaps: dataOf(slices.configMaps),
    networkPolicies: dataOf(slices.networkPolicies),
    namespaces: dataOf(slices.namespaces),
    ...policyResourcesIn(slices.policyResources),
    nodeClasses: dataOf(slices.nodeClasses),
    services: dataOf(slices.services),
  });
}

const keyOf = ({ namespace, kind, name }: Pick<WorkloadDns, 'namespace' | 'kind' | 'name'>): string =>
  `${namespace}/${kind} ${name}`;

function workloadsOf(judged: DnsPolicies): readonly Omit<WorkloadDns, 'before'>[] {
  const byWorkload = Map.groupBy(judged.clients, ({ pod }) => keyOf(workloadOf(pod)));
  return [...byWorkload.values()].flatMap((clients) => {
    const [first] = clients;
    return first === undefined ? [] : [{ ...workloadOf(first.pod), ...stateOf(clients, judged) }];
  });
}

type State = Pick<WorkloadDns, 'pods' | 'podsAffected' | 'state' | 'reason'>;

function stateOf(clients: readonly DnsClient[], { servers, enforcement }: DnsPolicies): State {
  const states = clients.map((client): DnsState => {
    // Without a ready CoreDNS pod there is nothing to ask about.
    if (servers.ready.length === 0) return 'unknown';
    const { needed, tcp } = clientReach(client, servers, enforcement);
    if (needed === 'none') return 'cut-off';
    if (needed === 'unknown' || tcp === 'unknown') return 'unknown';
    return needed === 'whole' && tcp === 'whole' ? 'reached' : 'in-part';
  });
  const problems = clients.flatMap((client) => client.problems);
  const reasons = reasonsOf(problems);
  const hangs = problems.some((way) => hangsOnEnforcement(way, enforcement));
  const doubts = [
    ...(servers.ready.length === 0 ? ['no CoreDNS pod is ready'] : []),
    ...(enforcement.kind === 'unknown' && hangs ? [enforcement.reason] : []),
    ...(!hangs && problems.length > 0 && clients.some(({ nodeAnswers }) => nodeAnswers)
      ? ['its nodes may answer DNS themselves']
      : []),
  ];
  return {
    pods: clients.length,
    podsAffected: states.filter((state) => state !== 'reached').length,
    state: WORST_FIRST.find((state) => states.includes(state)) ?? 'reached',
    reason: [...reasons, ...doubts].join('; ') || null,
  };
}
