/** The cluster's own checks in worlds in which they say this and that: found, read and judged through the real SDK clients. */
import { describe, expect, it } from 'vitest';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { InsightSpec } from '#lib/sandbox/builder/spec.ts';
import type { World } from '#lib/sandbox/world.ts';
import { assessWorld, type HowToAssess } from './assess-world.ts';
import { refused, withCluster } from './worlds/cni.ts';
import { addonStatus } from './worlds/coredns.ts';
import { shop } from './worlds/shop.ts';

type Row = readonly [situation: string, world: () => World, verdict: Verdict, how?: HowToAssess];

const eks = (change: Readonly<Record<string, unknown>>) =>
  withCluster(shop(), (cluster) => ({ eks: { ...cluster.eks, ...change } }));

const SKEW = { name: 'Kubelet version skew', reason: 'Kubelets are two versions behind.', recommendation: 'Update the nodes.' };
const HYBRID = { name: 'Remote networks', category: 'MISCONFIGURATION', reason: 'No route to them.' } as const;
const insight = (spec: InsightSpec) => shop({ cluster: { insights: [spec] } });

const CASES: Readonly<Record<string, readonly Row[]>> = {
  'cluster-health': [
    ['quiet', () => shop(), 'ok'],
    [
      'a security group is gone',
      () => eks({ health: { issues: [{ code: 'Ec2SecurityGroupNotFound', resourceIds: ['sg-1'] }] } }),
      'critical',
    ],
    ['a version without support', () => eks({ version: '1.28' }), 'critical'],
    ['CoreDNS degraded, which its own check says', () => addonStatus('DEGRADED'), 'ok'],
    ['kubelets that an upgrade would leave behind', () => insight({ ...SKEW, status: 'ERROR' }), 'warning'],
    ['hybrid nodes without a route', () => insight({ ...HYBRID, status: 'ERROR' }), 'critical'],
    ['an insight that EKS could not tell', () => insight({ ...SKEW, status: 'UNKNOWN' }), 'unknown'],
    ['insights denied', () => shop(), 'unknown', { denied: ['eks:ListInsights'] }],
    [
      'the details of an insight denied',
      () => insight({ ...SKEW, status: 'WARNING' }),
      'unknown',
      { denied: ['eks:DescribeInsight'] },
    ],
    ['node groups denied', () => shop(), 'unknown', { denied: ['eks:ListNodegroups'] }],
    ['the cluster denied', () => shop(), 'unknown', { denied: ['eks:DescribeCluster'] }],
  ],
  'cluster-access': [
    ['all was read', () => shop(), 'ok'],
    ['interfaces denied', () => shop(), 'warning', { denied: ['ec2:DescribeNetworkInterfaces'] }],
    ['events refused', () => refused('events'), 'warning'],
    ['pods refused', () => refused('pods'), 'unknown'],
    ['the cluster denied', () => shop(), 'unknown', { denied: ['eks:DescribeCluster'] }],
  ],
};

describe.each(Object.entries(CASES))('%s', (id, rows) => {
  it.each(rows.map(([situation, world, verdict, how]) => ({ situation, world, verdict, how })))(
    '$situation: $verdict',
    async ({ world, verdict, how }) => {
      const { findings } = await assessWorld(world(), { optIn: [], ...how });
      const own = findings.filter(({ check }) => check === id);
      expect(own).not.toEqual([]);
      const worst = worstVerdict(own.map((finding) => finding.verdict));
      expect(worst, own.map((finding) => `${finding.verdict}: ${finding.summary}`).join('\n')).toBe(verdict);
    },
  );
});
