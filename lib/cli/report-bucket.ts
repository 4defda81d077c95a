import { S3Client } from '@aws-sdk/client-s3';
import { resolveRegion } from '#lib/cli/aws.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { storedRuns } from '#lib/publish/reports/stored-runs.ts';
import type { RunSource } from '#lib/report/fleet/gather-runs.ts';

/** The runs of a bucket, its failures named. @throws UsageError where no Region is known */
export async function bucketRuns(bucket: string, region: string | undefined, signal: AbortSignal): Promise<RunSource> {
  const s3 = new S3Client({ region: await resolveRegion(region), followRegionRedirects: true });
  const stored = storedRuns({ s3, bucket, signal });
  return {
    runs: (from, to) => stored.runs(from, to).catch(named(bucket)),
    summary: (run) => stored.summary(run).catch(named(bucket)),
  };
}

const named =
  (bucket: string) =>
  (error: unknown): never => {
    const { name, message } = error as Error;
    if (name === 'AbortError') throw error;
    const denied = name === 'AccessDenied' || name === 'Forbidden';
    throw new ReadFailure(
      denied ? 'AccessDenied' : 'ServiceError',
      `the runs of the bucket ${bucket} could not be read (${name}: ${message}).`,
      'Reading them takes s3:ListBucket on the bucket and s3:GetObject on runs/*/summary.json; its name is the output BucketName of the stack.',
      { cause: error },
    );
  };
