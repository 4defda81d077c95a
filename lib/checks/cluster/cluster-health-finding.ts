import { insightParts } from '#lib/checks/cluster/insight-parts.ts';
import type { EksCluster, Nodegroup } from '#lib/model/eks.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { dataOf } from '#lib/model/slice.ts';
import type { Slices } from '#lib/model/snapshot.ts';
import type { Target } from '#lib/model/target.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import { daysUntil, type Support } from '#lib/network/kubernetes-support.ts';

export interface HealthJudging {
  readonly target: Target;
  readonly support: Support | undefined;
  readonly options: {
    readonly standardWarningDays: number;
    readonly extendedWarningDays: number;
    readonly extendedCriticalDays: number;
    readonly extendedIsWarning: boolean;
    readonly upgradeInsightErrors: 'warning' | 'critical';
  };
  readonly now: Date;
}

/** One part of the verdict, and what it says. */
interface Part {
  readonly verdict: Verdict;
  readonly clause: string;
}

/** The cluster with its node groups: an add-on is a resource of its own. */
export function clusterHealthFinding(
  cluster: EksCluster,
  slices: Pick<Slices, 'nodegroups' | 'addons' | 'insights'>,
  judging: HealthJudging,
): Judgement {
  const { target, support, options, now } = judging;
  const groups = (dataOf(slices.nodegroups) ?? []).filter(isTroubled);
  const unread: Part[] = (['nodegroups', 'addons'] as const).flatMap((key) => {
    const slice = slices[key];
    return slice.ok ? [] : [{ verdict: 'unknown' as const, clause: `${key} were not read (${asClause(slice.reason)})` }];
  });
  const insights = insightParts(slices.insights, options.upgradeInsightErrors);
  const parts = [statePart(cluster), ...groups.map(groupPart), supportPart(cluster, judging), ...insights.parts, ...unread];
  const verdict = worstVerdict(parts.map((part) => part.verdict));
  return {
    verdict,
    resource: { kind: 'cluster', id: target.arn, name: target.name },
    summary: `${parts.map(({ clause }) => clause).join('; ')}.`,
    evidence: {
      status: cluster.status,
      clusterVersion: cluster.version ?? null,
      platformVersion: cluster.platformVersion ?? null,
      standardSupportEnds: support?.standard ?? null,
      extendedSupportEnds: support?.extended ?? null,
      supportBound: support?.bound ?? null,
      daysToStandardEnd: support === undefined ? null : daysUntil(support.standard, now),
      daysToExtendedEnd: support === undefined ? null : daysUntil(support.extended, now),
      issues: cluster.healthIssues.map(asEvidence),
      nodeGroups: groups.map(({ nodegroupName, status, healthIssues }) => ({
        name: nodegroupName,
        status: status ?? null,
        issues: healthIssues.map(asEvidence),
      })),
      ...insights.evidence,
    },
    ...(verdict === 'critical' && { timeToImpact: 'hours' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'days' as const }),
  };
}

type Issue = EksCluster['healthIssues'][number];
const asEvidence = ({ code, message, resourceIds }: Issue) => ({ code, message: message ?? null, resourceIds });
const told = (issues: readonly Issue[]): string =>
  issues.map(({ code, resourceIds }) => [code, ...resourceIds].join(' ')).join(', ');

function statePart({ name, status, healthIssues }: EksCluster): Part {
  const clause = `${name} is ${status}, with ${plural(healthIssues.length, 'issue')}${healthIssues.length > 0 ? ` (${told(healthIssues)})` : ''}`;
  if (healthIssues.length > 0 || status === 'FAILED') return { verdict: 'critical', clause };
  return { verdict: status === 'DELETING' ? 'warning' : 'ok', clause };
}

/** States in which somebody works on a group are no trouble. Source: Amazon EKS API Reference, "Nodegroup", status. */
const TROUBLED = new Set(['CREATE_FAILED', 'DELETE_FAILED', 'DEGRADED']);
const isTroubled = ({ status = '', healthIssues }: Nodegroup): boolean => TROUBLED.has(status) || healthIssues.length > 0;

function groupPart({ nodegroupName, status = '', healthIssues }: Nodegroup): Part {
  const why = healthIssues.length > 0 ? ` (${told(healthIssues)})` : '';
  const verdict = status === 'CREATE_FAILED' || status === 'DELETE_FAILED' ? 'critical' : 'warning';
  return { verdict, clause: `its node group ${nodegroupName} is ${status || 'in no state that EKS names'}${why}` };
}

function supportPart({ version }: EksCluster, { support, options, now }: HealthJudging): Part {
  if (version === undefined || support === undefined)
    return {
      verdict: 'unknown',
      clause: `when the support of Kubernetes ${version ?? 'of a version that EKS does not name'} ends is not known`,
    };
  const [standard, extended] = [daysUntil(support.standard, now), daysUntil(support.extended, now)];
  const near = standard <= options.standardWarningDays;
  if (support.bound === 'at-least')
    return near
      ? { verdict: 'unknown', clause: `when the support of Kubernetes ${version} ends is not known: set the option support` }
      : { verdict: 'ok', clause: `Kubernetes ${version} has standard support until ${support.standard} at least` };
  const critical = extended <= options.extendedCriticalDays;
  if (extended <= 0) return { verdict: 'critical', clause: `the support of Kubernetes ${version} ended on ${support.extended}` };
  if (standard <= 0) {
    const warns = options.extendedIsWarning || extended <= options.extendedWarningDays;
    const clause = `Kubernetes ${version} is in extended support, which ends on ${support.extended}`;
    return { verdict: critical ? 'critical' : warns ? 'warning' : 'ok', clause };
  }
  return {
    verdict: near ? 'warning' : 'ok',
    clause: `the standard support of Kubernetes ${version} ends on ${support.standard}`,
  };
}
