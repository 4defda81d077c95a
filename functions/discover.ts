import { Logger } from '@aws-lambda-powertools/logger';
import { EKSClient } from '@aws-sdk/client-eks';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { clientsByAccount } from '#lib/collect/aws/account-clients.ts';
import { ConfigInvalid, defaultConfig, parseConfig } from '#lib/config/config.ts';
import { shareCalls } from '#lib/discover/call-shares.ts';
import { entriesOr } from '#lib/discover/entry.ts';
import { discoverFleet } from '#lib/discover/fleet.ts';
import { organizationsClient } from '#lib/discover/organization.ts';
import { type UnreadPlace, unreadPlace } from '#lib/discover/unseen.ts';
import { hubFrom } from '#lib/publish/hub.ts';
import { CONFIG_KEY, runId } from '#lib/publish/run-keys.ts';
import { getConfigText, putRunConfig, putTargets } from '#lib/publish/run-store.ts';
import { runEntry } from '#lib/publish/state/run-entry.ts';

const hub = hubFrom(process.env);
const s3 = new S3Client({ region: hub.region });
const logger = new Logger({ serviceName: 'discover' });
const event = z.object({ runId, scheduledAt: z.iso.datetime(), execution: z.string(), maxConcurrency: z.int().min(1) });
const enter = runEntry(hub);

const organizations = () => organizationsClient(hub.region);
const clientsOf = clientsByAccount((options) => ({ eks: new EKSClient(options), sts: new STSClient(options) }), hub.region);

/** What the Map reads, and how many of it at the same time. */
type Items = { bucket: string; key: string; count: number; concurrency: number };
type Discovered =
  | ({ outcome: 'discovered'; runId: string; unread: readonly UnreadPlace[] } & Items)
  | { outcome: 'skipped'; why: 'held' | 'repeated'; by: string }
  | { outcome: 'invalid-event' | 'invalid-config'; reason: string };

/** Lists the fleet's clusters into the run's targets, one run at a time. What does not answer is named, and the others go on. */
export async function handler(input: unknown): Promise<Discovered> {
  const parsed = event.safeParse(input);
  if (!parsed.success) return { outcome: 'invalid-event', reason: z.prettifyError(parsed.error) };
  const { runId } = parsed.data;
  const lease = await enter(parsed.data);
  if (lease.outcome !== 'acquired') return { outcome: 'skipped', why: lease.outcome, by: lease.by };
  const bucket = { s3, bucket: hub.bucket, owner: hub.account };
  try {
    const text = await getConfigText(bucket);
    const config = text === undefined ? defaultConfig() : parseConfig(text, CONFIG_KEY);
    // A runner is chosen by the cluster's VPC, and who is notified may be by its tags.
    const describe = config.runners.length > 0 || config.notifications.some(({ match }) => match.tags !== undefined);
    const inside = config.runners.length > 0 ? { runners: { entries: config.runners, hub } } : {};
    const ports = { clientsOf, organizations, home: hub.region, describe, ...inside };
    const { targets: found, failures, warnings } = await discoverFleet(entriesOr(hub.region, config), ports);
    const { targets, concurrency } = shareCalls(found, parsed.data.maxConcurrency);
    const unread = failures.map(unreadPlace);
    await putRunConfig(bucket, runId, config);
    const key = await putTargets(bucket, runId, targets);
    logger.info('discovered', { runId, lease, clusters: targets.length, concurrency, unread, warnings });
    return { outcome: 'discovered', runId, bucket: hub.bucket, key, count: targets.length, concurrency, unread };
  } catch (error) {
    if (error instanceof ConfigInvalid) return { outcome: 'invalid-config', reason: error.message };
    throw error;
  }
}
