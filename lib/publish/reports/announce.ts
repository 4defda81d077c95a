import { createHash } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { EVENT_SOURCE } from '#lib/model/event.ts';
import type { ReportHeadline } from '#lib/model/fleet-report.ts';
import { REPORT_PUBLISHED, type ReportPublished } from '#lib/model/report-event.ts';
import type { Bucket } from '#lib/publish/bucket.ts';
import { reportKey } from '#lib/publish/reports/report-keys.ts';
import type { EventBus } from '#lib/publish/state/tell.ts';

/**
 * Seconds that a link is good for, at most: a signature may last seven days, and no longer than the credentials that made it, which for a
 * Lambda function end within hours. Source: Amazon S3 User Guide, "Download and upload objects with presigned URLs", expiration.
 */
const LINK_SECONDS = 12 * 3_600;

/** The bus did not take the event; `message` says why. The report stands: making it again tells it again. */
export class ReportUntold extends Error {
  override readonly name = 'ReportUntold';
}

/** Tells the bus of a report, with a link to its page. @throws ReportUntold; whatever the clients throw */
export async function announceReport(
  headline: ReportHeadline,
  at: Bucket,
  { bus, region, now }: { readonly bus: EventBus; readonly region: string; readonly now: Date },
): Promise<ReportPublished> {
  const { kind, date } = headline;
  const key = reportKey(kind, date, 'index.html');
  const link = await getSignedUrl(at.s3, new GetObjectCommand({ Bucket: at.bucket, Key: key }), {
    expiresIn: LINK_SECONDS,
    signingDate: now,
  });
  const detail: ReportPublished = {
    ...headline,
    ...{ id: reportId(headline), bucket: at.bucket, key, link },
    linkExpiresAt: new Date(now.getTime() + LINK_SECONDS * 1_000).toISOString(),
    console: consoleLink(region, at.bucket, key),
  };
  const entry = {
    EventBusName: bus.bus,
    Source: EVENT_SOURCE,
    DetailType: REPORT_PUBLISHED,
    Time: now,
    Detail: JSON.stringify(detail),
  };
  const { Entries: [answer] = [] } = await bus.eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
  if (answer?.EventId === undefined)
    throw new ReportUntold(
      `the event bus did not take ${REPORT_PUBLISHED}: ${answer?.ErrorCode ?? 'no answer'} ${answer?.ErrorMessage ?? ''}`,
    );
  return detail;
}

/** The same for the same report, however often it is made: 32 hexadecimal digits. */
function reportId({ kind, date, period: { to } }: ReportHeadline): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, date, to]))
    .digest('hex')
    .slice(0, 32);
}

/** By partition: the consoles of China and of GovCloud have hosts of their own. */
function consoleLink(region: string, bucket: string, key: string): string {
  const host = region.startsWith('cn-')
    ? 'console.amazonaws.cn'
    : region.startsWith('us-gov-')
      ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com';
  return `https://${host}/s3/object/${bucket}?${new URLSearchParams({ region, prefix: key })}`;
}
