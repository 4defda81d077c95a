import * as z from 'zod';

export const state = z
  .strictObject({
    openAfter: z
      .strictObject({
        bad: z.int().min(1).max(20).default(2).describe('bad runs'),
        of: z.int().min(1).max(20).default(3).describe('of so many last runs'),
      })
      .refine(({ bad, of }) => bad <= of, { path: ['bad'], message: 'more bad runs than runs: it would never open' })
      .prefault({})
      .describe('when a finding opens'),
    closeAfter: z.int().min(1).max(20).default(2).describe('good runs in a row after which a finding closes'),
    keepDays: z.int().min(1).max(3650).default(90).describe('how long a closed finding is kept, in days'),
  })
  .prefault({})
  .describe('how findings open and close, so that one that comes and goes does not page each time');
export type StatePolicy = z.infer<typeof state>;
