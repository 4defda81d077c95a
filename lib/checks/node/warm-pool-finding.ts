import type { WarmLint } from '#lib/checks/node/warm-lints.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import type { PodChurn } from '#lib/network/pod-churn.ts';
import type { VpcCniSettings } from '#lib/network/vpc-cni.ts';
import type { WarmAdvice } from '#lib/network/warm-advice.ts';
import type { WarmTargets } from '#lib/network/warm-pool.ts';

export interface WarmPoolFacts {
  readonly settings: VpcCniSettings;
  readonly nodes: readonly EniNode[];
  readonly notJudged: number;
  readonly churn: PodChurn;
  readonly advice: WarmAdvice;
  readonly lints: readonly WarmLint[];
  /** Subnets short of addresses, among those that would get some back. */
  readonly shortSubnets: readonly string[];
}

/** Addresses held for pods that no pod has. */
export function warmIps(nodes: readonly EniNode[]): number {
  return nodes.reduce((sum, { capacity, pods }) => sum + Math.max(0, capacity.ipAssigned - pods.inUse), 0);
}

/** @param leastReclaimed addresses for subnets that are short of them, from which the advice is a warning */
export function warmPoolFinding(facts: WarmPoolFacts, leastReclaimed: number): Omit<Judgement, 'resource'> {
  const { settings, nodes, churn, advice, lints, shortSubnets } = facts;
  const dangerous = lints.filter((lint) => lint.dangerous);
  const forShort = shortSubnets.reduce((sum, subnetId) => sum + (advice.reclaimedBySubnet.get(subnetId) ?? 0), 0);
  const worthIt = churn.basis === 'history' && forShort >= leastReclaimed;
  const capped = dangerous.some(({ lint }) => lint === 'minimum-alone');
  const starved = capped ? nodes.filter(isStarved).map(({ node }) => node.name) : [];
  const verdict = starved.length > 0 ? 'critical' : dangerous.length > 0 || worthIt ? 'warning' : 'ok';
  return {
    verdict,
    summary: `${clauses(facts, worthIt, starved).join('; ')}.`,
    evidence: {
      warmIps: warmIps(nodes),
      recommended: targets(advice.targets, settings),
      ipsReclaimed: advice.reclaimed,
      current: { ...targets(settings, settings), WARM_ENI_TARGET: settings.warmEniTarget },
      basis: churn.basis,
      hoursObserved: churn.hours,
      podsPerNode: Math.round(churn.typicalPods * 10) / 10,
      podStartBurst: churn.burst,
      podStartsPerHour: churn.startsPerHour === null ? null : Math.round(churn.startsPerHour),
      ec2CallsPerHour: advice.callsPerHour,
      reclaimedBySubnet: Object.fromEntries(advice.reclaimedBySubnet),
      shortSubnets: [...shortSubnets],
      starvedNodes: starved,
      lints: lints.map((lint) => ({ ...lint })),
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const }),
    ...(verdict === 'warning' && { timeToImpact: capped ? ('hours' as const) : ('days' as const) }),
    ...(verdict !== 'ok' && { remediation: 'tune-warm-targets' }),
  };
}

/** Every address that it holds is in use, and pods wait. */
function isStarved({ capacity, pods }: EniNode): boolean {
  return pods.waiting > 0 && pods.inUse >= capacity.ipAssigned;
}

/** As the environment of aws-node has them; null for what is not set, or has no meaning. */
function targets(
  { warmIpTarget, minimumIpTarget, warmPrefixTarget }: WarmTargets,
  { prefixDelegation }: VpcCniSettings,
): { WARM_IP_TARGET: number | null; MINIMUM_IP_TARGET: number | null; WARM_PREFIX_TARGET: number | null } {
  return {
    WARM_IP_TARGET: warmIpTarget ?? null,
    MINIMUM_IP_TARGET: minimumIpTarget ?? null,
    WARM_PREFIX_TARGET: prefixDelegation ? warmPrefixTarget : null,
  };
}

function adviceClause(
  { targets: { warmIpTarget, minimumIpTarget }, reclaimed }: WarmAdvice,
  changes: boolean,
  seen: string,
): string {
  if (!changes) return 'no targets that keep pods starting as fast hold fewer';
  const advised = `WARM_IP_TARGET=${warmIpTarget} and MINIMUM_IP_TARGET=${minimumIpTarget}`;
  if (reclaimed === 0) return `${advised} would serve the pods, by ${seen}`;
  return `${advised} would give back ${reclaimed} with pods starting as fast, by ${seen}`;
}

function clauses(
  { settings, nodes, notJudged, churn, advice, lints, shortSubnets }: WarmPoolFacts,
  worthIt: boolean,
  starved: readonly string[],
): readonly string[] {
  const { callsPerHour } = advice;
  const targetsChange = advice.targets !== settings;
  const seen =
    churn.basis === 'history'
      ? `what ${churn.hours} hours showed`
      : 'the pods that are there now, since no longer past is known, so this is a first guess';
  return [
    `${plural(nodes.length, 'node')} ${nodes.length === 1 ? 'holds' : 'hold'} ${warmIps(nodes)} addresses that no pod has`,
    ...(nodes.length > 0 ? [adviceClause(advice, targetsChange, seen)] : []),
    ...(advice.reclaimed > 0 && callsPerHour !== null
      ? [`at most ${callsPerHour.advised} calls of EC2 an hour instead of ${callsPerHour.now}`]
      : []),
    ...(worthIt ? [`${shortSubnets.join(', ')} ${shortSubnets.length === 1 ? 'is' : 'are'} short of addresses`] : []),
    ...lints.map(({ detail }) => detail),
    ...(starved.length > 0 ? [`pods wait on ${plural(starved.length, 'node')} for it`] : []),
    ...(notJudged > 0 ? [`${plural(notJudged, 'node')} cannot be judged and ${notJudged === 1 ? 'is' : 'are'} left out`] : []),
  ];
}
