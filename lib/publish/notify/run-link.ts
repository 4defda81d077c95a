import type { Hub } from '#lib/publish/hub.ts';
import { runId, summaryKey } from '#lib/publish/run-keys.ts';

/** Where the AWS console shows a run's summary; the reader needs access to the bucket. */
export function runLink({ region, bucket }: Pick<Hub, 'region' | 'bucket'>): (run: string) => string {
  const parameters = (run: string) =>
    new URLSearchParams({ region, prefix: runId.safeParse(run).success ? summaryKey(run) : 'runs/' });
  return (run) => `https://${region}.${consoleOf(region)}/s3/object/${bucket}?${parameters(run)}`;
}

/** The console of a Region's partition. */
function consoleOf(region: string): string {
  if (region.startsWith('cn-')) return 'console.amazonaws.cn';
  return region.startsWith('us-gov-') ? 'console.amazonaws-us-gov.com' : 'console.aws.amazon.com';
}
