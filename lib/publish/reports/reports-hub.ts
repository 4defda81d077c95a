import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { S3Client } from '@aws-sdk/client-s3';
import type { ReportHeadline, ReportKind } from '#lib/model/fleet-report.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import type { Hub } from '#lib/publish/hub.ts';
import { putMetrics } from '#lib/publish/put-metrics.ts';
import { announceReport } from '#lib/publish/reports/announce.ts';
import { knownStates } from '#lib/publish/reports/known-states.ts';
import { previousReport, putIndex, putReport, type ReportFile } from '#lib/publish/reports/report-store.ts';
import { storedRuns } from '#lib/publish/reports/stored-runs.ts';
import { summaryKey } from '#lib/publish/run-keys.ts';
import { findingsHub } from '#lib/publish/state/findings-hub.ts';

/** Reading what need not be there takes s3:ListBucket without a condition, as the configuration does. The link is signed by who may read. */
export const REPORT_PERMISSIONS: Permissions = {
  aws: [
    { action: 's3:ListBucket', resource: 'bucket' },
    { action: 's3:GetObject', resource: `bucket/${summaryKey('*')}` },
    { action: 's3:GetObject', resource: 'bucket/reports/*' },
    { action: 's3:PutObject', resource: 'bucket/reports/*' },
    { action: 'dynamodb:Query', resource: 'table' },
    { action: 'events:PutEvents', resource: 'event-bus' },
  ],
  kubernetes: [],
};

/** What the deployed hub reads reports from and publishes them to. Clients are made once. */
export function reportsHub(hub: Hub) {
  const { account, region, bucket } = hub;
  const at = { s3: new S3Client({ region }), bucket, owner: account };
  const cloudwatch = new CloudWatchClient({ region });
  const { store, bus } = findingsHub(hub)();
  return {
    source: storedRuns(at),
    previous: (kind: ReportKind, date: string) => previousReport(at, kind, date),
    statesOf: (arns: readonly string[]) => knownStates(store, arns),
    /** Writes, lists, tells and counts a report, in that order: what is counted is told, and what is told stands there. */
    async publish(headline: ReportHeadline, files: readonly ReportFile[], { index, now }: PublishOptions) {
      const { kind, date } = headline;
      await putReport(at, kind, date, files);
      await putIndex(at, index);
      const { key, linkExpiresAt } = await announceReport(headline, at, { bus, region, now });
      const dimensions = { Account: account, Region: region, Report: kind };
      await putMetrics([{ name: 'ReportPublished', unit: 'Count', dimensions, value: 1 }], { cloudwatch, at: now });
      return { key, linkExpiresAt };
    },
  };
}

interface PublishOptions {
  readonly index: (reports: readonly ReportHeadline[]) => string;
  readonly now: Date;
}
