/** Tiny checks for tests of the runner, of the configuration and of the commands: what the test is about is in `over`. */
import * as z from 'zod';
import type { Check } from '#lib/model/check.ts';

export function aCheck(over: Partial<Check> = {}): Check {
  return {
    id: 'nodes-cordoned',
    title: 'Nodes taken out of scheduling',
    area: 'node',
    severity: 'critical',
    inputs: ['nodes'],
    optional: [],
    options: z.object({
      warningPercent: z.number().min(0).max(100).default(20).describe('share of cordoned nodes that is a warning'),
    }),
    metrics: [],
    docs: { question: 'How many nodes take no new pods?', verdicts: {}, evidence: {}, sources: [] },
    remediations: [],
    evaluate: () => ({ findings: [], metrics: [] }),
    ...over,
  };
}
