import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod';
import { reportKind } from '#lib/model/fleet-report.ts';
import { timezone } from '#lib/model/time-window.ts';
import { hubFrom } from '#lib/publish/hub.ts';
import { reportsHub } from '#lib/publish/reports/reports-hub.ts';
import { headlineOf } from '#lib/report/fleet/headline.ts';
import { reportsIndex } from '#lib/report/fleet/index-html.ts';
import { makeReport } from '#lib/report/fleet/make-report.ts';
import { reportFiles } from '#lib/report/fleet/report-files.ts';
import { dateIn, periodSince } from '#lib/report/fleet/report-period.ts';

const reports = reportsHub(hubFrom(process.env));
const logger = new Logger({ serviceName: 'report' });
const event = z.object({ kind: reportKind, timezone, scheduledAt: z.iso.datetime() });

type Reported = { outcome: 'published'; key: string; title: string } | { outcome: 'invalid-event'; reason: string };

/** Makes the report that is due. Its date is that of the schedule: a repetition writes the same keys. */
export async function handler(input: unknown): Promise<Reported> {
  const parsed = event.safeParse(input);
  if (!parsed.success) return { outcome: 'invalid-event', reason: z.prettifyError(parsed.error) };
  const { kind, timezone, scheduledAt: to } = parsed.data;
  const now = new Date();
  const previous = await reports.previous(kind, dateIn(timezone, to));
  const period = periodSince(kind, { timezone, to, previousEnd: previous?.period.to });
  const { source, statesOf } = reports;
  const report = await makeReport({ kind, timezone, period, source, statesOf, now });
  const headline = headlineOf(report);
  const { key, linkExpiresAt } = await reports.publish(headline, reportFiles(report), { index: reportsIndex, now });
  const { title, changes } = headline;
  logger.info('published', { key, title, changes, period, notes: report.notes, linkExpiresAt });
  return { outcome: 'published', key, title };
}
