import * as z from 'zod';

/** What RBAC lets a service account do, as the API server itself answers (SubjectAccessReview). */
export const accessReview = z.object({
  namespace: z.string(),
  serviceAccount: z.string(),
  verb: z.string(),
  /** `''` is the core group. */
  apiGroup: z.string(),
  /** Plural, with its subresource: `nodes/status`. */
  resource: z.string(),
  /** Absent where there was no answer. */
  allowed: z.boolean().optional(),
  unread: z.string().optional(),
});
export type AccessReview = z.infer<typeof accessReview>;
