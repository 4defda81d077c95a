import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Target } from '#lib/model/target.ts';
import type { FailedGroup, GroupState } from '#lib/network/failed-groups.ts';
import type { LaunchCause } from '#lib/network/launch-failure-causes.ts';

/** The remedy of each cause. */
const REMEDIES: Readonly<Record<LaunchCause, string>> = {
  'subnet-addresses': 'add-pod-subnet',
  'subnet-missing': 'add-pod-subnet',
  'prefix-blocks': 'reserve-prefix-space',
  'region-interfaces': 'request-quota-increase',
  'instance-interfaces': 'advise-instance-types',
  'interface-addresses': 'advise-instance-types',
};

const CAUSES: Readonly<Record<LaunchCause, string>> = {
  'subnet-addresses': 'too few free addresses in the subnet',
  'subnet-missing': 'a subnet that does not exist',
  'prefix-blocks': 'no free /28 in the subnet',
  'region-interfaces': 'the quota of interfaces',
  'instance-interfaces': 'the interfaces that the type takes',
  'interface-addresses': 'the addresses that an interface takes',
};

const KINDS = { 'node-group': 'node group', 'auto-scaling-group': 'Auto Scaling group', 'node-pool': 'NodePool' } as const;

export interface LaunchPicture {
  readonly groups: readonly FailedGroup[];
  /** Launches that failed for want of something else. */
  readonly otherFailures: number;
  readonly windowHours: number;
  /** What was not read, as clauses. */
  readonly gaps: readonly string[];
}

export function launchFinding({ arn, name }: Target, { groups, otherFailures, windowHours, gaps }: LaunchPicture): Judgement {
  const states = new Set<GroupState>(groups.map(({ state }) => state));
  const verdict = verdictOf(states, gaps.length > 0);
  const causes = sumOfCauses(groups);
  const [main] = Object.entries(causes).sort(([, a], [, b]) => b - a) as [LaunchCause, number][];
  const failures = groups.reduce((sum, group) => sum + group.failures, 0);
  const isProblem = verdict === 'critical' || verdict === 'warning';
  return {
    verdict,
    resource: { kind: 'cluster', id: arn, name },
    summary: `${[
      `${plural(failures, 'launch').replace(/launchs$/, 'launches')} of a node failed in the last ${windowHours} h for want of addresses or interfaces`,
      ...groups.map(groupClause),
      ...(otherFailures > 0 ? [`${otherFailures} failed for want of something else`] : []),
      ...gaps,
    ].join('; ')}.`,
    evidence: {
      failures,
      otherFailures,
      missing: groups.reduce((sum, { missing = 0 }) => sum + missing, 0),
      causes: { ...causes },
      groups: groups.map(groupEvidence),
      subnets: [...new Set(groups.flatMap(({ subnets }) => subnets))],
    },
    ...(isProblem && { timeToImpact: verdict === 'critical' ? ('immediate' as const) : ('hours' as const) }),
    ...(isProblem && main !== undefined && { remediation: REMEDIES[main[0]] }),
  };
}

function verdictOf(states: ReadonlySet<GroupState>, hasGaps: boolean): Judgement['verdict'] {
  if (states.has('failing')) return 'critical';
  if (states.has('unknown') || hasGaps) return 'unknown';
  return states.has('recovered') ? 'warning' : 'ok';
}

function sumOfCauses(groups: readonly FailedGroup[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { causes } of groups) for (const [cause, count] of Object.entries(causes)) sums[cause] = (sums[cause] ?? 0) + count;
  return sums;
}

function groupClause(failed: FailedGroup): string {
  const { group, state, causes, message } = failed;
  const who = group.name === undefined ? 'NodeClaims that are gone' : `${KINDS[group.kind]} ${group.name}`;
  const why = Object.keys(causes).map((cause) => CAUSES[cause as LaunchCause]);
  return `${who} met ${why.join(' and ')} and ${stateClause(state, failed)} ("${message}")`;
}

function stateClause(state: GroupState, { missing, desired }: FailedGroup): string {
  switch (state) {
    case 'failing':
      if (missing === undefined) return 'pods wait for a node';
      return `lacks ${plural(missing, 'node')}${desired === undefined ? '' : ` of ${desired}`}`;
    case 'recovered':
      return missing === undefined ? 'no pod waits for it' : 'has its nodes';
    case 'unknown':
      return 'whether nodes are missing is not known';
  }
}

function groupEvidence({ group, state, failures, causes, lastAt, desired, missing, subnets, message }: FailedGroup) {
  return {
    kind: group.kind,
    name: group.name ?? null,
    state,
    failures,
    causes: { ...causes },
    lastAt: lastAt === undefined ? null : new Date(lastAt).toISOString(),
    desired: desired ?? null,
    missing: missing ?? null,
    subnets: [...subnets],
    message,
  };
}
