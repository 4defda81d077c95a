import type { PercentThresholds } from '#lib/checks/cilium/node-pool-finding.ts';
import {
  type ForecastThresholds,
  forecastClauses,
  forecastEvidence,
  forecastVerdict,
  timeToExhaustion,
} from '#lib/checks/exhaustion-forecast.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Reading } from '#lib/model/history.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { PoolCidrs } from '#lib/network/cilium/pool-cidrs.ts';
import type { Forecast } from '#lib/network/forecast/forecast.ts';

/** Series of the CIDRs that nodes can still get, by pool. */
export const POOL_CIDRS = 'CiliumPoolCidrsFree';

export function poolCidrsReading(pool: PoolCidrs): Reading {
  return { series: POOL_CIDRS, id: idOf(pool), value: freeOf(pool) };
}

export interface JudgedCidrs {
  readonly pool: PoolCidrs;
  readonly thresholds: PercentThresholds & ForecastThresholds;
  /** Whether CiliumNodes that could not be understood may hold more of it. */
  readonly open: boolean;
  /** Of its free CIDRs. */
  readonly forecast: Forecast;
}

export function poolCidrsFinding({ pool: counted, thresholds, open, forecast }: JudgedCidrs): Judgement {
  const { pool, cidrs, maskSize, total, allocated } = counted;
  const free = freeOf(counted);
  const usedPercent = Math.round((1000 * allocated) / total) / 10;
  const verdict = ((): Verdict => {
    const full = free === 0 || usedPercent >= thresholds.criticalPercent ? 'critical' : 'ok';
    const filling = usedPercent >= thresholds.warningPercent ? 'warning' : 'ok';
    const worst = worstVerdict([full, filling, forecastVerdict(forecast, thresholds)]);
    return open && worst !== 'critical' ? 'unknown' : worst;
  })();
  const clauses = [
    `Nodes hold ${allocated} of the ${total} CIDRs of /${maskSize} that ${pool} (${cidrs.join(', ')}) divides into (${usedPercent} %): ${free === 0 ? 'a node that needs one gets none' : `${free} are free`}`,
    ...forecastClauses(forecast),
    ...(verdict === 'unknown' ? ['nodes that could not be understood may hold more'] : []),
  ];
  return {
    verdict,
    resource: { kind: 'ip-pool', id: idOf(counted), name: pool },
    summary: `${clauses.join('; ')}.`,
    evidence: {
      pool,
      cidrs: [...cidrs],
      maskSize,
      cidrsTotal: total,
      cidrsAllocated: allocated,
      cidrsFree: free,
      usedPercent,
      ...forecastEvidence(forecast, 'cidrsPerHour'),
    },
    ...((verdict === 'critical' || verdict === 'warning') && {
      timeToImpact: timeToImpact(forecast, free, verdict),
      remediation: 'add-ip-pool',
    }),
  };
}

/** Only a node that needs another CIDR feels it: not at once, even where none is left. */
function timeToImpact(forecast: Forecast, free: number, verdict: 'warning' | 'critical'): NonNullable<Judgement['timeToImpact']> {
  if (free > 0 && forecast.kind === 'exhausts') return timeToExhaustion(forecast.hours);
  return verdict === 'critical' ? 'hours' : 'days';
}

const idOf = ({ pool, family }: PoolCidrs): string => (family === 4 ? pool : `${pool}/ipv6`);
const freeOf = ({ total, allocated }: PoolCidrs): number => Math.max(0, total - allocated);
