import * as z from 'zod';
import { accountId, clusterPattern, region } from '#lib/config/names.ts';
import type { Check } from '#lib/model/check.ts';

/** Findings that somebody knows of. Each says why and until when, so that none is forgotten. */
export function suppressions(checks: readonly Check[]) {
  const suppression = z.strictObject({
    check: z.enum([...checks.map(({ id }) => id), '*']).describe('the check, by its id; "*" is every check'),
    resource: z.string().min(1).optional().describe('the id or the name of the resource; * stands for any characters'),
    cluster: clusterPattern.optional().describe('the name of the cluster; * stands for any characters'),
    account: accountId.optional().describe('the id of the AWS account'),
    region: region.optional().describe('the AWS Region'),
    reason: z.string().trim().min(1, 'say why, for whoever reads the report').describe('why, for whoever reads the report'),
    until: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })], 'not a date, as 2027-01-31, or a time, as 2027-01-31T08:00:00Z')
      .describe(
        'the last day, as 2027-01-31 (to its end, UTC), or a time, as 2027-01-31T08:00:00Z; the finding counts again after it',
      ),
  });
  return z.array(suppression).default([]).describe('findings that are known: they stay in reports and count for no verdict');
}
export type Suppression = z.infer<ReturnType<typeof suppressions>>[number];

const DAY = 24 * 60 * 60 * 1000;

/** When it ends, in milliseconds since 1970. A date lasts to its end, in UTC. */
export function endOf({ until }: Pick<Suppression, 'until'>): number {
  const start = Date.parse(until);
  return until.includes('T') ? start : start + DAY;
}

export function hasEnded(suppression: Pick<Suppression, 'until'>, now: Date): boolean {
  return endOf(suppression) <= now.getTime();
}
