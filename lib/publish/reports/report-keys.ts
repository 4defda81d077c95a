import type { ReportKind } from '#lib/model/fleet-report.ts';

/**
 * Where reports stand in cniwatch's bucket: one a date, which a repetition writes anew.
 *
 *   reports/index.html                                          links to them all
 *   reports/<kind>/<date>/{index.html,fleet.md,fleet.json,fleet.csv,headline.json}
 */
export const REPORTS_INDEX = 'reports/index.html';
export const reportsPrefix = (kind: ReportKind): string => `reports/${kind}/`;
export const reportKey = (kind: ReportKind, date: string, file: string): string => `${reportsPrefix(kind)}${date}/${file}`;
export const HEADLINE = 'headline.json';

const RUN = /^runs\/((\d{4}-\d\d-\d\dT)(\d\d)(\d\d)(\d\d(?:\.\d+)?Z)-[^/]+)\/$/;

/** A run by its folder, whose name begins with the time that it started; undefined where it does not. */
export function runOfFolder(folder: string): { readonly id: string; readonly at: string } | undefined {
  const [, id, day = '', hour = '', minute = '', second = ''] = RUN.exec(folder) ?? [];
  const at = new Date(`${day}${hour}:${minute}:${second}`);
  return id === undefined || Number.isNaN(at.getTime()) ? undefined : { id, at: at.toISOString() };
}

/** The prefix up to which the folders of earlier runs sort. */
export const runFolderAt = (at: string): string => `runs/${at.replaceAll(':', '')}`;
