import * as z from 'zod';
import { accountId, clusterPattern, region, tagPatterns } from '#lib/config/names.ts';

/** Which clusters a rule is for: all that is given must hold; nothing given is every cluster. */
export const match = z
  .strictObject({
    clusters: z.array(clusterPattern).min(1).optional().describe('names; * stands for any characters'),
    accounts: z.array(accountId).min(1).optional().describe('ids of AWS accounts'),
    regions: z.array(region).min(1).optional().describe('AWS Regions'),
    tags: tagPatterns.optional().describe('tags of the EKS cluster, all of them; * stands for any characters'),
  })
  .prefault({})
  .describe('which clusters this is for; without, every cluster');
export type Match = z.infer<typeof match>;
