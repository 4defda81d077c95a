import { type Quality, qualityEvidence, qualityShares } from '#lib/checks/dns/dns-quality-evidence.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { DnsCounted } from '#lib/network/dns/window.ts';

export interface QualityOptions {
  readonly servfailWarningPercent: number;
  readonly servfailCriticalPercent: number;
  readonly slowPercent: number;
  readonly latencyWarningMs: number;
  readonly latencyCriticalMs: number;
  readonly forwardErrorPercent: number;
  readonly leastCacheHitPercent: number;
  readonly leastResponses: number;
}

/** How well CoreDNS answers, over all processes that were read. */
export function qualityFinding(quality: Quality, options: QualityOptions): Judgement {
  const problems = problemsOf(quality, options);
  const verdict = (['critical', 'warning'] as const).find((one) => problems.some((problem) => problem.verdict === one)) ?? 'ok';
  return {
    verdict,
    resource: { kind: 'deployment', id: 'kube-system/coredns', name: 'coredns' },
    summary: `${[measured(quality), ...problems.map(({ told }) => told)].join('; ')}.`,
    evidence: qualityEvidence(quality),
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
  };
}

interface Problem {
  readonly verdict: Extract<Verdict, 'warning' | 'critical'>;
  readonly told: string;
}

function problemsOf(quality: Quality, options: QualityOptions): readonly Problem[] {
  const { counts } = quality.counted;
  const enough = counts.responses >= options.leastResponses;
  return [...(enough ? shareProblems(quality.counted, options) : []), ...eventProblems(quality)];
}

function shareProblems(counted: DnsCounted, options: QualityOptions): readonly Problem[] {
  const { servfail, slow, verySlow, forwardErrors, cacheHits } = qualityShares(counted);
  const above = (share: number | null, limit: number) => (share ?? 0) > limit;
  const failing = above(servfail, options.servfailCriticalPercent);
  const stuck = above(verySlow, options.slowPercent);
  const rules: readonly (readonly [boolean, Problem['verdict'], string])[] = [
    [failing, 'critical', `that is above ${options.servfailCriticalPercent} %`],
    [!failing && above(servfail, options.servfailWarningPercent), 'warning', `that is above ${options.servfailWarningPercent} %`],
    [stuck, 'critical', `${verySlow} % take more than ${options.latencyCriticalMs} ms`],
    [!stuck && above(slow, options.slowPercent), 'warning', `${slow} % take more than ${options.latencyWarningMs} ms`],
    [above(forwardErrors, options.forwardErrorPercent), 'warning', `${forwardErrors} % of the answers of upstreams are errors`],
    [(cacheHits ?? 100) < options.leastCacheHitPercent, 'warning', `the cache answers only ${cacheHits} %`],
  ];
  return rules.flatMap(([holds, verdict, told]) => (holds ? [{ verdict, told }] : []));
}

/** Each of these is one too many, but only if it is recent: over a process's life it may be weeks old. */
function eventProblems({ counted: { basis, counts }, linkLocalNodes = [] }: Quality): readonly Problem[] {
  const recent = (count: number) => basis === 'window' && count > 0;
  const rules: readonly (readonly [boolean, string])[] = [
    [recent(counts.panics), `${counts.panics} panics`],
    [recent(counts.healthcheckBroken), `every upstream was unhealthy for ${plural(counts.healthcheckBroken, 'request')}`],
    [recent(counts.concurrencyRejects), `${counts.concurrencyRejects} were refused at max_concurrent`],
    [
      linkLocalNodes.length > 0,
      `${plural(linkLocalNodes.length, 'node')} dropped packets to the VPC's resolver at the limit of an interface (${linkLocalNodes.slice(0, 3).join(', ')})`,
    ],
  ];
  return rules.flatMap(([holds, told]) => (holds ? [{ verdict: 'warning', told }] : []));
}

function measured({ counted, processes, now }: Quality): string {
  const { basis, since, counts } = counted;
  const minutes = since === undefined ? undefined : Math.round((now.getTime() - Date.parse(since)) / 60_000);
  const span = minutes === undefined ? '' : minutes < 120 ? ` ${minutes} minutes` : ` ${Math.round(minutes / 60)} hours`;
  const period = basis === 'window' ? `in the last${span}` : `since they started,${span} ago at the most`;
  const shares = qualityShares(counted);
  const told = shares.servfail === null ? '' : `, ${shares.servfail} % of them SERVFAIL`;
  return `${plural(processes.length, 'CoreDNS pod')} gave ${counts.responses} answers ${period}${told}`;
}
