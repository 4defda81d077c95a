import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { IpamdReading } from '#lib/model/ipamd.ts';
import { plural } from '#lib/model/plural.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';

/** A node's ipamd, set against what EC2 and Kubernetes show of the node. */
export interface IpamdNode {
  readonly reading: IpamdReading;
  /** Undefined where the node is not judged, for the reason beside it. */
  readonly entry: EniNode | undefined;
  readonly notJudged?: string;
}

type Metrics = Readonly<Record<string, number>>;

/** @param toleratedDifference addresses by which the two may differ, since they are read one after the other */
export function ipamdNodeFinding({ reading, entry, notJudged }: IpamdNode, toleratedDifference: number): Judgement {
  const resource = { kind: 'node', id: reading.nodeName } as const;
  const { metrics, nodeName } = reading;
  if (metrics === undefined) {
    const why = asClause(reading.unread ?? 'it was not asked');
    return { verdict: 'unknown', resource, summary: `ipamd of ${nodeName} did not answer: ${why}.`, evidence: {} };
  }
  if (entry === undefined) {
    const summary = `ipamd of ${nodeName} answers, and the node is not judged: ${notJudged ?? 'it is none of the nodes read'}.`;
    return { verdict: 'unknown', resource, summary, evidence: {} };
  }
  const pool = poolOf(metrics, entry);
  const state = stateOf(pool, entry, toleratedDifference);
  return {
    verdict: VERDICTS[state],
    resource,
    summary: `${[...clauses(nodeName, pool, entry), ...STATES[state]].join('; ')}.`,
    evidence: { ...pool, podsWaiting: entry.pods.waiting, state },
    ...(state === 'exhausted' && { timeToImpact: 'immediate' as const }),
    ...((state === 'cooldown' || state === 'differs') && { timeToImpact: 'minutes' as const }),
    ...(state === 'differs' && { remediation: 'restart-cni' }),
  };
}

function poolOf(metrics: Metrics, { capacity }: EniNode) {
  const of = (name: string) => metrics[`awscni_${name}`] ?? null;
  return {
    poolTotal: of('total_ip_addresses'),
    poolAssigned: of('assigned_ip_addresses'),
    poolPrefixes: of('total_ipv4_prefixes'),
    ec2Assigned: capacity.ipAssigned,
    noAvailable: of('no_available_ip_addresses'),
    eniAllocated: of('eni_allocated'),
    eniMax: of('eni_max'),
  };
}

type Pool = ReturnType<typeof poolOf>;
type State = 'ok' | 'exhausted' | 'cooldown' | 'differs' | 'uncounted';

const VERDICTS: Readonly<Record<State, Judgement['verdict']>> = {
  ok: 'ok',
  exhausted: 'critical',
  cooldown: 'warning',
  differs: 'warning',
  uncounted: 'unknown',
};

const STATES: Readonly<Record<State, readonly string[]>> = {
  ok: [],
  exhausted: ['none is left for the pods that wait'],
  cooldown: ['some are free and pods still failed to get one: addresses of ended pods cool down before they are given out again'],
  differs: ['ipamd and EC2 do not agree about the addresses of its interfaces'],
  uncounted: ['ipamd does not state its pool'],
};

function stateOf(pool: Pool, { capacity, pods }: EniNode, toleratedDifference: number): State {
  const { poolTotal, poolAssigned, ec2Assigned, noAvailable } = pool;
  // One /80 of an IPv6 node outlasts its pods, and its addresses are not counted.
  if (capacity.ipCapacity === null) return 'ok';
  if (poolTotal === null || poolAssigned === null) return 'uncounted';
  if (pods.waiting > 0 && poolAssigned >= poolTotal) return 'exhausted';
  if (Math.abs(poolTotal - ec2Assigned) > toleratedDifference) return 'differs';
  return pods.waiting > 0 && (noAvailable ?? 0) > 0 ? 'cooldown' : 'ok';
}

function clauses(name: string, { poolTotal, poolAssigned, ec2Assigned }: Pool, { capacity, pods }: EniNode): readonly string[] {
  const waiting = pods.waiting > 0 ? [`${plural(pods.waiting, 'pod')} without an address`] : [];
  if (capacity.ipCapacity === null) return [`ipamd of ${name} answers`, ...waiting];
  return [`ipamd of ${name} has ${poolAssigned} of ${poolTotal} addresses assigned, and EC2 shows ${ec2Assigned}`, ...waiting];
}
