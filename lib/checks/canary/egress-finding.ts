import type { CanaryReading, CanaryReport } from '#lib/model/canary.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { outcomeOf } from '#lib/network/canary/attempts.ts';
import { type CanaryTarget, canaryEgress } from '#lib/network/canary/egress.ts';
import { canaryRoute } from '#lib/network/canary/routes.ts';

/** Whether pods reached the configured targets, and where to look where they did not. */
export function canaryEgressFinding(
  canary: CanaryReading,
  { reports, unread }: { readonly reports: readonly CanaryReport[]; readonly unread: readonly CanaryReport[] },
): Omit<Judgement, 'resource'> {
  const targets = canaryEgress(canary, reports);
  const failing = targets.filter(({ unreached }) => unreached.length > 0);
  const whole = targets.filter(({ unreached, unknown }) => unreached.length === 0 && unknown.length === 0);
  const verdict = verdictOf(targets, failing, unread.length);
  return {
    verdict,
    summary: summaryOf(verdict, targets, failing, { canary, reports }),
    evidence: {
      targets: targets.map(({ target, reached, unreached, unknown }) => ({
        target,
        reached: [...reached],
        unreached: unreached.map((one) => ({ ...one })),
        unknown: unknown.map((one) => ({ ...one })),
      })),
      reachedTargets: whole.length,
      unreachedTargets: failing.length,
      unread: unread.length,
    },
    ...(verdict === 'critical' ? { timeToImpact: 'immediate' } : {}),
  };
}

function verdictOf(targets: readonly CanaryTarget[], failing: readonly CanaryTarget[], unread: number): Verdict {
  const unknown = unread > 0 || targets.some((target) => target.unknown.length > 0);
  if (failing.length > 0 && targets.every(({ reached }) => reached.length === 0))
    return unknown ? someKnown(targets) : 'critical';
  if (unknown) return 'unknown';
  return failing.length > 0 ? 'warning' : 'ok';
}

/** With something unknown beside: critical only where every target was tried by a pod in vain. */
function someKnown(targets: readonly CanaryTarget[]): Verdict {
  return targets.every(({ unreached }) => unreached.length > 0) ? 'critical' : 'unknown';
}

function summaryOf(
  verdict: Verdict,
  targets: readonly CanaryTarget[],
  failing: readonly CanaryTarget[],
  { canary, reports }: { readonly canary: CanaryReading; readonly reports: readonly CanaryReport[] },
): string {
  const of = plural(targets.length, 'target');
  if (verdict === 'ok')
    return `${plural(reports.length, 'canary pod')} reached ${targets.length === 1 ? 'the target' : `all ${of}`}.`;
  const failed = failing.map(
    ({ target, unreached }) => `${target} (${unreached[0]?.outcome}, ${unreached.map(({ node }) => node).join(', ')})`,
  );
  const unresolved = targets.filter(({ unknown }) => unknown.some(({ outcome }) => outcome === 'unresolved'));
  const parts = [
    ...(failing.length > 0 ? [`${failing.length} of ${of} not reached from canary pods: ${failed.join('; ')}`] : []),
    ...(unresolved.length > 0
      ? [`not resolved, which canary-dns judges: ${unresolved.map(({ target }) => target).join(', ')}`]
      : []),
  ];
  const told = parts.length > 0 ? parts.join('. ') : `Whether canary pods reach ${of} is not known`;
  return `${told}.${verdict === 'critical' ? ` ${whereToLook(canary, reports)}` : ''}`;
}

/** The decision tree: no route, or no DNS, is another check's; what is left is the way out of the VPC. */
function whereToLook({ ipFamily }: CanaryReading, reports: readonly CanaryReport[]): string {
  if (reports.some((report) => canaryRoute(report, ipFamily).hasDefault === false))
    return 'There is no default route: see canary-routes.';
  const resolves = reports.some(({ lookups }) => lookups.some((lookup) => outcomeOf(lookup, 'answered') === 'answered'));
  const also = resolves ? 'DNS works: look' : 'Look';
  return `${also} at the route table and NAT gateway of the pods' subnets, at masquerading (AWS_VPC_K8S_CNI_EXTERNALSNAT) and at policies of egress.`;
}
