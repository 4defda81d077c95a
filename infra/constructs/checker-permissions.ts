import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { Permissions } from '#lib/model/permissions.ts';
import { HISTORY_PERMISSIONS } from '#lib/publish/history-store.ts';
import { METRIC_HISTORY_PERMISSIONS } from '#lib/publish/metric-history.ts';
import { PUBLISH_PERMISSIONS } from '#lib/publish/put-metrics.ts';
import { RESULT_PERMISSIONS } from '#lib/publish/run-store.ts';
import { FINDINGS_PERMISSIONS } from '#lib/publish/state/findings-hub.ts';

/** What check-cluster writes, and reads again, in the hub. */
export const WRITER_PERMISSIONS: readonly Permissions[] = [
  RESULT_PERMISSIONS,
  HISTORY_PERMISSIONS,
  METRIC_HISTORY_PERMISSIONS,
  PUBLISH_PERMISSIONS,
  FINDINGS_PERMISSIONS,
];

/** What check-cluster reads of the account of its clusters. */
export const READER_PERMISSIONS: readonly Permissions[] = [READ_PERMISSIONS];
