import type { Addon } from '#lib/model/eks.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { Remediation } from '#lib/model/remediation.ts';
import type { RemediationPlan } from '#lib/model/remediation-plan.ts';
import { planRemediation } from '#lib/remediate/plan.ts';
import { aSmallCluster, type SmallCluster } from '#test/network/what-if/cluster.ts';
import { aNodegroup, aSnapshot, NOW } from '#test/scenarios/slices.ts';

export type World = Parameters<typeof aSnapshot>[0];

/** Two zones of m5.large nodes that are at rest: nothing scales, updates or rolls out. */
export function aSettledCluster(shape: SmallCluster = {}, over: World = {}): ReturnType<typeof aSnapshot> {
  const small = aSmallCluster(shape);
  const nodes = small.nodes?.length ?? 0;
  const nodegroups = [aNodegroup({ status: 'ACTIVE', scaling: { minSize: 1, maxSize: 9, desiredSize: nodes } })];
  return aSnapshot({ ...small, nodegroups, ...over });
}

export function anAddon(over: Partial<Addon> = {}): Addon {
  return { addonName: 'vpc-cni', addonVersion: 'v1.20.4-eksbuild.1', status: 'ACTIVE', healthIssues: [], tags: {}, ...over };
}

export function aProblem(over: Partial<Finding> = {}): Finding {
  return {
    check: 'node-ip-capacity',
    verdict: 'warning',
    resource: { kind: 'node', id: 'i-a0' },
    summary: 'i-a0 is near the end of its addresses.',
    evidence: {},
    fingerprint: 'f1',
    ...over,
  };
}

export function planned(
  remediation: Remediation,
  snapshot: ReturnType<typeof aSnapshot>,
  { findings = [aProblem()], options = {} }: { readonly findings?: readonly Finding[]; readonly options?: object } = {},
) {
  return planRemediation(remediation, {
    snapshot,
    findings,
    options: remediation.options.parse(options),
    now: new Date(NOW),
  });
}

export function thePlan(...given: Parameters<typeof planned>): RemediationPlan {
  const outcome = planned(...given);
  if (outcome.kind === 'refused') throw new Error(outcome.refusals.map(({ reason }) => reason).join(' '));
  return outcome.plan;
}
