import { Stack, type StackProps } from 'aws-cdk-lib';
import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { runPeriod } from '#infra/constructs/alarm-window.ts';
import { findingAlarms } from '#infra/constructs/finding-alarms.ts';
import { groupedWindow } from '#infra/constructs/grouped-alarm.ts';
import { symptomAlarms } from '#infra/constructs/symptom-alarms.ts';
import type { Settings } from '#infra/settings.ts';
import { runGaps } from '#lib/config/run-gaps.ts';
import { cloudWatchBody } from '#lib/publish/dashboard/cloudwatch-body.ts';
import { fleetDashboard } from '#lib/publish/dashboard/fleet-dashboard.ts';

export interface AlarmsStackProps extends StackProps {
  readonly settings: Settings;
}

/**
 * Alarms on what the hub finds, and the dashboard of the fleet: by the metrics alone, so that they change without touching the pipeline.
 * To be deployed in the account and Region of the hub.
 */
export class AlarmsStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: AlarmsStackProps) {
    super(scope, id, props);
    const { config } = settings;
    const gaps = runGaps(settings.schedule);
    const window = groupedWindow(gaps, config.state);
    const composites = findingAlarms(this, { settings, window });
    const symptoms = settings.symptomAlarms ? symptomAlarms(this, { config, window }) : [];
    const alarms = [...composites, ...symptoms].map(({ alarmArn }) => alarmArn);
    const body = cloudWatchBody(fleetDashboard(), { region: this.region, period: runPeriod(gaps) * 60, alarms });
    new CfnDashboard(this, 'Fleet', {
      // Dashboards of an account stand beside each other whatever their Region.
      dashboardName: `${this.stackName}-${this.region}`,
      dashboardBody: this.toJsonString(body),
    });
  }
}
