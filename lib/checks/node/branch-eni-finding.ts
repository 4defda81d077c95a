import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { BranchCapacity } from '#lib/network/branch-capacity.ts';
import type { TrunkSupport } from '#lib/network/branch-limits.ts';

export interface BranchNode {
  readonly name: string;
  readonly instanceType: string;
  readonly capacity: BranchCapacity;
  /** Why it has no trunk, where it should have one: a clause. */
  readonly trunkMissing?: string;
  /** Younger than it takes to attach a trunk. */
  readonly joining: boolean;
}

/**
 * Judges one node's branch interfaces.
 * @param podsWaiting that the scheduler keeps back for want of them, anywhere in the cluster
 */
export function branchFinding(node: BranchNode, warningPercent: number, podsWaiting: number): Judgement {
  const { name, instanceType, capacity } = node;
  const { branchUsed, branchMax, support, trunkEniId, branchesAttached } = capacity;
  return {
    ...judge(node, warningPercent, podsWaiting),
    resource: { kind: 'node', id: name },
    evidence: {
      instanceType,
      branchUsed,
      branchMax,
      branchLimit: support.kind === 'supported' ? support.branches : null,
      trunkCompatible: compatible(support),
      trunkEniId: trunkEniId ?? null,
      branchesAttached: branchesAttached ?? null,
    },
  };
}

/** Null where the type is not listed: the CNI takes it for one that does. */
function compatible({ kind }: TrunkSupport): boolean | null {
  return kind === 'unlisted' ? null : kind === 'supported';
}

function judge(
  { name, instanceType, capacity, trunkMissing, joining }: BranchNode,
  warningPercent: number,
  podsWaiting: number,
): Pick<Judgement, 'verdict' | 'summary' | 'timeToImpact' | 'remediation'> {
  const { branchUsed, branchMax, support } = capacity;
  const start = `${name} (${instanceType})`;
  if (support.kind === 'unsupported' && branchMax === 0)
    return {
      verdict: 'not-applicable',
      summary: `${start} is of a type that takes no trunk: pods with security groups of their own run elsewhere.`,
    };
  if (trunkMissing !== undefined && joining) return { verdict: 'ok', summary: `${start} joined just now and has no trunk yet.` };
  if (trunkMissing !== undefined)
    return {
      verdict: 'warning',
      summary: `${start} has no trunk, so no pod with security groups of its own can run there: ${trunkMissing}.`,
      timeToImpact: 'hours',
      remediation: 'recycle-nodes',
    };
  const summary = `${start} has ${branchUsed} of ${plural(branchMax, 'branch interface')} in use.`;
  if (branchUsed >= branchMax && podsWaiting > 0)
    return { verdict: 'critical', summary, timeToImpact: 'immediate', remediation: 'advise-instance-types' };
  if (100 * branchUsed >= warningPercent * branchMax)
    return { verdict: 'warning', summary, timeToImpact: 'hours', remediation: 'advise-instance-types' };
  return { verdict: 'ok', summary };
}

export interface BranchCluster {
  readonly enabled: boolean;
  /** Undefined where they were not read. */
  readonly policies: number | undefined;
  readonly podsWaiting: readonly string[];
  readonly nodes: readonly BranchNode[];
}

/** Judges the cluster: can a further pod with security groups of its own run at all? */
export function branchClusterFinding({ enabled, policies, podsWaiting, nodes }: BranchCluster): Omit<Judgement, 'resource'> {
  const withTrunk = nodes.filter(({ capacity }) => capacity.branchMax > 0);
  const used = withTrunk.reduce((sum, { capacity }) => sum + capacity.branchUsed, 0);
  const most = withTrunk.reduce((sum, { capacity }) => sum + capacity.branchMax, 0);
  const waiting = podsWaiting.length;
  const verdict = clusterVerdict({ enabled, policies, waiting, nodes: nodes.length, withTrunk: withTrunk.length });
  const clauses = [
    `${plural(withTrunk.length, 'node')} of ${nodes.length} with a trunk, and ${used} of ${plural(most, 'branch interface')} in use`,
    ...(policies === undefined ? ['the SecurityGroupPolicies were not read'] : [`SecurityGroupPolicies: ${policies}`]),
    ...(enabled ? [] : ['ENABLE_POD_ENI is off, so new pods get no security groups of their own']),
    ...(waiting > 0 ? [`${plural(waiting, 'pod')} kept back for want of branch interfaces`] : []),
  ];
  return {
    verdict,
    summary: `${clauses.join('; ')}.`,
    evidence: {
      enabled,
      policies: policies ?? null,
      nodesWithTrunk: withTrunk.length,
      branchUsed: used,
      branchMax: most,
      podsWaiting: [...podsWaiting],
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const, remediation: 'advise-instance-types' }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const, ...(enabled && { remediation: 'advise-instance-types' }) }),
  };
}

interface ClusterState {
  readonly enabled: boolean;
  readonly policies: number | undefined;
  readonly waiting: number;
  readonly nodes: number;
  readonly withTrunk: number;
}

function clusterVerdict({
  enabled,
  policies,
  waiting,
  nodes,
  withTrunk,
}: ClusterState): 'ok' | 'warning' | 'critical' | 'unknown' {
  if (waiting > 0) return 'critical';
  if (policies === undefined) return 'unknown';
  const wanted = policies > 0 || withTrunk > 0;
  if (!enabled) return wanted ? 'warning' : 'ok';
  return policies > 0 && nodes > 0 && withTrunk === 0 ? 'warning' : 'ok';
}
