import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cluster/cluster-health.ts';
import type { Addon, EksCluster, Insight } from '#lib/model/eks.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aNodegroup, aSnapshot, DENIED, NOW } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;

const issue = { code: 'Ec2SecurityGroupNotFound', message: 'gone', resourceIds: ['sg-1'] };
const addon = (over: Partial<Addon> = {}): Addon => ({
  addonName: 'vpc-cni',
  addonVersion: 'v1.20.4-eksbuild.1',
  status: 'ACTIVE',
  healthIssues: [],
  ...over,
});
const cluster = (over: Partial<EksCluster>): Given => ({ cluster: aCluster(over) });
const worst = (given: Given, options = {}) =>
  worstVerdict(runCheck(check, aSnapshot(given), options).findings.map(({ verdict }) => verdict));

describe('what EKS reports', () => {
  test.each<[string, Given, Verdict]>([
    ['nothing', { nodegroups: [aNodegroup({ status: 'ACTIVE' })], addons: [addon()] }, 'ok'],
    ['an issue of the cluster', cluster({ healthIssues: [issue] }), 'critical'],
    ['a cluster that failed', cluster({ status: 'FAILED' }), 'critical'],
    ['a cluster that is being updated', cluster({ status: 'UPDATING' }), 'ok'],
    ['a cluster that is being deleted', cluster({ status: 'DELETING' }), 'warning'],
    ['an issue of a node group', { nodegroups: [aNodegroup({ status: 'ACTIVE', healthIssues: [issue] })] }, 'warning'],
    ['a degraded node group', { nodegroups: [aNodegroup({ status: 'DEGRADED' })] }, 'warning'],
    ['a node group that was not made', { nodegroups: [aNodegroup({ status: 'CREATE_FAILED' })] }, 'critical'],
    ['a degraded add-on', { addons: [addon({ status: 'DEGRADED' })] }, 'warning'],
    ['an issue of an add-on', { addons: [addon({ healthIssues: [issue] })] }, 'warning'],
    ['an add-on whose update failed', { addons: [addon({ status: 'UPDATE_FAILED' })] }, 'critical'],
    ['CoreDNS, which another check judges', { addons: [addon({ addonName: 'coredns', status: 'DEGRADED' })] }, 'ok'],
    ['node groups were not read', { nodegroups: DENIED }, 'unknown'],
    ['add-ons were not read', { addons: DENIED }, 'unknown'],
  ])('%s: %s', (_situation, given, verdict) => {
    expect(worst(given)).toBe(verdict);
  });
});

describe('the end of support', () => {
  const ends = (days: number) => new Date(Date.parse(NOW) + 24 * 3600_000 * days).toISOString().slice(0, 10);
  const support = (standard: number, extended: number) => ({
    support: { '1.33': { standard: ends(standard), extended: ends(extended) } },
  });
  test.each<[string, Record<string, unknown>, Verdict]>([
    ['standard support for a year', support(365, 730), 'ok'],
    ['standard support for three weeks', support(21, 386), 'warning'],
    ['extended support for a year', support(-10, 355), 'ok'],
    ['extended support, where that is a warning', { ...support(-10, 355), extendedIsWarning: true }, 'warning'],
    ['extended support for two months', support(-305, 60), 'warning'],
    ['extended support for a week', support(-358, 7), 'critical'],
    ['no support any more', support(-400, -35), 'critical'],
  ])('%s: %s', (_situation, options, verdict) => {
    expect(worst({}, options)).toBe(verdict);
  });

  test.each<[string | undefined, Record<string, unknown>, Verdict]>([
    ['1.28', {}, 'critical'],
    ['1.33', {}, 'ok'],
    ['1.40', {}, 'ok'],
    ['1.40', { standardWarningDays: 3650 }, 'unknown'],
    [undefined, {}, 'unknown'],
  ])('of %s by the calendar that is known: %o is %s', (version, options, verdict) => {
    const { version: _dropped, ...unversioned } = aCluster();
    expect(worst({ cluster: version === undefined ? unversioned : aCluster({ version }) }, options)).toBe(verdict);
  });
});

describe("EKS' insights", () => {
  const insight = (status: string, over: Partial<Insight> = {}): Given => {
    const one = { id: 'i', name: 'kube-proxy version skew', category: 'UPGRADE_READINESS', status, resources: [], ...over };
    return { insights: [{ ...one, id: 'j', name: 'Kubelet version skew', status: 'PASSING' }, one] };
  };
  const misconfigured = { name: 'Remote pod networks', category: 'MISCONFIGURATION' };
  test.each<[string, Given, Verdict, Record<string, unknown>?]>([
    ['that pass', insight('PASSING'), 'ok'],
    ['an upgrade insight with a warning', insight('WARNING'), 'warning'],
    ['an upgrade insight with an error', insight('ERROR'), 'warning'],
    ['the same, where that is critical', insight('ERROR'), 'critical', { upgradeInsightErrors: 'critical' }],
    ['one whose state EKS cannot tell', insight('UNKNOWN'), 'unknown'],
    ['a state that nobody knows', insight('MAYBE'), 'unknown'],
    ['a configuration insight with a warning', insight('WARNING', misconfigured), 'warning'],
    ['a configuration insight with an error', insight('ERROR', misconfigured), 'critical'],
    ['an error that has nothing to do with networking', insight('ERROR', { name: 'Amazon Linux 2 compatibility' }), 'ok'],
    ['that were not read', { insights: DENIED }, 'unknown'],
  ])('%s: %s', (_situation, given, verdict, options) => {
    expect(worst(given, options)).toBe(verdict);
  });

  test('are told with their reason, what EKS recommends and what they are about', () => {
    const given = insight('ERROR', {
      reason: 'kube-proxy is two versions behind.',
      kubernetesVersion: '1.34',
      recommendation: 'Update kube-proxy.',
      resources: ['/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy'],
    });
    const [finding] = runCheck(check, aSnapshot(given)).findings;
    expect(finding?.summary).toContain(
      `EKS' insight "kube-proxy version skew" for Kubernetes 1.34 is ERROR (kube-proxy is two versions behind)`,
    );
    expect(finding?.evidence).toMatchObject({
      insightsPassing: 1,
      insights: [
        {
          name: 'kube-proxy version skew',
          status: 'ERROR',
          recommendation: 'Update kube-proxy.',
          resources: ['/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy'],
        },
      ],
    });
  });
});

test('an add-on is a resource of its own, the node groups stand with the cluster', () => {
  const nodegroups = [aNodegroup({ status: 'DEGRADED', healthIssues: [issue] })];
  const { findings } = runCheck(check, aSnapshot({ nodegroups, addons: [addon()] }));
  expect(findings.map(({ resource }) => resource.kind)).toEqual(['cluster', 'addon']);
  expect(findings[0]?.evidence['nodeGroups']).toEqual([{ name: 'general', status: 'DEGRADED', issues: [issue] }]);
});
