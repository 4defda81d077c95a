import type { Judgement } from '#lib/model/finding.ts';
import { agreeing, plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import type { ShortageAnswer } from '#lib/network/sandbox-failures/address-shortage.ts';
import { remedyOfCause } from '#lib/network/sandbox-failures/cause-remedies.ts';
import { CAUSE_MEANINGS, type SandboxCause } from '#lib/network/sandbox-failures/causes.ts';
import type { SandboxFailure } from '#lib/network/sandbox-failures/failures.ts';
import { type Place, type Scope, scopeOf } from '#lib/network/sandbox-failures/scope.ts';

/** Enough to recognise them; the counts stand beside. */
const MOST_LISTED = 20;

export interface CauseJudging {
  readonly target: Target;
  /** Nodes that could fail the same way. */
  readonly places: readonly Place[];
  readonly criticalMinutes: number;
  readonly now: Date;
  /** Whether the nodes have prefixes already: more addresses then take a larger type. */
  readonly prefixDelegation: boolean;
  /** Of a node's name, for failures for want of addresses. */
  readonly shortageOf: (node: string) => ShortageAnswer;
}

/** All failures of one cause. */
export function causeFinding(cause: SandboxCause, failures: readonly SandboxFailure[], judging: CauseJudging): Judgement {
  const { target, places, now } = judging;
  const standing = failures.filter(({ state }) => state === 'standing');
  const nodes = [...new Set((standing.length > 0 ? standing : failures).flatMap(({ node }) => node ?? []))].toSorted();
  const scope = scopeOf(new Set(nodes), places);
  const shortage = cause === 'no-free-address' ? shortages(nodes, judging.shortageOf) : undefined;
  const firstSeen = earliest(standing.length > 0 ? standing : failures);
  const old = now.getTime() - Date.parse(firstSeen) >= 60_000 * judging.criticalMinutes;
  const verdict = standing.length > 0 && (old || scope === 'cluster') ? 'critical' : 'warning';
  const sample = latest(failures);
  const detail = shortage?.detail ?? null;
  const remediation = remedyOfCause(cause, { detail, prefixDelegation: judging.prefixDelegation });
  return {
    verdict,
    resource: { kind: 'cluster', id: `${target.arn}/${cause}`, name: `${target.name}: ${cause}` },
    summary: summaryOf({ cause, failures, standing, nodes, scope, detail }),
    evidence: {
      cause,
      detail,
      details: shortage?.counts ?? {},
      detailUnknown: shortage?.reasons ?? [],
      scope,
      count: failures.reduce((sum, { count }) => sum + count, 0),
      pods: new Set(failures.flatMap(({ pod }) => pod ?? [])).size,
      podsStanding: new Set(standing.flatMap(({ pod }) => pod ?? [])).size,
      nodes: nodes.slice(0, MOST_LISTED),
      nodeCount: nodes.length,
      zones: distinct(nodes, places, ({ zone }) => zone),
      subnets: distinct(nodes, places, ({ subnetId }) => subnetId),
      sampleMessage: sample.sample,
      firstSeen,
      lastSeen: sample.lastSeen,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const }),
    ...(remediation !== undefined && { remediation }),
  };
}

interface Shortages {
  /** That of the most nodes; absent where it is known of none. */
  readonly detail?: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly reasons: string[];
}

function shortages(nodes: readonly string[], shortageOf: (node: string) => ShortageAnswer): Shortages {
  const counts: Record<string, number> = {};
  const reasons = new Set<string>();
  for (const answer of nodes.map(shortageOf)) {
    if (answer.detail === null) reasons.add(answer.reason);
    else counts[answer.detail] = (counts[answer.detail] ?? 0) + 1;
  }
  const [main] = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return { counts, reasons: [...reasons], ...(main && { detail: main[0] }) };
}

interface Told {
  readonly cause: SandboxCause;
  readonly failures: readonly SandboxFailure[];
  readonly standing: readonly SandboxFailure[];
  readonly nodes: readonly string[];
  readonly scope: Scope;
  readonly detail: string | null;
}

const SCOPES: Readonly<Record<Scope, string>> = {
  node: 'one node',
  subnet: 'one subnet',
  zone: 'one zone',
  nodes: 'several nodes',
  cluster: 'the whole cluster',
  unknown: 'nodes that are not known',
};

function summaryOf({ cause, failures, standing, nodes, scope, detail }: Told): string {
  const pods = new Set(failures.flatMap(({ pod }) => pod ?? [])).size;
  const who = pods > 0 ? `${plural(pods, 'pod')} failed to get a network` : 'No pod, but nodes failed';
  const on = nodes.length === 0 ? '' : ` on ${plural(nodes.length, 'node')} (${SCOPES[scope]})`;
  const still =
    standing.length > 0 ? `${standing.length} of them ${agreeing(standing.length, 'has', 'have')} none yet` : 'all have passed';
  return `${who}${on}: ${CAUSE_MEANINGS[cause]}${detail === null ? '' : ` (${detail})`}; ${still}.`;
}

function earliest(failures: readonly SandboxFailure[]): string {
  return failures.map(({ firstSeen }) => firstSeen).toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? '';
}

function latest(failures: readonly SandboxFailure[]): SandboxFailure {
  return failures.reduce((last, one) => (Date.parse(one.lastSeen) > Date.parse(last.lastSeen) ? one : last));
}

function distinct(nodes: readonly string[], places: readonly Place[], of: (place: Place) => string | undefined): string[] {
  const failing = new Set(nodes);
  return [...new Set(places.flatMap((place) => (failing.has(place.name) ? (of(place) ?? []) : [])))].toSorted();
}
