import * as z from 'zod';

export const metrics = z
  .strictObject({
    publish: z
      .enum(['default', 'all'])
      .default('default')
      .describe('default: what alarms and dashboards need; all: every metric that the checks declare. CloudWatch bills each'),
  })
  .prefault({})
  .describe('what is published as CloudWatch metrics: docs/cost.md');
