import { type AssessmentDocument, assessmentDocument } from '#lib/model/assessment.ts';
import type { ReportRun } from '#lib/model/fleet-report.ts';
import { type Bucket, getText, listFolders } from '#lib/publish/bucket.ts';
import { runFolderAt, runOfFolder } from '#lib/publish/reports/report-keys.ts';
import { summaryKey } from '#lib/publish/run-keys.ts';

/** A thousand clusters with fifty problems each. */
const MOST_BYTES = 128 * 2 ** 20;

/** The runs of the bucket, by when they started. */
export function storedRuns(at: Bucket) {
  return {
    runs: (from: string, to: string): Promise<readonly ReportRun[]> => runsBetween(at, from, to),
    summary: ({ id }: ReportRun): Promise<AssessmentDocument | string | undefined> => readSummary(at, id),
  };
}

/** After `from`, up to `to`. Folders sort by the time that their names begin with. */
async function runsBetween(at: Bucket, from: string, to: string): Promise<readonly ReportRun[]> {
  const [after, until] = [Date.parse(from), Date.parse(to)];
  const runs: ReportRun[] = [];
  for await (const folder of listFolders(at, 'runs/', runFolderAt(from))) {
    const run = runOfFolder(folder);
    const started = run === undefined ? Number.NaN : Date.parse(run.at);
    if (started > until) break;
    if (run !== undefined && started > after) runs.push(run);
  }
  return runs;
}

async function readSummary(at: Bucket, runId: string): Promise<AssessmentDocument | string | undefined> {
  const key = summaryKey(runId);
  const text = await getText(at, key, MOST_BYTES);
  return text === undefined ? undefined : parseSummary(text, key);
}

/** A sentence where it is none of this version. */
export function parseSummary(text: string, name: string): AssessmentDocument | string {
  try {
    return assessmentDocument.parse(JSON.parse(text)) as AssessmentDocument;
  } catch {
    return `${name} is no summary of this version of cniwatch.`;
  }
}
