/** Runs of one finding as letters, one a run, ten minutes apart. */
import type { Finding } from '#lib/model/finding.ts';
import type { FindingState, StatePolicy } from '#lib/model/finding-state.ts';
import { clusterArn } from '#lib/model/target.ts';
import { observe } from '#lib/publish/state/observation.ts';
import type { Transition } from '#lib/publish/state/step.ts';
import { advance } from '#lib/publish/state/transition.ts';
import { aFinding } from '#test/scenarios/assessments.ts';
import { ACCOUNT, NOW, REGION } from '#test/scenarios/slices.ts';

export const CLUSTER = { account: ACCOUNT, region: REGION, name: 'shop-prod', arn: clusterArn(ACCOUNT, REGION, 'shop-prod') };
export const POLICY: StatePolicy = { openAfter: { bad: 2, of: 3 }, closeAfter: 2, keepDays: 90 };

export const timeOf = (minutes: number): string => new Date(Date.parse(NOW) + minutes * 60_000).toISOString();

const SUPPRESSED = { reason: 'planned', until: '2026-12-01' };
const FINDINGS: Readonly<Record<string, readonly Finding[]>> = {
  w: [aFinding({ verdict: 'warning' })],
  c: [aFinding({ verdict: 'critical' })],
  o: [aFinding({ verdict: 'ok' })],
  n: [aFinding({ verdict: 'not-applicable' })],
  u: [aFinding({ verdict: 'unknown' })],
  // Its check could not be run: it says so of the cluster.
  x: [aFinding({ verdict: 'unknown', resource: { kind: 'cluster', id: CLUSTER.arn }, fingerprint: 'f'.repeat(32) })],
  s: [{ ...aFinding({ verdict: 'warning' }), suppressed: SUPPRESSED } as Finding],
  S: [{ ...aFinding({ verdict: 'critical' }), suppressed: SUPPRESSED } as Finding],
  // The resource is gone.
  '-': [],
};

export const findingsOf = (letter: string): readonly Finding[] => FINDINGS[letter] ?? [];

export interface Told extends Transition {
  /** The index of the run. */
  readonly run: number;
}

/** What is told of one finding over its runs, and its state after them. */
export function tellStory(letters: string, policy: StatePolicy = POLICY, { minutes = 10 } = {}) {
  let state: FindingState | undefined;
  const told: Told[] = [];
  const states: (FindingState | undefined)[] = [];
  for (const [run, letter] of [...letters].entries()) {
    const findings = findingsOf(letter);
    const observation = observe(findings, state ? [state] : []).get(aFinding().fingerprint);
    if (observation !== undefined) {
      const at = { runId: `run-${run}`, takenAt: timeOf(run * minutes) };
      const advanced = advance({ previous: state, observation, cluster: CLUSTER, run: at, policy });
      state = advanced.state;
      if (advanced.transition) told.push({ ...advanced.transition, run });
    }
    states.push(state);
  }
  return { told, state, states };
}

/** `opened@2`, `resolved(recovered)@5`: what was told in which run. */
export const brief = ({ told }: { readonly told: readonly Told[] }): string =>
  told
    .map(({ type, reason, run }) => `${type.replace('Finding ', '').toLowerCase()}${reason ? `(${reason})` : ''}@${run}`)
    .join(' ');
