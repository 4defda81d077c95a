import type { Verdict } from '#lib/model/verdict.ts';

/** One thing that has to be right before any source can be read. */
export interface Symptom {
  readonly id: 'credentials' | 'cluster' | 'dns' | 'endpoint' | 'clock' | 'token' | 'source';
  readonly verdict: Verdict;
  readonly said: string;
  /** One sentence: what the reader can do now. */
  readonly remedy?: string;
}
