import { readFile } from 'node:fs/promises';
import { UsageError } from '#lib/cli/usage-error.ts';
import { type History, NO_HISTORY } from '#lib/model/history.ts';
import { HistoryUnreadable, parseHistory } from '#lib/publish/history-file.ts';
import { ringHistory } from '#lib/publish/history-ring.ts';

/** Where forecasts take the past from: what cniwatch published, nowhere, or a file of the hub's bucket. */
export type HistorySource = 'cloudwatch' | 'none' | { readonly file: string };

export function historySource(given: string | undefined, unlessGiven: 'cloudwatch' | 'none'): HistorySource {
  if (given === undefined) return unlessGiven;
  return given === 'cloudwatch' || given === 'none' ? given : { file: given };
}

/**
 * The history of a file; none otherwise.
 * @throws UsageError for a file that cannot be read, or is no history
 */
export async function fileHistory(source: HistorySource): Promise<History> {
  if (typeof source === 'string') return NO_HISTORY;
  const bytes = await readFile(source.file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`the history ${source.file} cannot be read (${error.code})`);
  });
  try {
    return ringHistory(parseHistory(bytes));
  } catch (error) {
    if (error instanceof HistoryUnreadable) throw new UsageError(`${source.file}: ${error.message}`);
    throw error;
  }
}
