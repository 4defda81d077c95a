import * as z from 'zod';
import { verdict } from '#lib/model/verdict.ts';

/** From the widest to what is in it: reports stand in this order. */
export const resourceKind = z.enum([
  'cluster',
  'quota',
  'addon',
  'daemonset',
  'deployment',
  'config-map',
  'ip-pool',
  'instance-type',
  'subnet',
  'security-group',
  'network-acl',
  'namespace',
  'network-policy',
  'node',
  'eni',
  'pod',
]);

export const timeToImpact = z.enum(['immediate', 'minutes', 'hours', 'days']);

const suppression = z.object({ reason: z.string(), until: z.string() });

/** One resource judged by one check. */
export const finding = z.object({
  check: z.string(),
  verdict,
  resource: z.object({ kind: resourceKind, id: z.string(), name: z.string().optional() }),
  /** What was measured, in one sentence with its numbers. */
  summary: z.string(),
  /** The named numbers of the check's catalogue entry. */
  evidence: z.record(z.string(), z.json()),
  timeToImpact: timeToImpact.optional(),
  /** Fingerprints of the findings that explain this one. */
  causes: z.array(z.string()).optional(),
  /** Id of the remediation that would help. */
  remediation: z.string().optional(),
  /** Stable across runs: of (check, cluster ARN, resource). */
  fingerprint: z.string(),
  /** Known to people, by cniwatch.yaml: it counts for no verdict and no alarm. `until` as it stands there. */
  suppressed: suppression.optional(),
  /** It was known until then, and counts again. */
  suppressionExpired: suppression.optional(),
});
export type Finding = Readonly<z.infer<typeof finding>>;

/** What a check returns: evaluate adds the rest. */
export type Judgement = Omit<Finding, 'check' | 'fingerprint' | 'suppressed' | 'suppressionExpired'>;
