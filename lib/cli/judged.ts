import type { Assessment } from '#lib/model/assessment.ts';

export interface Judged {
  readonly clusters: readonly Assessment[];
  /** Something that was asked for was not looked at. */
  readonly incomplete: boolean;
}
