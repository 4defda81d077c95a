import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { agreeing, plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type Agent, isBroken } from '#lib/network/agents.ts';
import type { NodeLocalDns } from '#lib/network/dns/node-local-dns.ts';

/** Enough to recognise them; the counts stand beside. */
const MOST_LISTED = 20;

export interface CacheJudging {
  readonly criticalPercent: number;
  /** Pods with security groups of their own in strict mode, whose traffic to the cache leaves the node and is lost. */
  readonly strictPods: number;
}

interface Problem {
  readonly verdict: Exclude<Verdict, 'ok' | 'not-applicable'>;
  readonly told: string;
}

/** NodeLocal DNSCache: pods of its nodes ask it, and it asks CoreDNS. */
export function cacheFinding(cache: NodeLocalDns, judging: CacheJudging): Judgement {
  const { namespace, name } = cache.daemonSet;
  const problems = problemsOf(cache, judging);
  const verdict = (['critical', 'unknown', 'warning'] as const).find((one) =>
    problems.some((problem) => problem.verdict === one),
  );
  const ready = cache.agents.filter(({ state }) => state === 'ready').length;
  const listens = cache.listensOn.length > 0 ? `, on ${cache.listensOn.join(' and ')}` : '';
  const told = [
    `NodeLocal DNSCache answers on ${ready} of ${plural(cache.agents.length, 'node')}${listens}`,
    ...problems.map((problem) => problem.told),
  ];
  return {
    verdict: verdict ?? 'ok',
    resource: { kind: 'daemonset', id: `${namespace}/${name}`, name },
    summary: `${told.join('; ')}.`,
    evidence: { nodeLocalDns: cacheEvidence(cache, judging.strictPods) },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
  };
}

/** Whether it is installed at all is not known. */
export function unreadCacheFinding(reason: string): Judgement {
  return {
    verdict: 'unknown',
    resource: { kind: 'daemonset', id: 'kube-system/node-local-dns', name: 'node-local-dns' },
    summary: `Whether NodeLocal DNSCache is installed, and works, was not read: ${asClause(reason)}.`,
    evidence: {},
  };
}

export function cacheEvidence(cache: NodeLocalDns, strictPods: number) {
  const { agents, uncovered, listensOn, answersServiceIp, upstreamService, upstreamExists, corefile } = cache;
  return {
    nodes: agents.length,
    ready: agents.filter(({ state }) => state === 'ready').length,
    failing: namesOf(agents.filter(isBroken)),
    nodesWithout: uncovered.slice(0, MOST_LISTED).map(({ name }) => name),
    listensOn: [...listensOn],
    answersServiceIp: answersServiceIp ?? null,
    upstreamService,
    upstreamExists: upstreamExists ?? null,
    corefile: corefile.state,
    forceTcp: corefile.state === 'read' ? (corefile.forcesTcp ?? null) : null,
    strictPods,
  };
}

const namesOf = (agents: readonly Agent[]): string[] => agents.slice(0, MOST_LISTED).map(({ node }) => node.name);

function problemsOf(cache: NodeLocalDns, judging: CacheJudging): readonly Problem[] {
  return [...agentProblems(cache, judging), ...corefileProblems(cache), ...reachProblems(cache, judging)];
}

function agentProblems({ agents }: NodeLocalDns, { criticalPercent }: CacheJudging): readonly Problem[] {
  const broken = agents.filter(isBroken);
  if (broken.length === 0) return [];
  const working = agents.length - broken.length;
  const reasons = [...new Set(broken.map(({ fault, state }) => fault?.terminatedReason ?? fault?.reason ?? state))];
  const verdict = 100 * working < criticalPercent * agents.length ? 'critical' : 'warning';
  return [{ verdict, told: `it does not work on ${broken.length} (${reasons.join(', ')})` }];
}

function corefileProblems({ corefile, upstreamService, upstreamExists }: NodeLocalDns): readonly Problem[] {
  if (corefile.state === 'broken')
    return [{ verdict: 'warning', told: `its Corefile breaks off (${corefile.reason}), and its pods fail at their next start` }];
  if (corefile.state !== 'read')
    return [{ verdict: 'unknown', told: `its Corefile was not read (${asClause(corefile.reason)})` }];
  if (corefile.ownUpstream !== undefined)
    return [{ verdict: 'critical', told: `it forwards to ${corefile.ownUpstream}, an address of its own` }];
  if (!corefile.namesUpstream) return [];
  if (upstreamExists === undefined)
    return [{ verdict: 'unknown', told: `whether its upstream Service ${upstreamService} exists was not read` }];
  return upstreamExists ? [] : [{ verdict: 'critical', told: `its upstream Service ${upstreamService} does not exist` }];
}

function reachProblems({ uncovered, answersServiceIp }: NodeLocalDns, { strictPods }: CacheJudging): readonly Problem[] {
  const problems: Problem[] = [];
  if (strictPods > 0)
    problems.push({
      verdict: 'warning',
      told: `${plural(strictPods, 'pod')} ${agreeing(strictPods, 'has security groups of its', 'have security groups of their')} own in strict mode, which cannot reach it`,
    });
  // On the Service's address, a node without the cache just asks CoreDNS.
  if (uncovered.length > 0 && answersServiceIp === false)
    problems.push({
      verdict: 'warning',
      told: `${plural(uncovered.length, 'node')} ${agreeing(uncovered.length, 'takes', 'take')} none, and pods there have no DNS if the kubelet names the cache's address`,
    });
  return problems;
}
