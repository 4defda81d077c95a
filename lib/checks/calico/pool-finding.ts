import {
  type ForecastThresholds,
  forecastClauses,
  forecastEvidence,
  forecastVerdict,
  timeToExhaustion,
} from '#lib/checks/exhaustion-forecast.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import { coversPods } from '#lib/network/calico/pool-nodes.ts';
import { type PoolUse, usedPercent } from '#lib/network/calico/pool-use.ts';
import type { Forecast } from '#lib/network/forecast/forecast.ts';

export interface PoolThresholds extends ForecastThresholds {
  readonly warningPercent: number;
  readonly criticalPercent: number;
}

export interface JudgedPool {
  readonly use: PoolUse;
  /** All of them, this one too. */
  readonly pools: readonly PoolUse[];
  /** Undefined where they were not read. */
  readonly nodes: readonly Node[] | undefined;
  readonly thresholds: PoolThresholds;
  /** Names of objects that could not be understood: what they hold may be in this pool. */
  readonly malformed: readonly string[];
  /** Of the addresses that can be had. */
  readonly forecast: Forecast;
}

export function poolFinding(judged: JudgedPool): Judgement {
  const { use, forecast } = judged;
  const { pool, capacity, inUse, available, reserved, borrowed, coolingDown, blocks, blocksTotal } = use;
  const sibling = siblingWithRoom(judged);
  const verdict = verdictOf(judged, sibling);
  const used = Math.round(10 * usedPercent(use)) / 10;
  const clauses = [
    `${inUse} of ${capacity} addresses of ${pool.name} (${pool.cidr}) are in use and ${available} can be had (${used} % used)`,
    ...(pool.disabled ? [] : forecastClauses(forecast)),
    ...(reserved > 0n ? [`${reserved} are reserved`] : []),
    ...(coolingDown > 0 ? [`${coolingDown} are cooling down`] : []),
    ...(borrowed > 0 ? [`${borrowed} are borrowed from other nodes' blocks`] : []),
    ...(pool.disabled ? ['it is disabled and gives no new addresses'] : []),
    ...(sibling === undefined || verdict === 'ok' ? [] : [`${sibling.pool.name} has ${sibling.available} for the same nodes`]),
    ...(verdict === 'unknown' ? ['what could not be understood may use more'] : []),
  ];
  return {
    verdict,
    resource: { kind: 'ip-pool', id: pool.name, name: pool.name },
    summary: `${clauses.join('; ')}.`,
    evidence: {
      cidr: pool.cidr,
      capacity: Number(capacity),
      inUse,
      available: Number(available),
      reserved: Number(reserved),
      borrowed,
      coolingDown,
      usedPercent: used,
      ...forecastEvidence(forecast),
      blocksClaimed: blocks.length,
      blocksTotal: Number(blocksTotal),
      disabled: pool.disabled,
      sibling: sibling?.pool.name ?? null,
    },
    ...((verdict === 'critical' || verdict === 'warning') && { timeToImpact: timeToImpact(judged, verdict, sibling) }),
    ...((verdict === 'critical' || verdict === 'warning') && { remediation: 'add-ip-pool' }),
  };
}

function verdictOf({ use, thresholds, malformed, forecast }: JudgedPool, sibling: PoolUse | undefined): Verdict {
  if (use.pool.disabled) return 'ok';
  const used = usedPercent(use);
  const full = used >= thresholds.criticalPercent ? 'critical' : used >= thresholds.warningPercent ? 'warning' : 'ok';
  const worst = worstVerdict([full, forecastVerdict(forecast, thresholds)]);
  if (worst === 'critical' && sibling === undefined) return 'critical';
  if (malformed.length > 0) return 'unknown';
  return worst === 'ok' ? 'ok' : 'warning';
}

/** A pool that another takes over for leaves days; else the forecast tells, or what such a share usually leaves. */
function timeToImpact(
  { use, forecast }: JudgedPool,
  verdict: 'warning' | 'critical',
  sibling: PoolUse | undefined,
): NonNullable<Judgement['timeToImpact']> {
  if (sibling !== undefined) return 'days';
  if (use.available === 0n) return 'immediate';
  if (forecast.kind === 'exhausts') return timeToExhaustion(forecast.hours);
  return verdict === 'critical' ? 'hours' : 'days';
}

/**
 * Another pool of the same family, for the same nodes and uses, below the warning: Calico takes the next pool where one is full.
 * A pod that asks for a pool by name gets no other, so that a manual pool has no sibling.
 */
function siblingWithRoom({ use, pools, nodes, thresholds }: JudgedPool): PoolUse | undefined {
  const { pool } = use;
  if (pool.assignmentMode === 'Manual') return undefined;
  return pools.find(
    (other) =>
      other.pool !== pool &&
      !other.pool.disabled &&
      other.pool.assignmentMode === 'Automatic' &&
      other.pool.addresses.family === pool.addresses.family &&
      coversPods(other.pool, pool, nodes) &&
      pool.allowedUses.every((one) => other.pool.allowedUses.includes(one)) &&
      usedPercent(other) < thresholds.warningPercent,
  );
}
