import type { Judgement } from '#lib/model/finding.ts';
import type { HistoryPoint } from '#lib/model/history.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';
import { plural } from '#lib/model/plural.ts';
import { type Ec2Error, type Ec2ErrorKind, ec2Errors, failedAssignments } from '#lib/network/ipamd-errors.ts';

export interface IpamdCounts {
  readonly readings: readonly IpamdReading[];
  /** Nodes with an ipamd, whether it was asked or not. */
  readonly nodes: number;
  /** What the counters were before. */
  readonly past: { readonly noAvailable: HistoryPoint | undefined; readonly errors: HistoryPoint | undefined };
}

/** The sums that the history keeps. */
export function ipamdSums(readings: readonly IpamdReading[]): { readonly noAvailable: number; readonly errors: number } {
  return { noAvailable: failedAssignments(readings), errors: ec2Errors(readings).reduce((sum, { count }) => sum + count, 0) };
}

/** Judges what all ipamds together count: pods refused for want of an address, and calls of EC2 that failed. */
export function ipamdClusterFinding({ readings, nodes, past }: IpamdCounts): Omit<Judgement, 'resource'> {
  const answered = readings.filter(({ metrics }) => metrics !== undefined);
  const errors = ec2Errors(answered);
  const sums = ipamdSums(answered);
  const changes = [
    change('pods refused for want of an address', sums.noAvailable, past.noAvailable),
    change('failed calls of EC2', sums.errors, past.errors),
  ];
  const rising = changes.some((one) => one.rising);
  const verdict = answered.length === 0 ? 'unknown' : rising ? 'warning' : 'ok';
  const worst = errors[0];
  return {
    verdict,
    summary: `${[
      `${answered.length} of the ${readings.length} ipamds asked answered, of ${plural(nodes, 'node')}`,
      ...(answered.length > 0 ? changes.map(({ clause }) => clause) : []),
      ...(worst === undefined ? [] : [`most of them ${errorClause(worst)}`]),
    ].join('; ')}.`,
    evidence: {
      nodes,
      asked: readings.length,
      answered: answered.length,
      noAvailable: sums.noAvailable,
      ec2Errors: errors.map((error) => ({ ...error })),
      rising,
    },
    ...(verdict === 'warning' && { timeToImpact: 'minutes' as const, ...remedy(errors) }),
  };
}

interface Change {
  readonly rising: boolean;
  readonly clause: string;
}

/**
 * The counters run from each agent's start. Against an earlier sum, a higher one means that it goes on; without one, or after agents
 * started anew, any count may be of now.
 */
function change(what: string, sum: number, before: HistoryPoint | undefined): Change {
  if (before === undefined || sum < before.value) return { rising: sum > 0, clause: `${sum} ${what} since the agents started` };
  return { rising: sum > before.value, clause: `${sum - before.value} ${what} since the last reading, ${sum} in all` };
}

const MEANINGS: Readonly<Record<Ec2ErrorKind, string>> = {
  'no-prefix': 'no whole /28 is free',
  'subnet-empty': 'the subnet is empty',
  throttled: 'EC2 throttles the account',
  denied: "the agent's role lacks the permission",
  other: 'EC2 refused it',
};

function errorClause({ api, code, kind, count }: Ec2Error): string {
  return `${api} ${code} (${count}: ${MEANINGS[kind]})`;
}

function remedy(errors: readonly Ec2Error[]): Pick<Judgement, 'remediation'> {
  const kinds = new Set(errors.map(({ kind }) => kind));
  if (kinds.has('no-prefix')) return { remediation: 'reserve-prefix-space' };
  if (kinds.has('subnet-empty')) return { remediation: 'add-pod-subnet' };
  return kinds.has('throttled') ? { remediation: 'tune-warm-targets' } : {};
}
