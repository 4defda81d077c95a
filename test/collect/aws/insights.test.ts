import { DescribeInsightCommand, type Insight, ListInsightsCommand, type ListInsightsCommandInput } from '@aws-sdk/client-eks';
import { describe, expect, it } from 'vitest';
import { insights } from '#lib/collect/aws/insights.ts';
import { everyPage } from '#lib/collect/aws/pages.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { aSnapshot } from '#test/scenarios/slices.ts';

const REFRESHED = new Date('2026-11-24T01:00:00Z');

const anInsight = (name: string, status: 'PASSING' | 'WARNING' | 'ERROR' | 'UNKNOWN', over: Partial<Insight> = {}): Insight => ({
  id: `id of ${name}`,
  name,
  category: 'UPGRADE_READINESS',
  kubernetesVersion: '1.34',
  lastRefreshTime: REFRESHED,
  insightStatus: { status, reason: `${name} is ${status}.` },
  recommendation: 'Update it.',
  resources: [],
  ...over,
});

/** EKS with these insights, two a page; what it was asked. */
async function collect(all: readonly Insight[], gone: readonly string[] = []) {
  const asked: { listed: ListInsightsCommandInput[]; described: (string | undefined)[] } = { listed: [], described: [] };
  const eks = async (command: unknown) => {
    if (command instanceof ListInsightsCommand) {
      asked.listed.push(command.input);
      const start = Number(command.input.nextToken ?? 0);
      const page = all.slice(start, start + 2).map(({ recommendation: _, resources: __, ...summary }) => summary);
      return { insights: page, ...(start + 2 < all.length ? { nextToken: String(start + 2) } : {}) };
    }
    if (!(command instanceof DescribeInsightCommand)) throw new Error('EKS is asked for nothing else');
    const { id } = command.input;
    asked.described.push(id);
    const cause = Object.assign(new Error('No insight found'), { name: 'ResourceNotFoundException' });
    if (gone.includes(id ?? '')) throw new ReadFailure('ServiceError', 'gone', 'again', { cause });
    return { insight: all.find((one) => one.id === id) };
  };
  const data = await insights.collect({ eks, everyPage, target: aSnapshot().target } as unknown as Sources, {});
  return { data, asked };
}

describe("EKS' insights", () => {
  it('are listed by category over all pages, and described where they concern networking and do not pass', async () => {
    const { data, asked } = await collect([
      anInsight('Kubelet version skew', 'PASSING'),
      anInsight('kube-proxy version skew', 'ERROR', {
        resources: [
          { insightStatus: { status: 'ERROR' }, kubernetesResourceUri: '/api/v1/nodes/a' },
          { insightStatus: { status: 'PASSING' }, kubernetesResourceUri: '/api/v1/nodes/b' },
          { insightStatus: { status: 'ERROR' }, arn: 'arn:aws:eks:eu-west-1:111122223333:addon/shop-prod/kube-proxy' },
        ],
      }),
      anInsight('Deprecated APIs removed in Kubernetes v1.34', 'ERROR'),
    ]);
    const filter = { categories: ['UPGRADE_READINESS', 'MISCONFIGURATION'] };
    expect(asked.listed).toMatchObject([
      { clusterName: 'shop-prod', filter },
      { clusterName: 'shop-prod', nextToken: '2' },
    ]);
    expect(asked.described).toEqual(['id of kube-proxy version skew']);
    expect(data).toEqual([
      expect.objectContaining({ name: 'Kubelet version skew', status: 'PASSING', resources: [] }),
      {
        id: 'id of kube-proxy version skew',
        name: 'kube-proxy version skew',
        category: 'UPGRADE_READINESS',
        kubernetesVersion: '1.34',
        status: 'ERROR',
        reason: 'kube-proxy version skew is ERROR.',
        lastRefreshTime: REFRESHED.toISOString(),
        recommendation: 'Update it.',
        resources: ['/api/v1/nodes/a', 'arn:aws:eks:eu-west-1:111122223333:addon/shop-prod/kube-proxy'],
      },
      expect.objectContaining({ status: 'ERROR', resources: [] }),
    ]);
  });

  it('that went since they were listed stay as they were listed', async () => {
    const { data } = await collect([anInsight('Kubelet version skew', 'WARNING')], ['id of Kubelet version skew']);
    expect(data).toMatchObject([{ status: 'WARNING', resources: [] }]);
    expect(data).not.toMatchObject([{ recommendation: expect.anything() }]);
  });

  it('cost no more than ten calls beside the list, whatever EKS finds', async () => {
    const many = Array.from({ length: 14 }, (_, at) => anInsight(`add-on ${at}`, 'WARNING'));
    const { data, asked } = await collect(many);
    expect(asked.described).toHaveLength(10);
    expect(data).toHaveLength(14);
  });

  it('of which EKS names no status are unknown', async () => {
    const { insightStatus: _, ...silent } = anInsight('Kubelet version skew', 'PASSING');
    expect((await collect([silent])).data).toMatchObject([{ status: 'UNKNOWN' }]);
  });
});
