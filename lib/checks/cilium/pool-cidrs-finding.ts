import type { PercentThresholds } from '#lib/checks/cilium/node-pool-finding.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { PoolCidrs } from '#lib/network/cilium/pool-cidrs.ts';

/** @param open whether CiliumNodes that could not be understood may hold more of it */
export function poolCidrsFinding(
  { pool, family, cidrs, maskSize, total, allocated }: PoolCidrs,
  { warningPercent, criticalPercent }: PercentThresholds,
  open: boolean,
): Judgement {
  const free = Math.max(0, total - allocated);
  const usedPercent = Math.round((1000 * allocated) / total) / 10;
  const verdict = ((): Verdict => {
    if (free === 0 || usedPercent >= criticalPercent) return 'critical';
    if (open) return 'unknown';
    return usedPercent >= warningPercent ? 'warning' : 'ok';
  })();
  const bad = verdict === 'critical' || verdict === 'warning';
  const what = free === 0 ? 'a node that needs one gets none' : `${free} are free`;
  const doubt = verdict === 'unknown' ? '; nodes that could not be understood may hold more' : '';
  return {
    verdict,
    resource: { kind: 'ip-pool', id: family === 4 ? pool : `${pool}/ipv6`, name: pool },
    summary: `Nodes hold ${allocated} of the ${total} CIDRs of /${maskSize} that ${pool} (${cidrs.join(', ')}) divides into (${usedPercent} %): ${what}${doubt}.`,
    evidence: { pool, cidrs: [...cidrs], maskSize, cidrsTotal: total, cidrsAllocated: allocated, cidrsFree: free, usedPercent },
    ...(bad && { timeToImpact: verdict === 'critical' ? ('hours' as const) : ('days' as const), remediation: 'add-ip-pool' }),
  };
}
