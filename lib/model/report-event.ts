import * as z from 'zod';
import { reportHeadline } from '#lib/model/fleet-report.ts';

export const REPORT_PUBLISHED = 'Report Published';

/** The `detail` of that event. */
export const reportPublished = z
  .object({
    ...reportHeadline.shape,
    id: z.string().describe('of this report: the same when it is made and told again'),
    bucket: z.string(),
    key: z.string().describe('of the page in the bucket; fleet.md, fleet.json and fleet.csv stand beside it'),
    link: z
      .url()
      .describe(
        'the page, for whoever has this link, until linkExpiresAt or until the session that signed it ends, whichever is earlier',
      ),
    linkExpiresAt: z.iso.datetime(),
    console: z
      .url()
      .describe('the page in the AWS console, for those who may sign in there and read the bucket: it does not expire'),
  })
  .describe('A report of the fleet was made.');
export type ReportPublished = Readonly<z.infer<typeof reportPublished>>;
