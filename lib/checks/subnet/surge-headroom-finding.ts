import { type JudgedScenario, judgeScenario } from '#lib/checks/subnet/surge-scenario.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import type { Headroom } from '#lib/network/what-if/headroom.ts';
import type { World } from '#lib/network/what-if/world.ts';

interface Judged {
  readonly judged: readonly JudgedScenario[];
  readonly world: World;
  readonly target: Target;
  /** Clauses; nothing hangs on them. */
  readonly leftOut: readonly string[];
  /** Clauses: what could turn an ok into a warning. */
  readonly open: readonly string[];
}

/** One finding for the cluster, on its worst scenario. */
export function surgeFinding({ judged, world, target, leftOut, open }: Judged): Judgement {
  const resource = { kind: 'cluster', id: target.arn, name: target.name } as const;
  const worst = judged.toSorted(worstFirst)[0];
  if (worst === undefined && open.length === 0)
    return { verdict: 'not-applicable', resource, summary: 'No node of this cluster can be joined by another.', evidence: {} };
  const verdict = verdictOf(worst, open);
  return {
    verdict,
    resource,
    summary: `${[...(worst ? [sentence(worst, judged)] : []), ...(verdict === 'unknown' ? open : [])].join('; ')}.`,
    evidence: {
      scenario: worst?.scenario.kind ?? null,
      subject: worst?.scenario.subject ?? null,
      ...placeOf(worst?.scarcest),
      scenarios: judged.map(({ scenario, nodes, holds, scarcest }) => ({
        scenario: scenario.kind,
        subject: scenario.subject,
        nodes,
        ...placeOf(scarcest),
        ...(scarcest?.subnetId && { subnetId: scarcest.subnetId }),
        holds,
      })),
      leftOut: [...leftOut, ...open],
    },
    ...(verdict === 'warning' && worst && { timeToImpact: 'days' as const, remediation: remediation(worst, world) }),
  };
}

function verdictOf(worst: JudgedScenario | undefined, open: readonly string[]): 'ok' | 'warning' | 'unknown' {
  if (worst?.holds === 'no') return 'warning';
  return worst?.holds === 'unknown' || open.length > 0 ? 'unknown' : 'ok';
}

/** Of those that fail, the one that takes the fewest nodes to fail; of those that hold, the one with the least left over. */
function worstFirst(a: JudgedScenario, b: JudgedScenario): number {
  return rank(b) - rank(a) || (a.holds === 'no' ? a.nodes - b.nodes : 0) || margin(a) - margin(b);
}

function rank({ holds }: JudgedScenario): number {
  return ['yes', 'unknown', 'no'].indexOf(holds);
}

/** The share of what is free that is left over; below 0 where it does not suffice. */
function margin({ scarcest }: JudgedScenario): number {
  return scarcest === undefined ? 1 : (scarcest.free - scarcest.needed) / Math.max(1, scarcest.free);
}

function placeOf(scarcest: Headroom | undefined) {
  return {
    limitingZone: scarcest?.availabilityZone ?? null,
    needed: scarcest?.needed ?? null,
    free: scarcest?.free ?? null,
    unit: scarcest?.unit ?? null,
  };
}

const EVENTS: Readonly<Record<JudgedScenario['scenario']['kind'], (subject: string) => string>> = {
  surge: (subject) => `A rolling update of ${subject}`,
  'autoscaler-maximum': () => 'The maximum of the autoscalers',
  'zone-loss': (subject) => `The loss of ${subject}`,
};

function sentence({ scenario, nodes, holds, scarcest }: JudgedScenario, judged: readonly JudgedScenario[]): string {
  const event = `${EVENTS[scenario.kind](scenario.subject)} starts ${plural(nodes, 'node')}`;
  if (scarcest === undefined) return `${event}, which take nothing of the subnets`;
  const units = scarcest.unit === 'prefixes' ? '/28 blocks' : 'addresses';
  const place =
    scarcest.subnetId === undefined ? scarcest.availabilityZone : `${scarcest.subnetId} (${scarcest.availabilityZone}) to start`;
  const needs = `${event}, which take ${scarcest.needed} ${units} in ${place}, where ${scarcest.free} are free`;
  const others = judged.filter((other) => other.holds === 'no').length - 1;
  if (holds === 'no') return `${needs}${others > 0 ? `; ${plural(others, 'more scenario')} fail` : ''}`;
  return holds === 'yes' ? `${needs}: the scarcest of ${plural(judged.length, 'scenario')}` : `${needs} at the least`;
}

/** Lower targets where these alone would do, for what is short is then held warm. */
function remediation({ scenario }: JudgedScenario, world: World): 'tune-warm-targets' | 'add-pod-subnet' {
  const tuned = judgeScenario(scenario, world, { ...world.settings, warmIpTarget: 2 });
  return tuned.holds === 'yes' ? 'tune-warm-targets' : 'add-pod-subnet';
}
