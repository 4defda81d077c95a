import * as z from 'zod';
import type { Check } from '#lib/model/check.ts';
import { OPT_IN_SOURCES, type OptInSource } from '#lib/model/collector.ts';

/** An AWS Region's code, as `eu-west-1` or `us-gov-east-1`. */
const region = z
  .string()
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'not the code of an AWS Region, as eu-west-1')
  .describe('AWS Region to look for clusters in');

/** EKS allows letters, digits, hyphens and underscores in a name (CreateCluster, EKS API reference). */
const clusterPattern = z
  .string()
  .regex(/^[A-Za-z0-9_*-]+$/, 'not a cluster name or pattern: letters, digits, - and _, with * for any characters');

const fleet = z
  .array(
    z.strictObject({
      region,
      clusters: z.array(clusterPattern).min(1).default(['*']).describe('names of EKS clusters; * stands for any characters'),
    }),
  )
  .default([])
  .describe('the clusters that are checked, a Region at a time');

const collect = z
  .strictObject({
    deadlineSeconds: z
      .number()
      .min(5)
      .max(840)
      .default(120)
      .describe('how long the reading of one cluster may take, in seconds; what was not read by then is unknown'),
    optIn: z
      .array(z.enum(OPT_IN_SOURCES))
      .default([])
      .describe('sources to read besides, each with a permission of its own: docs/permissions.md'),
  })
  .prefault({})
  .describe('how clusters are read');

/** Unknown keys of a check's options are refused too: a misspelt threshold must not silently keep its default. */
function strict(options: z.ZodType): z.ZodType {
  return options instanceof z.ZodObject ? options.strict() : options;
}

function checkSettings(check: Check) {
  return z
    .strictObject({
      enabled: z.boolean().default(true).describe('whether this check runs'),
      options: strict(check.options).prefault({}).describe('thresholds and switches of this check'),
    })
    .prefault({})
    .describe(check.title);
}

export interface CheckSettings {
  readonly enabled: boolean;
  /** As the check's own schema gives them, defaults filled in. */
  readonly options: unknown;
}

/** cniwatch.yaml with every default filled in. */
export interface Config {
  readonly fleet: readonly { readonly region: string; readonly clusters: readonly string[] }[];
  /** By check id: every check of the registry. */
  readonly checks: Readonly<Record<string, CheckSettings>>;
  readonly collect: { readonly deadlineSeconds: number; readonly optIn: readonly OptInSource[] };
}

/** The schema of cniwatch.yaml for a set of checks; strict at every level. */
export function configSchema(checks: readonly Check[]) {
  return z
    .strictObject({
      fleet,
      checks: z
        .strictObject(Object.fromEntries(checks.map((check) => [check.id, checkSettings(check)])))
        .prefault({})
        .describe('settings of single checks, by check id'),
      collect,
    })
    .describe('cniwatch.yaml');
}

/** JSON Schema (draft 7, which editors read) of cniwatch.yaml. */
export function configJsonSchema(checks: readonly Check[]): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(configSchema(checks), { io: 'input', target: 'draft-7' });
}
