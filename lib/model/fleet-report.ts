import * as z from 'zod';
import { finding } from '#lib/model/finding.ts';
import { target } from '#lib/model/target.ts';
import { verdict } from '#lib/model/verdict.ts';

export const reportKind = z.enum(['daily', 'weekly']);
export type ReportKind = z.infer<typeof reportKind>;

const cluster = target.pick({ account: true, region: true, name: true, arn: true });
const counts = z.object({ critical: z.number(), warning: z.number(), unknown: z.number() });
const reportRun = z.object({ id: z.string(), at: z.string() });
/** A run that a report looks at; `at` is when it started, ISO 8601. */
export type ReportRun = Readonly<z.infer<typeof reportRun>>;

/** What became of a finding since the run that a report compares with. Every finding is in one of them. */
export const findingChange = z
  .enum(['opened', 'escalated', 'unread', 'eased', 'resolved', 'gone', 'passed', 'open'])
  .describe(
    [
      'opened: bad now, and not then',
      'escalated: critical now, a warning then',
      'unread: could not be judged now, and was judged then, or appeared as such since',
      'eased: a warning now, critical then',
      'resolved: no problem any more, or suppressed by the configuration since',
      'gone: its cluster is in the fleet no more',
      'passed: opened after the run then, and closed before the run now',
      'open: as it was',
    ].join('; '),
  );
export type FindingChange = z.infer<typeof findingChange>;

const reportFinding = z.object({
  change: findingChange,
  cluster,
  ...finding.pick({ check: true, resource: true, summary: true, timeToImpact: true, remediation: true, fingerprint: true }).shape,
  verdict: verdict.describe('now; of what is resolved, gone or passed, the last one that was bad'),
  previousVerdict: verdict.optional().describe('then, where it was a problem'),
  hoursToExhaustion: z.number().optional(),
  previousHoursToExhaustion: z.number().optional(),
  whatToDo: z.string().optional(),
  symptom: z.boolean().optional().describe('another finding of the cluster explains it'),
  openedAt: z.string().optional().describe('since when it is open, as the table of findings has it'),
});
export type ReportFinding = Readonly<z.infer<typeof reportFinding>>;

export const clusterChange = z.enum(['new', 'gone', 'not-seen', 'worse', 'better', 'same']);
export type ClusterChange = z.infer<typeof clusterChange>;

const reportCluster = z.object({
  ...cluster.shape,
  change: clusterChange.describe('not-seen: the run was to check it and has no result; gone: the run did not list it'),
  verdict: verdict.describe('now; of a cluster that is gone, then'),
  previousVerdict: verdict.optional(),
  problems: counts,
});
export type ReportCluster = Readonly<z.infer<typeof reportCluster>>;

/** A report of the fleet over a time: what changed first. The document of `fleet.json`. */
export const fleetReport = z.object({
  schemaVersion: z.literal(1),
  kind: reportKind,
  date: z.iso.date().describe('the day on which its time ends, by the clock of the time zone'),
  timezone: z.string(),
  period: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
  generatedAt: z.iso.datetime(),
  latest: reportRun.optional().describe('the last run of the time; absent where none left a summary'),
  earlier: reportRun.optional().describe('the run that it compares with; absent in a first report'),
  notes: z.array(z.string()).describe('what the reader must know of the data: runs that are missing, a first report'),
  problems: counts,
  changes: z.record(findingChange, z.number()),
  clusters: z.array(reportCluster).describe('those that changed first, then the worst'),
  findings: z.array(reportFinding).describe('by change, each in the order of the worst'),
});
export type FleetReport = Readonly<z.infer<typeof fleetReport>>;

/** What the index and an announcement say of a report. */
export const reportHeadline = z.object({
  ...fleetReport.pick({
    schemaVersion: true,
    kind: true,
    date: true,
    timezone: true,
    period: true,
    problems: true,
    changes: true,
  }).shape,
  clusters: z.object({ total: z.number(), new: z.number(), gone: z.number(), notSeen: z.number() }),
  title: z.string().describe('a line of plain text that says the worst'),
  summary: z.array(z.string()).describe('a few sentences of plain text'),
});
export type ReportHeadline = Readonly<z.infer<typeof reportHeadline>>;
