import * as z from 'zod';
import { finding, timeToImpact } from '#lib/model/finding.ts';
import { verdict } from '#lib/model/verdict.ts';

/** From the widest to the narrowest. */
export const extentScope = z
  .enum(['cluster', 'zone', 'subnet', 'ip-pool', 'namespace', 'nodes', 'node'])
  .describe('how far a problem reaches; `nodes` are several that no zone or subnet unites');
export type ExtentScope = z.infer<typeof extentScope>;

const count = z.number().nullable();
const extent = z.object({
  scope: extentScope,
  names: z.array(z.string()).describe('the zones, subnets, pools, namespaces or nodes: the first five'),
  nodes: count.describe('nodes that it reaches; null where that is not known'),
  nodesTotal: count.describe('nodes that there are; null where that is not known'),
  onlyTried: z
    .literal(true)
    .optional()
    .describe('of canaries: it fails on every node that was tried, and others were not; absent elsewhere'),
});
export type Extent = Readonly<z.infer<typeof extent>>;

const action = z.object({
  remediation: z.string().nullable().describe('its id, as `cniwatch explain` takes it; null where there is none'),
  text: z.string().describe('what a person does'),
});
export type Action = Readonly<z.infer<typeof action>>;

const situation = z
  .enum(['no-network', 'pod-to-pod', 'dns', 'services', 'egress', 'addresses', 'other'])
  .describe('what the problem is to those who run the pods');
export type SituationId = z.infer<typeof situation>;

const symptom = z.object({
  check: z.string(),
  verdict: verdict.describe('the worst of them'),
  count: z.number().describe('findings of this check'),
});

const problem = z.object({
  situation,
  title: z.string().describe('the situation as a clause: `new pods get no network`'),
  check: z.string().describe('whose findings the roots are'),
  verdict: verdict.describe('the worst of the roots'),
  timeToImpact: timeToImpact.nullable().describe('the nearest of the roots and of what they explain; null where none states it'),
  hoursToExhaustion: z.number().nullable().describe("the least of the roots' forecasts, in hours; null without one"),
  extent,
  roots: z
    .array(finding.pick({ fingerprint: true, verdict: true, resource: true, summary: true }))
    .describe('findings of one check and one remedy that nothing else explains'),
  symptoms: z.array(symptom).describe('what the roots explain'),
  primary: action.describe('what to do first'),
  fallbacks: z.array(action).describe('what is left if that does not help, in this order'),
  confirm: z.array(z.string()).describe('commands that show it and change nothing, quoted for a POSIX shell; four at the most'),
});
export type TriageProblem = Readonly<z.infer<typeof problem>>;

const canaryAnswer = z.object({
  branch: z.enum(['no-network', 'no-routes', 'dns', 'egress', 'pod-to-pod', 'degraded', 'unknown', 'works']),
  text: z.string().describe('the branch in a sentence'),
});
export type CanaryAnswer = Readonly<z.infer<typeof canaryAnswer>>;

const unseen = z.object({
  what: z.string().describe('a source that was not read, or the check that could not tell'),
  code: z.string().nullable().describe('failure code of the source; null of a check'),
  reason: z.string(),
  remedy: z.string().nullable().describe('what the reader can do'),
  checks: z.array(z.string()).describe('checks that are unknown for it; none where they could do without'),
});
export type Unseen = Readonly<z.infer<typeof unseen>>;

/** The document of `cniwatch triage --output json`. */
export const triageDocument = z.object({
  schemaVersion: z.literal(1),
  generatedAt: z.iso.datetime(),
  takenAt: z.iso.datetime().describe('when the cluster was read'),
  cluster: z.object({ account: z.string(), region: z.string(), name: z.string(), arn: z.string() }),
  verdict: verdict.describe('of the cluster, as `check` has it'),
  headline: z.string().describe('the first problem in a sentence or two; else that nothing was found, and whether all was seen'),
  canary: canaryAnswer.nullable().describe('what a canary pod saw; null where none ran'),
  problems: z.array(problem).describe('by time to impact, the critical ones of each first, then by reach'),
  unseen: z.array(unseen).describe('what was not seen: it may hide further problems'),
  notEnabled: z.array(z.string()).describe('opt-in checks that nobody switched on'),
  suppressed: z.number().describe('problems that cniwatch.yaml suppresses, none of which is above'),
});
export type TriageDocument = Readonly<z.infer<typeof triageDocument>>;
/** Without what the caller knows: when, and of which cluster. */
export type Triage = Omit<TriageDocument, 'schemaVersion' | 'generatedAt' | 'takenAt' | 'cluster'>;
