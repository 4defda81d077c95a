import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cluster/cluster-health.ts';
import type { Addon, EksCluster } from '#lib/model/eks.ts';
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

test('an add-on is a resource of its own, the node groups stand with the cluster', () => {
  const nodegroups = [aNodegroup({ status: 'DEGRADED', healthIssues: [issue] })];
  const { findings } = runCheck(check, aSnapshot({ nodegroups, addons: [addon()] }));
  expect(findings.map(({ resource }) => resource.kind)).toEqual(['cluster', 'addon']);
  expect(findings[0]?.evidence['nodeGroups']).toEqual([{ name: 'general', status: 'DEGRADED', issues: [issue] }]);
});
