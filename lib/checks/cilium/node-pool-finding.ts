import type { Judgement } from '#lib/model/finding.ts';
import type { Node } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { NodePoolUse } from '#lib/network/cilium/node-pool-use.ts';

export interface PercentThresholds {
  readonly warningPercent: number;
  readonly criticalPercent: number;
}

/** Cilium's own on every node: its router and its health endpoint. */
const OWN = 2;

/** @param joining whether the node is too young to have its addresses yet */
export function nodePoolFinding(
  use: NodePoolUse,
  node: Node | undefined,
  joining: boolean,
  thresholds: PercentThresholds,
): Judgement {
  const { capacity, used, needed, pool, from, error, grows } = use;
  const maxPods = node?.allocatablePods;
  const verdict = verdictOf(use, maxPods, joining, thresholds);
  return {
    verdict,
    resource: { kind: 'node', id: pool === 'default' ? use.node : `${use.node}/${pool}`, name: use.node },
    summary: `${clausesOf(use, joining).join('; ')}.`,
    evidence: {
      pool,
      source: from,
      capacity,
      inUse: used ?? null,
      free: used === undefined ? null : Math.max(0, capacity - used),
      needed: needed ?? null,
      grows,
      allocatablePods: maxPods ?? null,
      operatorError: error ?? null,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate', remediation: 'add-ip-pool' }),
    ...(verdict === 'warning' && { timeToImpact: 'hours', remediation: 'add-ip-pool' }),
  };
}

function clausesOf({ node, capacity, used, needed, pool, from, error }: NodePoolUse, joining: boolean): readonly string[] {
  const of = pool === 'default' ? '' : ` of pool ${pool}`;
  const use = `${used ?? 'An unknown number'} of ${capacity} addresses${of} on ${node} are in use`;
  return [
    from === 'none' ? `${node} has no addresses for pods` : use,
    ...(needed !== undefined && needed > capacity ? [`its agent asks for ${needed}`] : []),
    ...(error === undefined ? [] : [`the operator says: ${error.slice(0, 300)}`]),
    ...(joining && capacity === 0 ? ['the node is young'] : []),
    ...(used === undefined ? ['pods were not read'] : []),
  ];
}

function verdictOf(use: NodePoolUse, maxPods: number | undefined, joining: boolean, thresholds: PercentThresholds): Verdict {
  const { used, error } = use;
  if (used === undefined) return 'unknown';
  if (joining && error === undefined) return 'ok';
  const verdict = use.grows ? growingVerdict(use, used) : fixedVerdict(use, used, maxPods, thresholds);
  return verdict === 'ok' && error !== undefined ? 'warning' : verdict;
}

function growingVerdict({ capacity, needed = 0, error }: NodePoolUse, used: number): Verdict {
  // A pool that nobody on this node asks for is rightly empty.
  if (capacity === 0 && needed === 0) return 'ok';
  const full = used >= capacity;
  const short = needed > capacity;
  if (full && (short || error !== undefined)) return 'critical';
  return full || short ? 'warning' : 'ok';
}

function fixedVerdict(
  { capacity }: NodePoolUse,
  used: number,
  maxPods: number | undefined,
  { warningPercent, criticalPercent }: PercentThresholds,
): Verdict {
  if (capacity === 0) return 'critical';
  // The node takes no more pods than it has addresses for: they cannot run out.
  if (maxPods !== undefined && maxPods + OWN <= capacity) return 'ok';
  const percent = (100 * used) / capacity;
  if (percent >= criticalPercent) return 'critical';
  return percent >= warningPercent ? 'warning' : 'ok';
}
