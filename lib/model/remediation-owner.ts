import * as z from 'zod';

/** What keeps a source of its own, and would put back what it says. */
export const ownerTool = z.enum(['argo-cd', 'flux', 'helm', 'terraform', 'cloudformation', 'pulumi']);
export type OwnerTool = z.infer<typeof ownerTool>;

/**
 * Who owns what a plan would change. `none`: no sign of an owner was found where `looked` says; Terraform need not leave one.
 * `unknown`: what would tell was not read.
 */
export const remediationOwner = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('owned'),
    tool: ownerTool,
    /** What is owned, as `add-on vpc-cni`. */
    of: z.string(),
    /** What tells it, as `tag aws:cloudformation:stack-name=net`. */
    signs: z.array(z.string()).min(1),
  }),
  z.object({ kind: z.literal('none'), looked: z.string() }),
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
]);
export type RemediationOwner = Readonly<z.infer<typeof remediationOwner>>;

/** The change as its owner's source would have it. */
export const sourcePatch = z.object({
  format: z.enum(['terraform', 'cloudformation', 'helm-values', 'manifest', 'json']),
  /** Where it goes, a sentence. */
  where: z.string(),
  text: z.string(),
});
export type SourcePatch = Readonly<z.infer<typeof sourcePatch>>;
