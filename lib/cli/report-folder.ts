import { readdir, readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { UsageError } from '#lib/cli/usage-error.ts';
import type { AssessmentDocument } from '#lib/model/assessment.ts';
import { parseSummary } from '#lib/publish/reports/stored-runs.ts';
import type { RunSource } from '#lib/report/fleet/gather-runs.ts';

/**
 * The JSON documents of a folder, as a copy of the bucket's `runs/` or of `cniwatch check --output json`: each is a run of the time at
 * which it was generated. What lies beside the summaries of a copy is passed over.
 * @throws UsageError where the folder cannot be read, or has no document
 */
export async function folderRuns(folder: string): Promise<RunSource> {
  const documents = new Map<string, AssessmentDocument>();
  for (const file of await jsonFiles(folder)) {
    const parsed = parseSummary(await readFile(file, 'utf8'), file);
    if (typeof parsed === 'object') documents.set(path.relative(folder, file), parsed);
  }
  if (documents.size === 0)
    throw new UsageError(`${folder} has no summary of a run and no document of cniwatch check --output json`);
  const all = [...documents].map(([id, { generatedAt }]) => ({ id, at: new Date(generatedAt).toISOString() }));
  const sorted = all.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return {
    runs: async (from, to) => sorted.filter(({ at }) => at > from && at <= to),
    summary: async ({ id }) => documents.get(id),
  };
}

const BESIDE = /^(config|targets)\.json$|(^|[\\/])results[\\/]/;

async function jsonFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the folder ${folder} cannot be read (${error.code})`);
  });
  const found = names.filter((name) => name.endsWith('.json') && !BESIDE.test(name) && !BESIDE.test(path.basename(name)));
  return found.map((name) => path.join(folder, name)).sort();
}
