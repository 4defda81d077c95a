import { describe, expect, test } from 'vitest';
import type { Settings } from '#infra/settings.ts';
import { parseConfig } from '#lib/config/config.ts';
import { synthesisedAlarms } from '#test/infra/synthesised-alarms.ts';
import { resolved, resourcesOf } from '#test/infra/synthesised-hub.ts';
import { parseInsights } from '#test/publish/dashboard/insights-grammar.ts';
import { PUBLISHED, wanted } from '#test/publish/dashboard/published-metrics.ts';

interface Alarm {
  readonly AlarmDescription: string;
  readonly Metrics: readonly { readonly Expression: string; readonly Period: number; readonly ReturnData?: boolean }[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly AlarmActions?: readonly string[];
}
interface Composite {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmRule: string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
}
function synthesised(settings: Partial<Settings> = {}) {
  const template = synthesisedAlarms(settings);
  const properties = <T>(type: string) =>
    new Map(
      resourcesOf(template, type).map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ''), resolved(Properties) as T]),
    );
  return {
    alarms: properties<Alarm>('AWS::CloudWatch::Alarm'),
    composites: properties<Composite>('AWS::CloudWatch::CompositeAlarm'),
    dashboards: properties<{ readonly DashboardName: string; readonly DashboardBody: string }>('AWS::CloudWatch::Dashboard'),
  };
}
const { alarms, composites, dashboards } = synthesised();
const queryOf = ({ Metrics }: Alarm) => parseInsights(Metrics[0]?.Expression ?? '');
const configOf = (text: string) => parseConfig(text, 'cniwatch.yaml');

describe.each([...alarms])('%s', (_id, alarm) => {
  test('is one query of a metric that is published so, by each cluster or subnet, the worst first', () => {
    expect(alarm.Metrics).toHaveLength(1);
    const { namespace, metric, dimensions, groupBy, direction, limit } = queryOf(alarm);
    expect([namespace, PUBLISHED.has(wanted(metric, dimensions)), limit]).toEqual(['CNIWatch', true, undefined]);
    expect(groupBy.filter((label) => label !== 'Severity')).toEqual(dimensions.filter((label) => label !== 'Severity'));
    expect(direction).toBe(alarm.ComparisonOperator === 'GreaterThanOrEqualToThreshold' ? 'DESC' : 'ASC');
  });

  test('takes silence neither for good nor for bad, and tells nobody by itself', () => {
    expect([alarm.TreatMissingData, alarm.AlarmActions]).toEqual(['ignore', undefined]);
  });

  test('says what to do, in what CloudWatch takes', () => {
    expect(alarm.AlarmDescription).toMatch(/cniwatch (triage|explain subnet .*) --cluster CLUSTER --region REGION/);
    expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1_024);
  });
});

test.each([
  ['FindingsCritical', 'FindingsOpen', 'GreaterThanOrEqualToThreshold', 1],
  ['FindingsWarning', 'FindingsOpen', 'GreaterThanOrEqualToThreshold', 1],
  ['FindingsUnknown', 'FindingsOpen', 'GreaterThanOrEqualToThreshold', 1],
  ['SymptomPodsAwaitingNetwork', 'PodsAwaitingNetwork', 'GreaterThanOrEqualToThreshold', 1],
  ['SymptomPodSandboxFailures', 'PodSandboxFailures', 'GreaterThanOrEqualToThreshold', 1],
  ['SymptomNodesNetworkNotReady', 'NodesNetworkNotReady', 'GreaterThanOrEqualToThreshold', 1],
  ['SymptomCniAgentsNotReady', 'CniAgentsNotReady', 'GreaterThanOrEqualToThreshold', 1],
  ['SymptomDnsBlockedClasses', 'DnsBlockedClasses', 'GreaterThanOrEqualToThreshold', 1],
  ['SymptomDnsWithoutEndpoints', 'DnsEndpointsReady', 'LessThanOrEqualToThreshold', 0],
  ['SymptomCanaryDnsFails', 'CanaryDnsOk', 'LessThanOrEqualToThreshold', 0],
  ['SymptomCanaryEgressFails', 'CanaryEgressOk', 'LessThanOrEqualToThreshold', 0],
  ['SymptomNodeLaunchFailures', 'NodeLaunchFailures', 'GreaterThanOrEqualToThreshold', 1],
  ['SymptomSubnetsFull', 'SubnetUsedPercent', 'GreaterThanOrEqualToThreshold', 95],
  ['SymptomSubnetsWithoutPrefix', 'SubnetFreePrefixes', 'LessThanOrEqualToThreshold', 0],
])('%s looks at %s', (id, metric, ComparisonOperator, Threshold) => {
  const alarm = alarms.get(id) as Alarm;
  expect(alarm).toMatchObject({ ComparisonOperator, Threshold });
  expect(queryOf(alarm).metric).toBe(metric);
});

test('there is no other', () => expect(alarms.size).toBe(14));

test('a threshold is that of the configuration', () => {
  const config = configOf('checks:\n  subnet-ip-exhaustion:\n    options:\n      criticalPercent: 90\n');
  expect(synthesised({ config }).alarms.get('SymptomSubnetsFull')?.Threshold).toBe(90);
});

describe('composite alarms', () => {
  const rule = (id: string) =>
    [...(composites.get(id)?.AlarmRule.matchAll(/ALARM\("[^"]*:(\w+?)[0-9A-F]{8}"\)/g) ?? [])].map(([, name]) => name);

  test('critical and warning are of findings alone: a suppressed one is in neither', () => {
    expect(rule('Critical')).toEqual(['FindingsCritical']);
    expect(rule('Warning')).toEqual(['FindingsWarning', 'FindingsUnknown']);
  });

  test('each tells its topic, and of its end', () => {
    const topic = (name: string) => `arn:aws:sns:eu-west-1:111122223333:${name}`;
    const set = synthesised({ criticalTopicArn: topic('page'), warningTopicArn: topic('ticket') });
    expect(set.composites.get('Critical')).toMatchObject({ AlarmActions: [topic('page')], OKActions: [topic('page')] });
    expect(set.composites.get('Warning')).toMatchObject({ AlarmActions: [topic('ticket')], OKActions: [topic('ticket')] });
  });

  test('without a topic they only show', () => {
    for (const { AlarmActions } of composites.values()) expect(AlarmActions).toBeUndefined();
  });

  test('they bear the name of the stack', () => {
    expect([...composites.values()].map(({ AlarmName }) => AlarmName).sort()).toEqual(['Alarms-critical', 'Alarms-warning']);
  });
});

describe('what an alarm looks back on', () => {
  test.each<[string, string, number, number, number]>([
    ['rate(1 minute)', '', 1, 2, 3],
    ['rate(5 minutes)', '', 5, 2, 3],
    ['rate(5 minutes)', 'state:\n  openAfter: { bad: 4, of: 6 }\n', 5, 4, 6],
    ['rate(1 hour)', '', 60, 2, 3],
    ['rate(90 minutes)', '', 90, 2, 2],
    ['rate(2 hours)', '', 120, 1, 1],
    ['rate(12 hours)', '', 180, 1, 1],
  ])('%s, %j: periods of %i minutes, %i of %i', (check, text, minutes, DatapointsToAlarm, EvaluationPeriods) => {
    const set = synthesised({ schedule: { check, timezone: 'UTC' }, config: configOf(text) });
    for (const alarm of set.alarms.values()) {
      expect(alarm).toMatchObject({ EvaluationPeriods, DatapointsToAlarm });
      expect(alarm.Metrics[0]?.Period).toBe(minutes * 60);
    }
  });
});

describe('split by account', () => {
  const accounts = (count: number) =>
    Array.from({ length: count }, (_, index) => `  - id: "${100_000_000_000 + index}"\n    regions: [eu-west-1]\n`).join('');
  const split = (count: number) => synthesised({ config: configOf(`accounts:\n${accounts(count)}`), splitAlarms: true });

  test('each account has alarms of its own, and no account is left out', () => {
    const set = split(2);
    const where = [...set.alarms]
      .filter(([id]) => id.startsWith('FindingsCritical'))
      .map(([, alarm]) => queryOf(alarm).where.slice(1));
    const [one, other] = ['100000000000', '100000000001'];
    expect(where).toEqual([
      [{ label: 'Account', operator: '=', value: one }],
      [{ label: 'Account', operator: '=', value: other }],
      [
        { label: 'Account', operator: '!=', value: one },
        { label: 'Account', operator: '!=', value: other },
      ],
    ]);
    expect(set.composites.get('Critical')?.AlarmRule.match(/ALARM\(/g)).toHaveLength(3);
  });

  test('the most that it takes stay within the quotas of CloudWatch', () => {
    const set = split(49);
    expect(set.alarms.size).toBeLessThanOrEqual(200);
    for (const { AlarmRule } of set.composites.values()) expect(AlarmRule.match(/ALARM\(/g)?.length).toBeLessThanOrEqual(100);
  });

  test('what it cannot do is told', () => {
    expect(() => split(50)).toThrow('up to 49 accounts');
    expect(() => synthesised({ splitAlarms: true })).toThrow('give a config that names accounts');
  });
});

test('without alarms on symptoms, those on findings are left', () => {
  expect([...synthesised({ symptomAlarms: false }).alarms.keys()].sort()).toEqual([
    'FindingsCritical',
    'FindingsUnknown',
    'FindingsWarning',
  ]);
});

test('the dashboard of the fleet bears the Region in its name, and shows the alarms', () => {
  const [dashboard] = dashboards.values();
  expect(dashboard?.DashboardName).toBe('Alarms-eu-west-1');
  const { widgets } = JSON.parse(dashboard?.DashboardBody ?? '');
  expect(widgets[1]).toMatchObject({ type: 'alarm', properties: { alarms: { length: 2 + 11 } } });
  expect(widgets.filter(({ type }: { type: string }) => type === 'metric').length).toBeGreaterThan(10);
});
