import pLimit from 'p-limit';
import { type ReportHeadline, type ReportKind, reportHeadline, reportKind } from '#lib/model/fleet-report.ts';
import { type Bucket, getText, listFolders, putObject } from '#lib/publish/bucket.ts';
import { HEADLINE, REPORTS_INDEX, reportKey, reportsPrefix } from '#lib/publish/reports/report-keys.ts';

export interface ReportFile {
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
}

const MIB = 2 ** 20;
const AT_ONCE = 16;
/** Reports of one kind that the index lists. */
const LISTED = 120;
/** Another report may be written meanwhile: daily and weekly ones are often due at once. */
const ATTEMPTS = 4;

/** Writes the files of a report one after another, over those of the same date. */
export async function putReport(at: Bucket, kind: ReportKind, date: string, files: readonly ReportFile[]): Promise<void> {
  for (const { name, contentType, text } of files) await putObject(at, reportKey(kind, date, name), text, contentType);
}

/** The last report of this kind that is of an earlier date; undefined where there is none that can be read. */
export async function previousReport(at: Bucket, kind: ReportKind, date: string): Promise<ReportHeadline | undefined> {
  const earlier = (await datesOf(at, kind)).filter((each) => each < date);
  for (const each of earlier.toReversed().slice(0, ATTEMPTS)) {
    const headline = await headlineOf(at, kind, each);
    if (headline !== undefined) return headline;
  }
  return undefined;
}

/** Writes the index anew, and once more where a report came up meanwhile, so that of two writers the later one has both. */
export async function putIndex(at: Bucket, render: (reports: readonly ReportHeadline[]) => string): Promise<void> {
  let written = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const dates = await allDates(at);
    if (JSON.stringify(dates) === written) return;
    written = JSON.stringify(dates);
    const limit = pLimit(AT_ONCE);
    const found = await Promise.all(dates.map(([kind, date]) => limit(() => headlineOf(at, kind, date))));
    const reports = found.filter((headline) => headline !== undefined);
    await putObject(at, REPORTS_INDEX, render(reports), 'text/html; charset=utf-8');
  }
}

async function allDates(at: Bucket): Promise<readonly (readonly [ReportKind, string])[]> {
  const kinds = reportKind.options.map(async (kind) =>
    (await datesOf(at, kind)).slice(-LISTED).map((date) => [kind, date] as const),
  );
  return (await Promise.all(kinds)).flat();
}

async function datesOf(at: Bucket, kind: ReportKind): Promise<readonly string[]> {
  const prefix = reportsPrefix(kind);
  const dates: string[] = [];
  for await (const folder of listFolders(at, prefix)) {
    const date = folder.slice(prefix.length, -1);
    if (/^\d{4}-\d\d-\d\d$/.test(date)) dates.push(date);
  }
  return dates;
}

/** Undefined where it is not written yet, or of another version. */
async function headlineOf(at: Bucket, kind: ReportKind, date: string): Promise<ReportHeadline | undefined> {
  const text = await getText(at, reportKey(kind, date, HEADLINE), MIB);
  if (text === undefined) return undefined;
  try {
    return reportHeadline.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
