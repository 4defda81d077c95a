import * as z from 'zod';
import { failureCode } from '#lib/model/failure.ts';
import { finding } from '#lib/model/finding.ts';
import { reading } from '#lib/model/history.ts';
import type { Metric } from '#lib/model/metric.ts';
import { verdict } from '#lib/model/verdict.ts';

/** How one collector fared. `calls` counts requests by operation; `pages` counts pages of lists. */
export const collectorReport = z.object({
  id: z.string(),
  ok: z.boolean(),
  code: failureCode.optional(),
  reason: z.string().optional(),
  remedy: z.string().optional(),
  durationMs: z.number(),
  calls: z.record(z.string(), z.number()),
  pages: z.number(),
});
export type CollectorReport = Readonly<z.infer<typeof collectorReport>>;

const identity = {
  name: z.string(),
  unit: z.enum(['Count', 'Percent', 'Seconds', 'Milliseconds']),
  dimensions: z.record(z.string(), z.string()),
};
const metric = z.union([
  z.object({ ...identity, value: z.number() }),
  z.object({ ...identity, values: z.array(z.number()), counts: z.array(z.number()) }),
]);

/** The outcome of evaluating one cluster's Snapshot. */
export const assessment = z.object({
  account: z.string(),
  region: z.string(),
  name: z.string(),
  arn: z.string(),
  /** The worst of the findings, less those that are suppressed. */
  verdict,
  summary: z.object({
    ok: z.number(),
    warning: z.number(),
    critical: z.number(),
    unknown: z.number(),
    notApplicable: z.number(),
    /** Problems that cniwatch.yaml suppresses, counted in none of the others; absent where there are none. */
    suppressed: z.number().optional(),
  }),
  findings: z.array(finding),
  metrics: z.array(metric),
  /** What the history keeps of this run. */
  readings: z.array(reading),
  collectors: z.array(collectorReport),
  /** When the Snapshot was taken. */
  takenAt: z.string(),
  /** Of the configuration that the checks ran under. */
  configHash: z.string(),
});
export type Assessment = Readonly<Omit<z.infer<typeof assessment>, 'metrics'>> & { readonly metrics: readonly Metric[] };

/** The document of `--output json`, and of a fleet's run. */
export const assessmentDocument = z.object({
  schemaVersion: z.literal(1),
  generatedAt: z.iso.datetime(),
  clusters: z.array(assessment),
});
export interface AssessmentDocument {
  readonly schemaVersion: 1;
  readonly generatedAt: string;
  readonly clusters: readonly Assessment[];
}
