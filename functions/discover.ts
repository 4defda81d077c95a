import { Logger } from '@aws-lambda-powertools/logger';
import { EKSClient } from '@aws-sdk/client-eks';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { ConfigInvalid, defaultConfig, parseConfig } from '#lib/config/config.ts';
import { discoverRegion } from '#lib/discover/discover.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { Target } from '#lib/model/target.ts';
import { hubFrom } from '#lib/publish/hub.ts';
import { CONFIG_KEY, runId } from '#lib/publish/run-keys.ts';
import { getConfigText, putRunConfig, putTargets } from '#lib/publish/run-store.ts';

const hub = hubFrom(process.env);
const s3 = new S3Client({ region: hub.region });
const logger = new Logger({ serviceName: 'discover' });
const event = z.object({ runId });

/** A Region whose clusters could not be listed. */
type Unread = { readonly region: string; readonly code: string; readonly reason: string; readonly remedy: string };
type Discovered =
  | { outcome: 'discovered'; runId: string; bucket: string; key: string; count: number; unread: readonly Unread[] }
  | { outcome: 'invalid-event' | 'invalid-config'; reason: string };

/** Lists the fleet's clusters into the run's targets. A Region that does not answer is named, and the others go on. */
export async function handler(input: unknown): Promise<Discovered> {
  const parsed = event.safeParse(input);
  if (!parsed.success) return { outcome: 'invalid-event', reason: z.prettifyError(parsed.error) };
  const bucket = { s3, bucket: hub.bucket, owner: hub.account };
  try {
    const text = await getConfigText(bucket);
    const config = text === undefined ? defaultConfig() : parseConfig(text, CONFIG_KEY);
    const regions = config.fleet.length > 0 ? config.fleet : [{ region: hub.region, clusters: ['*'] }];
    const listed = await Promise.all(regions.map(({ region, clusters }) => list(region, clusters)));
    const unread = listed.flatMap((each) => ('unread' in each ? [each.unread] : []));
    // Entries of one Region may overlap: a cluster is checked once.
    const targets = new Map(listed.flatMap((each) => ('targets' in each ? each.targets : [])).map((each) => [each.arn, each]));
    await putRunConfig(bucket, parsed.data.runId, config);
    const key = await putTargets(bucket, parsed.data.runId, [...targets.values()]);
    logger.info('discovered', { runId: parsed.data.runId, clusters: targets.size, unread });
    return { outcome: 'discovered', runId: parsed.data.runId, bucket: hub.bucket, key, count: targets.size, unread };
  } catch (error) {
    if (error instanceof ConfigInvalid) return { outcome: 'invalid-config', reason: error.message };
    throw error;
  }
}

async function list(region: string, names: readonly string[]): Promise<{ targets: readonly Target[] } | { unread: Unread }> {
  try {
    return {
      targets: await discoverRegion({ region, names }, { eks: new EKSClient({ region }), sts: new STSClient({ region }) }),
    };
  } catch (error) {
    if (!(error instanceof ReadFailure)) throw error;
    return { unread: { region, code: error.code, reason: error.message, remedy: error.remedy } };
  }
}
