import * as z from 'zod';
import { finding, timeToImpact } from '#lib/model/finding.ts';
import { verdict } from '#lib/model/verdict.ts';

/** How far a problem reaches: `nodes` are several that no zone or subnet unites. From the widest to the narrowest. */
export const extentScope = z.enum(['cluster', 'zone', 'subnet', 'ip-pool', 'namespace', 'nodes', 'node']);
export type ExtentScope = z.infer<typeof extentScope>;

const extent = z.object({
  scope: extentScope,
  /** Of the zones, subnets, pools, namespaces or nodes: the first five. None where it is the whole cluster. */
  names: z.array(z.string()),
  /** Nodes that it reaches, and nodes that there are; null where that is not known. */
  nodes: z.number().nullable(),
  nodesTotal: z.number().nullable(),
});
export type Extent = Readonly<z.infer<typeof extent>>;

const action = z.object({
  /** Id of the remediation; null where there is none. */
  remediation: z.string().nullable(),
  /** What a person does. */
  text: z.string(),
});
export type Action = Readonly<z.infer<typeof action>>;

/** What a problem is to those who run the pods. */
export const situation = z.enum(['no-network', 'pod-to-pod', 'dns', 'services', 'egress', 'addresses', 'other']);
export type SituationId = z.infer<typeof situation>;

const problem = z.object({
  situation,
  /** A clause: `new pods get no network`. */
  title: z.string(),
  check: z.string(),
  /** Of its roots, the worst. */
  verdict,
  /** The nearest of its roots and of their symptoms; null where none states it. */
  timeToImpact: timeToImpact.nullable(),
  /** The least of its roots' forecasts; null without one. */
  hoursToExhaustion: z.number().nullable(),
  extent,
  /** Findings of one check that nothing else explains. */
  roots: z.array(finding.pick({ fingerprint: true, verdict: true, resource: true, summary: true })),
  /** What they explain, by check. */
  symptoms: z.array(z.object({ check: z.string(), verdict, count: z.number() })),
  primary: action,
  /** What is left if that does not help, in this order. */
  fallbacks: z.array(action),
  /** Commands that change nothing, quoted for a POSIX shell. */
  confirm: z.array(z.string()),
});
export type TriageProblem = Readonly<z.infer<typeof problem>>;

const canaryAnswer = z.object({
  branch: z.enum(['no-network', 'no-routes', 'dns', 'egress', 'pod-to-pod', 'unknown', 'works']),
  /** A sentence. */
  text: z.string(),
});
export type CanaryAnswer = Readonly<z.infer<typeof canaryAnswer>>;

const unseen = z.object({
  /** A source that was not read, or the check that could not tell. */
  what: z.string(),
  code: z.string().nullable(),
  reason: z.string(),
  remedy: z.string().nullable(),
  /** Checks whose answer hangs on it. */
  checks: z.array(z.string()),
});
export type Unseen = Readonly<z.infer<typeof unseen>>;

/** The document of `cniwatch triage --output json`. */
export const triageDocument = z.object({
  schemaVersion: z.literal(1),
  /** ISO 8601: of the document, and of the Snapshot that it is about. */
  generatedAt: z.iso.datetime(),
  takenAt: z.iso.datetime(),
  cluster: z.object({ account: z.string(), region: z.string(), name: z.string(), arn: z.string() }),
  verdict,
  /** The first problem in a sentence or two; that nothing was found, otherwise, and whether all was seen. */
  headline: z.string(),
  /** What a canary pod saw; null where none ran. */
  canary: canaryAnswer.nullable(),
  /** By time to impact, then by reach. */
  problems: z.array(problem),
  /** What was not seen: it may hide further problems. */
  unseen: z.array(unseen),
  /** Opt-in checks that nobody switched on. */
  notEnabled: z.array(z.string()),
  /** Problems that the configuration suppresses: none of them is above. */
  suppressed: z.number(),
});
export type TriageDocument = Readonly<z.infer<typeof triageDocument>>;
/** Without what the caller knows: when, and of which cluster. */
export type Triage = Omit<TriageDocument, 'schemaVersion' | 'generatedAt' | 'takenAt' | 'cluster'>;
