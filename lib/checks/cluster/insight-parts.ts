import type { Insight } from '#lib/model/eks.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Slice } from '#lib/model/slice.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { concernsNetworking } from '#lib/network/eks-insights.ts';

export interface InsightParts {
  readonly parts: readonly { readonly verdict: Verdict; readonly clause: string }[];
  readonly evidence: Pick<Judgement, 'evidence'>['evidence'];
}

/**
 * EKS' own checks that concern networking. An error of an upgrade insight stands in the way of the next version and hurts nobody
 * today; one of a configuration insight likely does.
 * Source: Amazon EKS User Guide, "View cluster insights", columns of either table.
 */
export function insightParts(slice: Slice<readonly Insight[]>, upgradeErrors: 'warning' | 'critical'): InsightParts {
  if (!slice.ok) {
    const clause = `EKS' insights were not read (${asClause(slice.reason)})`;
    return { parts: [{ verdict: 'unknown', clause }], evidence: { insights: [], insightsPassing: null } };
  }
  const own = slice.data.filter(concernsNetworking);
  const open = own.filter(({ status }) => status !== 'PASSING');
  return {
    parts: open.map((insight) => ({ verdict: verdictOf(insight, upgradeErrors), clause: clauseOf(insight) })),
    evidence: {
      insights: open.map(({ name, category, status, reason, kubernetesVersion, recommendation, resources, lastRefreshTime }) => ({
        name,
        category,
        status,
        reason: reason ?? null,
        kubernetesVersion: kubernetesVersion ?? null,
        recommendation: recommendation ?? null,
        resources,
        lastRefreshTime: lastRefreshTime ?? null,
      })),
      insightsPassing: own.length - open.length,
    },
  };
}

function verdictOf({ category, status }: Insight, upgradeErrors: 'warning' | 'critical'): Verdict {
  switch (status) {
    case 'ERROR':
      return category === 'UPGRADE_READINESS' ? upgradeErrors : 'critical';
    case 'WARNING':
      return 'warning';
    default:
      return 'unknown';
  }
}

function clauseOf({ name, category, status, reason, kubernetesVersion }: Insight): string {
  const about = category === 'UPGRADE_READINESS' && kubernetesVersion !== undefined ? ` for Kubernetes ${kubernetesVersion}` : '';
  const why = reason === undefined ? '' : ` (${asClause(reason)})`;
  return `EKS' insight "${name}"${about} is ${status}${why}`;
}
