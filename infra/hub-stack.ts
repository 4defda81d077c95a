import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FunctionName } from '#infra/constructs/bundling.ts';
import { configObject } from '#infra/constructs/config-object.ts';
import { eventBus } from '#infra/constructs/event-bus.ts';
import { memberRoles } from '#infra/constructs/member-roles.ts';
import { Notifications } from '#infra/constructs/notifications.ts';
import { pipeline } from '#infra/constructs/pipeline.ts';
import { PipelineFunction } from '#infra/constructs/pipeline-function.ts';
import { Reports } from '#infra/constructs/reports.ts';
import { runAlarms } from '#infra/constructs/run-alarms.ts';
import { runBucket } from '#infra/constructs/run-bucket.ts';
import { RunSchedule } from '#infra/constructs/run-schedule.ts';
import { runnerWriter } from '#infra/constructs/runner-writer.ts';
import { stateTable } from '#infra/constructs/state-table.ts';
import type { Settings } from '#infra/settings.ts';
import { ACCOUNT_PERMISSIONS } from '#lib/collect/aws/assumed-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DISCOVER_PERMISSIONS } from '#lib/discover/discover.ts';
import { ORGANIZATION_PERMISSIONS } from '#lib/discover/organization.ts';
import { HISTORY_PERMISSIONS } from '#lib/publish/history-store.ts';
import { METRIC_HISTORY_PERMISSIONS } from '#lib/publish/metric-history.ts';
import { PUBLISH_PERMISSIONS } from '#lib/publish/put-metrics.ts';
import { CONFIG_PERMISSIONS, RESULT_PERMISSIONS, SUMMARY_PERMISSIONS, TARGETS_PERMISSIONS } from '#lib/publish/run-store.ts';
import { FINDINGS_PERMISSIONS } from '#lib/publish/state/findings-hub.ts';
import { ENTRY_PERMISSIONS } from '#lib/publish/state/run-entry.ts';
import { LEASE_PERMISSIONS } from '#lib/publish/state/run-lease.ts';

export interface HubStackProps extends StackProps {
  readonly settings: Settings;
  /** The folder of each function's bundle. */
  readonly bundles: Readonly<Record<FunctionName, string>>;
}

/** Everything that checks a fleet on a schedule, in one account and Region. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { settings, bundles, ...props }: HubStackProps) {
    super(scope, id, props);
    const bucket = runBucket(this);
    const hub = { bucket, table: stateTable(this), bus: eventBus(this), memberRoles: memberRoles(this, settings.config) };
    if (settings.configText !== undefined) configObject(this, bucket, settings.configText);

    const discover = new PipelineFunction(this, 'Discover', {
      name: 'discover',
      description: "cniwatch: lists the fleet's clusters",
      bundle: bundles.discover,
      hub,
      // A few lists; the memory buys CPU for the cold start.
      memoryMiB: 512,
      timeout: Duration.minutes(2),
      permissions: [
        DISCOVER_PERMISSIONS,
        ORGANIZATION_PERMISSIONS,
        ACCOUNT_PERMISSIONS,
        CONFIG_PERMISSIONS,
        TARGETS_PERMISSIONS,
        LEASE_PERMISSIONS,
        ENTRY_PERMISSIONS,
        PUBLISH_PERMISSIONS,
      ],
    });
    const checkCluster = new PipelineFunction(this, 'CheckCluster', {
      name: 'check-cluster',
      description: 'cniwatch: collects, evaluates and publishes one cluster',
      bundle: bundles['check-cluster'],
      hub,
      // A thousand nodes with 30,000 pods need under 400 MB; the rest is CPU for parsing them.
      memoryMiB: 1024,
      // Lambda's longest, since collect.deadlineSeconds may be 840; the function keeps to that deadline itself.
      timeout: Duration.minutes(15),
      permissions: [
        READ_PERMISSIONS,
        ACCOUNT_PERMISSIONS,
        RESULT_PERMISSIONS,
        HISTORY_PERMISSIONS,
        METRIC_HISTORY_PERMISSIONS,
        PUBLISH_PERMISSIONS,
        FINDINGS_PERMISSIONS,
      ],
    });
    const summarise = new PipelineFunction(this, 'Summarise', {
      name: 'summarise',
      description: 'cniwatch: sums up a run',
      bundle: bundles.summarise,
      hub,
      // Holds the problems of a thousand clusters at once.
      memoryMiB: 1024,
      timeout: Duration.minutes(5),
      permissions: [SUMMARY_PERMISSIONS, PUBLISH_PERMISSIONS, FINDINGS_PERMISSIONS, LEASE_PERMISSIONS],
    });

    const functions = { discover: discover.lambda, 'check-cluster': checkCluster.lambda, summarise: summarise.lambda };
    const machine = pipeline(this, { functions, bucket, maxConcurrency: settings.maxConcurrency });
    const { undelivered } = new RunSchedule(this, 'RunSchedule', { schedule: settings.schedule, pipeline: machine });
    runAlarms(this, { pipeline: machine, functions, undelivered, settings });
    const { notifications: targets, schedules } = settings.config;
    if (schedules.reports.daily !== undefined || schedules.reports.weekly !== undefined) {
      new Reports(this, 'Reports', { hub, bundle: bundles.report, schedules, alarmTopicArn: settings.alarmTopicArn });
    }
    const notify =
      targets.length > 0
        ? new Notifications(this, 'Notifications', {
            hub,
            bundle: bundles.notify,
            targets,
            alarmTopicArn: settings.alarmTopicArn,
          }).notify
        : undefined;

    const elsewhere = settings.config.runners.flatMap(({ account }) => account ?? []);
    if (elsewhere.length > 0) runnerWriter(this, hub, [...new Set(elsewhere)]);

    const output = (name: string, value: string, description: string) => new CfnOutput(this, name, { value, description });
    output('BucketName', bucket.bucketName, 'Runs, Snapshots and config/cniwatch.yaml');
    output('StateTableName', hub.table.tableName, 'Findings, events to tell, and the lease of runs');
    output('EventBusArn', hub.bus.eventBusArn, 'Make rules on it: findings that open, escalate and close');
    output('PipelineArn', machine.stateMachineArn, 'Start an execution for a run at once');
    if (notify) output('NotifyRoleArn', notify.role.roleArn, 'Let topics and keys of your own allow this role');
    output('ReaderRoleArn', checkCluster.role.roleArn, 'Give this role an access entry in every cluster');
  }
}
