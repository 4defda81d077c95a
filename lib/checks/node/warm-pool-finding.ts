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
  const starving = dangerous.some(({ lint }) => lint === 'minimum-alone');
  return {
    verdict: dangerous.length > 0 || worthIt ? 'warning' : 'ok',
    summary: `${clauses(facts, worthIt).join('; ')}.`,
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
      lints: lints.map((lint) => ({ ...lint })),
    },
    ...(dangerous.length > 0 || worthIt
      ? { timeToImpact: starving ? ('hours' as const) : ('days' as const), remediation: 'tune-warm-targets' }
      : {}),
  };
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

function clauses({ nodes, notJudged, churn, advice, lints, shortSubnets }: WarmPoolFacts, worthIt: boolean): readonly string[] {
  const { warmIpTarget, minimumIpTarget } = advice.targets;
  const { callsPerHour } = advice;
  const seen =
    churn.basis === 'history'
      ? `what ${churn.hours} hours showed`
      : 'the pods that are there now, since no longer past is known, so this is a first guess';
  return [
    `No pod has ${warmIps(nodes)} of the addresses that ${plural(nodes.length, 'node')} ${nodes.length === 1 ? 'holds' : 'hold'}`,
    ...(advice.reclaimed > 0
      ? [
          `WARM_IP_TARGET=${warmIpTarget} and MINIMUM_IP_TARGET=${minimumIpTarget} would give back ${advice.reclaimed} with pods starting as fast, by ${seen}`,
        ]
      : nodes.length > 0
        ? ['no targets that keep pods starting as fast hold fewer']
        : []),
    ...(advice.reclaimed > 0 && callsPerHour !== null
      ? [`at most ${callsPerHour.advised} calls of EC2 an hour instead of ${callsPerHour.now}`]
      : []),
    ...(worthIt ? [`${shortSubnets.join(', ')} ${shortSubnets.length === 1 ? 'is' : 'are'} short of addresses`] : []),
    ...lints.map(({ detail }) => detail),
    ...(notJudged > 0 ? [`${plural(notJudged, 'node')} cannot be judged and ${notJudged === 1 ? 'is' : 'are'} left out`] : []),
  ];
}
