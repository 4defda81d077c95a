import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { CoreDns, CoreDnsPod } from '#lib/network/dns/coredns.ts';
import { podRestartsADay, restartsOf } from '#lib/network/pod-readiness.ts';

export interface ServersJudging {
  readonly nodes: readonly Node[];
  readonly options: { readonly criticalPercent: number; readonly leastReplicas: number; readonly restartsPerDay: number };
  readonly now: Date;
  /** Why the workload is not known, where it is not. */
  readonly gap: string;
  /** Whether there is a Service kube-dns; undefined where Services were not read. */
  readonly serviceExists: boolean | undefined;
  /** What the other findings of this check say, for the reader of this one. */
  readonly beside: Judgement['evidence'];
}

/** CoreDNS's pods, and whether the Service has them. */
export function serversFinding(dns: CoreDns, judging: ServersJudging): Judgement {
  const facts = serverFacts(dns, judging);
  const verdict = serversVerdict(facts, judging.options);
  const { workload, pods } = dns;
  const name = workload?.name ?? 'coredns';
  const restart = verdict !== 'ok' && (facts.failing > 0 || (facts.endpoints === 0 && pods.length > 0));
  return {
    verdict,
    resource: { kind: workload?.kind ?? 'deployment', id: `kube-system/${name}`, name },
    summary: `${[...clauses(dns, facts), ...blame(facts, judging)].join('; ')}.`,
    evidence: {
      desired: facts.desired ?? null,
      ready: pods.filter(({ state }) => state === 'ready').length,
      endpoints: facts.endpoints,
      zones: [...facts.zones],
      nodes: [...facts.nodes],
      nodesFailing: [...new Set(pods.flatMap(({ pod, state }) => (state === 'failing' ? (pod.nodeName ?? []) : [])))],
      starting: facts.starting,
      failing: facts.failing,
      rolloutInProgress: workload?.isRollingOut ?? null,
      restarts: pods.reduce((sum, { pod }) => sum + restartsOf(pod), 0),
      crashReasons: reasonsOf(pods),
      oomKilled: facts.oomKilled,
      memoryLimit: workload?.memoryLimit ?? null,
      version: workload?.version ?? null,
      ...judging.beside,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
    ...(restart ? { remediation: 'restart-coredns' } : {}),
  };
}

interface ServerFacts {
  readonly desired: number | undefined;
  readonly endpoints: number;
  /** Replicas that are missing and not on their way: starting, or down for an update within what it allows. */
  readonly missing: number;
  readonly starting: number;
  readonly failing: number;
  readonly isStuck: boolean;
  readonly nodes: ReadonlySet<string>;
  readonly zones: ReadonlySet<string>;
  readonly onOneNode: boolean;
  readonly inOneZone: boolean;
  readonly restarting: number;
  readonly oomKilled: number;
}

function serverFacts({ workload, pods, servers }: CoreDns, { nodes, options, now }: ServersJudging): ServerFacts {
  const starting = pods.filter(({ state }) => state === 'starting').length;
  const down = workload?.isRollingOut && workload.stuck === undefined ? workload.maxUnavailable : 0;
  const onNodes = new Set(servers.flatMap(({ nodeName }) => nodeName ?? []));
  const zones = new Set(servers.flatMap(({ zone }) => zone ?? []));
  const able = nodes.filter(({ conditions }) => conditions.some(({ type, status }) => type === 'Ready' && status === 'True'));
  const ableZones = new Set(able.flatMap(({ labels }) => labels['topology.kubernetes.io/zone'] ?? []));
  return {
    desired: workload?.desired,
    endpoints: servers.length,
    missing: Math.max(0, (workload?.desired ?? 0) - servers.length - Math.max(starting, down)),
    starting,
    failing: pods.filter(({ state }) => state === 'failing').length,
    isStuck: workload?.stuck !== undefined,
    nodes: onNodes,
    zones,
    onOneNode: servers.length > 1 && onNodes.size === 1 && able.length > 1,
    inOneZone: servers.length > 1 && zones.size === 1 && ableZones.size > 1,
    restarting: pods.filter(({ pod }) => podRestartsADay(pod, now) >= options.restartsPerDay).length,
    oomKilled: pods.filter(({ pod }) => pod.containers.some(({ terminatedReason }) => terminatedReason === 'OOMKilled')).length,
  };
}

function serversVerdict(facts: ServerFacts, { criticalPercent, leastReplicas }: ServersJudging['options']): Verdict {
  const { desired, endpoints } = facts;
  if (endpoints === 0) return 'critical';
  // Fewer than half may be hidden behind what was not read.
  if (desired === undefined) return 'unknown';
  if (100 * endpoints < criticalPercent * desired) return 'critical';
  const weak = facts.onOneNode || facts.inOneZone || desired < leastReplicas;
  const ill = facts.failing > 0 || facts.restarting > 0 || facts.oomKilled > 0;
  return facts.missing > 0 || facts.isStuck || weak || ill ? 'warning' : 'ok';
}

function clauses({ workload, pods }: CoreDns, facts: ServerFacts): readonly string[] {
  const { desired, endpoints, starting, nodes, zones } = facts;
  const failing = pods.filter(({ state }) => state === 'failing');
  const reasons = Object.entries(reasonsOf(failing)).map(([reason, count]) => `${count} ${reason}`);
  const of = desired === undefined ? plural(endpoints, 'CoreDNS endpoint') : `${endpoints} of ${desired} CoreDNS endpoints`;
  const told: readonly (readonly [boolean, string])[] = [
    [
      failing.length > 0,
      `${failing.length} of its pods ${failing.length === 1 ? 'does' : 'do'} not work (${reasons.join(', ')})`,
    ],
    [starting > 0, `${starting} are starting`],
    [workload?.isRollingOut === true, 'a rollout is in progress'],
    [workload?.stuck !== undefined, `its controller gets no further (${workload?.stuck})`],
    [desired === 1, 'a single replica answers for the cluster, and nobody does while it moves'],
    [facts.onOneNode, `all on one node, ${[...nodes].join()}`],
    [facts.inOneZone, `all in one zone, ${[...zones].join()}`],
    [facts.restarting > 0, `${facts.restarting} keep restarting`],
    [facts.oomKilled > 0, `${facts.oomKilled} ran out of memory (limit ${workload?.memoryLimit ?? 'none'})`],
  ];
  const spread = endpoints > 0 ? ` on ${plural(nodes.size, 'node')} in ${plural(zones.size, 'zone')}` : '';
  const verb = endpoints === 1 && desired === undefined ? 'is' : 'are';
  return [`${of} ${verb} ready${spread}`, ...told.flatMap(([holds, clause]) => (holds ? [clause] : []))];
}

/** Why there is none, where that can be told, and what is not known. */
function blame({ desired, endpoints }: ServerFacts, { gap, serviceExists }: ServersJudging): readonly string[] {
  const why = [
    ...(endpoints === 0 && serviceExists === false ? ['there is no Service kube-dns in kube-system'] : []),
    ...(endpoints === 0 && desired === 0 ? ['it is scaled to none'] : []),
  ];
  return desired === undefined ? [...why, gap] : why;
}

function reasonsOf(pods: readonly CoreDnsPod[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state, fault } of pods) {
    if (state !== 'failing') continue;
    for (const reason of [fault?.reason, fault?.terminatedReason]) if (reason) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}
