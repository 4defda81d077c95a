import * as z from 'zod';
import { remediationOwner, sourcePatch } from '#lib/model/remediation-owner.ts';
import { remediationStep } from '#lib/model/remediation-step.ts';
import { target } from '#lib/model/target.ts';

/** From the mildest: who may approve, and by which way, follows from it. */
export const remediationRisk = z.enum(['low', 'medium', 'high', 'destructive']);
export type RemediationRisk = z.infer<typeof remediationRisk>;

/** One value that a plan changes. */
const change = z.object({
  /** `add-on vpc-cni`, `daemonset kube-system/aws-node`, `security group sg-1`. */
  of: z.string(),
  field: z.string(),
  /** null where there is none. */
  before: z.json(),
  after: z.json(),
});
export type Change = Readonly<z.infer<typeof change>>;

const verification = z.object({
  /** Sentences: what must hold in the end. */
  holds: z.array(z.string()).min(1),
  deadlineSeconds: z.int().positive(),
  /** Of a rollout: the share of nodes after which it is looked at for harm, and halted where there is some. */
  lookAfterPercent: z.number().positive().max(100).optional(),
});

/** What the hash covers: all that is applied, what it is held to, and how it is undone. */
const applied = {
  remediation: z.string(),
  target: target.pick({ account: true, region: true, name: true, arn: true }),
  /** In this order; each only after the one before. */
  steps: z.array(remediationStep).min(1),
  changes: z.array(change),
  verification,
  /** Undo what was done, in this order. Empty where nothing can be undone, or nothing needs to be. */
  rollback: z.array(remediationStep),
};

export const remediationPlan = z.object({
  schemaVersion: z.literal(1),
  /** `<remediation>-<first 12 digits of the hash>`: the same plan has the same id, whenever it is made. */
  id: z.string(),
  ...applied,
  /** What would be done, in one sentence. */
  summary: z.string(),
  /** Fingerprints of the findings that it is to resolve. */
  findings: z.array(z.string()).min(1),
  createdAt: z.iso.datetime(),
  snapshotTakenAt: z.iso.datetime(),
  /** What it is for, as a number before and after; null where no number tells. */
  gain: z.object({ what: z.string(), before: z.number(), after: z.number() }).nullable(),
  risk: remediationRisk,
  /** How many different people have to approve. */
  approvals: z.int().min(0).max(2),
  /** Whether a configuration may let it run by itself, and why not. */
  auto: z.discriminatedUnion('allowed', [
    z.object({ allowed: z.literal(true) }),
    z.object({ allowed: z.literal(false), reason: z.string() }),
  ]),
  /** Sentences: what cannot be undone. */
  irreversible: z.array(z.string()),
  /** Who would undo the change, or have to make it. */
  owner: remediationOwner,
  /** The change in the terms of its owner's source; absent where nothing owns it. */
  sourcePatch: sourcePatch.optional(),
  /** What is left for a person to do beside it: sentences. */
  advice: z.array(z.string()),
  warnings: z.array(z.string()),
  /** SHA-256, hexadecimal. What is approved is this, and nothing is applied whose hash differs. */
  hash: z.string(),
});
export type RemediationPlan = Readonly<z.infer<typeof remediationPlan>>;

/** A plan before it is sealed. */
export type PlanDraft = Omit<RemediationPlan, 'schemaVersion' | 'id' | 'hash'>;

/** The names of what the hash covers. */
export const APPLIED = Object.keys(applied) as readonly (keyof typeof applied)[];
