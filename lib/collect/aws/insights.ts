import {
  DescribeInsightCommand,
  type InsightResourceDetail,
  type InsightSummary,
  ListInsightsCommand,
} from '@aws-sdk/client-eks';
import pLimit from 'p-limit';
import { present, required, texts } from '#lib/collect/aws/fields.ts';
import { isGone, notFound } from '#lib/collect/aws/not-found.ts';
import { defineCollector, type Sources } from '#lib/collect/sources.ts';
import type { Insight } from '#lib/model/eks.ts';
import { concernsNetworking } from '#lib/network/eks-insights.ts';

/** Insights that are described in one run: EKS has some five that concern networking. */
const MOST_DESCRIBED = 10;
const MOST_RESOURCES = 20;

/** What EKS itself checks before an upgrade, and of hybrid nodes. One call, and one more for each of ours that does not pass. */
export const insights = defineCollector({
  key: 'insights',
  needs: [],
  permissions: {
    aws: [
      { action: 'eks:ListInsights', resource: 'cluster' },
      { action: 'eks:DescribeInsight', resource: 'cluster' },
    ],
    kubernetes: [],
  },
  async collect(sources) {
    const { target, eks, everyPage } = sources;
    const categories = ['UPGRADE_READINESS', 'MISCONFIGURATION'] as const;
    const summaries = await everyPage(
      'eks:ListInsights',
      (nextToken) =>
        eks(
          new ListInsightsCommand({
            clusterName: target.name,
            filter: { categories: [...categories] },
            maxResults: 100,
            nextToken,
          }),
        ),
      (page) => page.insights,
    ).catch(notFound(target));
    const all = summaries.map(toInsight);
    const open = all.filter((one) => one.status !== 'PASSING' && concernsNetworking(one)).slice(0, MOST_DESCRIBED);
    const described = new Map(await pLimit(5).map(open, async (one) => [one.id, await describe(sources, one)] as const));
    return all.map((one) => described.get(one.id) ?? one);
  },
});

function toInsight({ insightStatus, ...summary }: InsightSummary): Insight {
  return {
    id: required(summary.id, 'insight.id'),
    name: required(summary.name, 'insight.name'),
    category: required(summary.category, 'insight.category'),
    status: insightStatus?.status ?? 'UNKNOWN',
    resources: [],
    ...present({
      reason: insightStatus?.reason?.slice(0, 1024),
      kubernetesVersion: summary.kubernetesVersion,
      lastRefreshTime: summary.lastRefreshTime?.toISOString(),
    }),
  };
}

/** The same with what to do, and about what; as it was listed where EKS has it no more. */
async function describe({ target, eks }: Sources, listed: Insight): Promise<Insight> {
  const answer = await eks(new DescribeInsightCommand({ clusterName: target.name, id: listed.id })).catch((error) => {
    if (isGone(error)) return undefined;
    throw error;
  });
  const { recommendation, resources } = answer?.insight ?? {};
  return {
    ...listed,
    ...present({ recommendation: recommendation?.slice(0, 1024) }),
    resources: troubled(resources).slice(0, MOST_RESOURCES),
  };
}

function troubled(resources: readonly InsightResourceDetail[] | undefined): string[] {
  const failing = (resources ?? []).filter(({ insightStatus }) => insightStatus?.status !== 'PASSING');
  return texts(failing.map(({ kubernetesResourceUri, arn }) => kubernetesResourceUri ?? arn));
}
