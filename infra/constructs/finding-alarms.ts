import { Stack } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, AlarmState, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type GroupedWindow, groupedAlarm } from '#infra/constructs/grouped-alarm.ts';
import type { Settings } from '#infra/settings.ts';
import type { LabelFilter } from '#lib/publish/dashboard/insights-query.ts';
import { type FindingSeverity, openFindings } from '#lib/publish/dashboard/panel.ts';

export interface FindingAlarmsProps {
  readonly settings: Pick<Settings, 'config' | 'splitAlarms' | 'criticalTopicArn' | 'warningTopicArn'>;
  readonly window: GroupedWindow;
}

/** `cniwatch triage`, as descriptions name it: CloudWatch fills nothing in, and each contributor of the alarm bears both. */
export const TRIAGE = 'cniwatch triage --cluster CLUSTER --region REGION';

const MEANING: Readonly<Record<FindingSeverity, string>> = {
  critical: `Clusters have critical findings: pods fail, or soon will. Each contributor is a cluster; ${TRIAGE} says what is broken and what to do first.`,
  warning: `Clusters have warnings: worth a look in working hours. Each contributor is a cluster; ${TRIAGE} says what to do.`,
  unknown: `Checks of clusters could not tell, and may hide something worse. Each contributor is a cluster; ${TRIAGE} says what was not read and which grant is missing.`,
};

/**
 * One composite alarm a severity, of alarms on open findings: what cniwatch.yaml suppresses is in none of them, and what another finding
 * explains is counted there. Critical pages; warning and unknown make tickets.
 * @returns the composite alarms
 */
export function findingAlarms(scope: Construct, { settings, window }: FindingAlarmsProps): readonly CompositeAlarm[] {
  const slices = slicesOf(settings);
  const alarmsOn = (severity: FindingSeverity): Alarm[] =>
    slices.map(({ suffix, where }) => {
      const query = openFindings(severity);
      return groupedAlarm(scope, `Findings${capital(severity)}${suffix}`, {
        description: MEANING[severity],
        query: { ...query, where: [...(query.where ?? []), ...where] },
        threshold: 1,
        window,
      });
    });
  return [
    composite(scope, 'Critical', alarmsOn('critical'), MEANING.critical, settings.criticalTopicArn),
    composite(
      scope,
      'Warning',
      [...alarmsOn('warning'), ...alarmsOn('unknown')],
      `${MEANING.warning} ${MEANING.unknown}`,
      settings.warningTopicArn,
    ),
  ];
}

interface Slice {
  readonly suffix: string;
  readonly where: readonly LabelFilter[];
}

/** A composite alarm has at most 100 children, and `Warning` has two a slice. Source: PutCompositeAlarm, CloudWatch API reference. */
const MOST_SLICES = 50;

/**
 * The whole fleet at once; or its accounts one by one and all that are not among them, since an organization may have more.
 * @throws Error where the split is not possible
 */
function slicesOf({ config, splitAlarms }: FindingAlarmsProps['settings']): readonly Slice[] {
  if (!splitAlarms) return [{ suffix: '', where: [] }];
  const ids = [...new Set(config.accounts.map(({ id }) => id))].sort();
  if (ids.length === 0) throw new Error('splitAlarms has nothing to split by: give a config that names accounts');
  if (ids.length >= MOST_SLICES)
    throw new Error(`splitAlarms takes up to ${MOST_SLICES - 1} accounts, and the config names ${ids.length}: deploy without it`);
  return [
    ...ids.map((id) => ({ suffix: id, where: [{ label: 'Account', is: id }] })),
    { suffix: 'Others', where: ids.map((id) => ({ label: 'Account', isNot: id })) },
  ];
}

function composite(
  scope: Construct,
  id: string,
  alarms: readonly Alarm[],
  description: string,
  topicArn: string | undefined,
): CompositeAlarm {
  const made = new CompositeAlarm(scope, id, {
    compositeAlarmName: `${Stack.of(scope).stackName}-${id.toLowerCase()}`,
    alarmDescription: description,
    alarmRule: AlarmRule.anyOf(...alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
  });
  if (topicArn === undefined) return made;
  const action = new SnsAction(Topic.fromTopicArn(scope, `${id}Topic`, topicArn));
  made.addAlarmAction(action);
  made.addOkAction(action);
  return made;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
