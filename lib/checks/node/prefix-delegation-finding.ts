import {
  type PrefixBlockerReason,
  type PrefixFacts,
  type PrefixObstacle,
  prefixObstacles,
} from '#lib/checks/node/prefix-blockers.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { EniNode } from '#lib/network/eni-nodes.ts';
import { versionDelegates } from '#lib/network/prefix-delegation.ts';

export interface PrefixDelegationFacts extends PrefixFacts {
  /** What would have to be known for an `ok`, as clauses. */
  readonly gaps: readonly string[];
  /** Why it is not known from which subnets some nodes' pods draw. */
  readonly unplaced: readonly string[];
}

export interface PrefixDelegationOptions {
  readonly worthwhileGainPercent: number;
  readonly nodeUsedPercent: number;
}

/** Those that stand against it as a whole; the others hold back some nodes. */
const AGAINST: readonly PrefixBlockerReason[] = ['cni-version', 'no-free-prefixes'];

/** Judges prefix delegation of one cluster: off and worth enabling, or on and not taking effect. */
export function prefixDelegationFinding(
  facts: PrefixDelegationFacts,
  options: PrefixDelegationOptions,
): Omit<Judgement, 'resource'> {
  const { settings, nodes, rooms } = facts;
  const obstacles = prefixObstacles(facts);
  const gain = nodes.podCapacityAfter - nodes.podCapacityNow;
  const eligible = nodes.eligible.length > 0 && gain > 0 && !obstacles.some(({ reason }) => AGAINST.includes(reason));
  const short = settings.prefixDelegation ? [] : shortNodes(facts, options);
  const judged = settings.prefixDelegation ? judgeOn(facts, obstacles) : judgeOff(facts, obstacles, { short, eligible });
  return {
    ...judged,
    summary: `${[...clauses(facts, obstacles, short), ...(judged.verdict === 'unknown' ? gapsOf(facts) : [])].join('; ')}.`,
    evidence: {
      enabled: settings.prefixDelegation,
      eligible,
      blockers: obstacles.map((obstacle) => ({ ...obstacle, resources: [...obstacle.resources] })),
      podCapacityNow: nodes.podCapacityNow,
      podCapacityAfter: nodes.podCapacityAfter,
      mixedNodes: names(nodes.mixed),
      nonNitroNodes: names(nodes.nonNitro),
      eligibleNodes: nodes.eligible.length,
      shortNodes: names(short),
      freePrefixes: Object.fromEntries(rooms.map(({ subnetId, freePrefixes }) => [subnetId, freePrefixes])),
      cniVersion: settings.version ?? null,
    },
  };
}

type Verdict = Pick<Judgement, 'verdict' | 'timeToImpact' | 'remediation'>;

/** Windows nodes are told of and not judged: another setting, which is not read, decides for them. */
function judgeOn(facts: PrefixDelegationFacts, obstacles: readonly PrefixObstacle[]): Verdict {
  const reasons = obstacles.map(({ reason }) => reason).filter((reason) => reason !== 'windows-nodes');
  if (reasons.length === 0) return { verdict: gapsOf(facts).length > 0 ? 'unknown' : 'ok' };
  const noPrefix = reasons.includes('no-free-prefixes');
  const remediation = noPrefix ? 'reserve-prefix-space' : reasons.some(needsNewNodes) ? 'recycle-nodes' : undefined;
  return { verdict: 'warning', timeToImpact: noPrefix ? 'hours' : 'days', ...(remediation && { remediation }) };
}

function needsNewNodes(reason: PrefixBlockerReason): boolean {
  return reason === 'stale-max-pods' || reason === 'mixed-nodes' || reason === 'without-prefixes';
}

function judgeOff(
  facts: PrefixDelegationFacts,
  obstacles: readonly PrefixObstacle[],
  { short, eligible }: { readonly short: readonly EniNode[]; readonly eligible: boolean },
): Verdict {
  if (obstacles.some(({ reason }) => reason === 'drift')) return { verdict: 'warning', timeToImpact: 'days' };
  if (obstacles.some(({ reason }) => reason === 'mixed-nodes'))
    return { verdict: 'warning', timeToImpact: 'days', remediation: 'recycle-nodes' };
  if (facts.gaps.length > 0) return { verdict: 'unknown' };
  // What would stand against it matters only where nodes are short of addresses.
  if (short.length === 0 || !eligible) return { verdict: 'ok' };
  if (gapsOf(facts).length > 0) return { verdict: 'unknown' };
  return { verdict: 'warning', timeToImpact: 'days', remediation: 'enable-prefix-delegation' };
}

function gapsOf({ settings, nodes, rooms, gaps, unplaced }: PrefixDelegationFacts): readonly string[] {
  const version = nodes.eligible.some(({ type }) => versionDelegates(type, settings) === undefined);
  const subnets = rooms.filter(({ verdict }) => verdict === 'unknown').map(({ subnetId }) => subnetId);
  return [
    ...gaps,
    ...unplaced,
    ...(version ? ["the CNI's version cannot be told"] : []),
    ...(subnets.length > 0 ? [`how many /28 blocks are free in ${subnets.join(', ')} cannot be told`] : []),
  ];
}

/** Nodes near the end of their addresses, where prefixes would give the cluster much more. */
function shortNodes(
  { nodes }: PrefixFacts,
  { worthwhileGainPercent, nodeUsedPercent }: PrefixDelegationOptions,
): readonly EniNode[] {
  const { podCapacityNow, podCapacityAfter } = nodes;
  if (100 * (podCapacityAfter - podCapacityNow) < worthwhileGainPercent * podCapacityNow) return [];
  return nodes.eligible.filter(
    ({ capacity, pods }) =>
      capacity.ipCapacity !== null && 100 * (pods.inUse + pods.waiting) >= nodeUsedPercent * capacity.ipCapacity,
  );
}

function clauses(
  { settings, nodes }: PrefixFacts,
  obstacles: readonly PrefixObstacle[],
  short: readonly EniNode[],
): readonly string[] {
  const { podCapacityNow, podCapacityAfter, eligible } = nodes;
  const state = settings.prefixDelegation ? 'on' : 'off';
  const change = podCapacityAfter > podCapacityNow ? `, and ${podCapacityAfter} with prefixes on new nodes` : '';
  return [
    `Prefix delegation is ${state}; ${plural(eligible.length, 'node')} can have it, and the nodes carry ${podCapacityNow} pods${change}`,
    ...(short.length > 0 ? [`${plural(short.length, 'node')} near the end of the addresses`] : []),
    ...obstacles.map(({ detail }) => detail),
  ];
}

function names(nodes: readonly EniNode[]): string[] {
  return nodes.map(({ node }) => node.name);
}
