import * as z from 'zod';
import { timezone } from '#lib/model/time-window.ts';

const RATE = /^rate\([1-9]\d* (minutes?|hours?|days?)\)$/;
/** Minutes, hours, day of the month, month, day of the week, year; one of the two days must be `?`. */
const CRON = /^cron\([\d,*/-]+ [\d,*/-]+ ([\d,*/LW-]+ [\dA-Z,*/-]+ \?|\? [\dA-Z,*/-]+ [\dA-Z,*/L#-]+) [\d,*/-]+\)$/;

/** Source: EventBridge Scheduler User Guide, "Schedule types on EventBridge Scheduler". */
const schedule = z
  .string()
  .refine(
    (expression) => RATE.test(expression) || CRON.test(expression),
    'not a schedule, as rate(5 minutes) or cron(0 7 * * ? *): minutes, hours, day of the month, month, day of the week, year, and one of the days is ?',
  );

export const schedules = z
  .strictObject({
    check: schedule.default('rate(5 minutes)').describe('when the fleet is checked'),
    timezone: timezone.default('UTC').describe('the time zone of cron expressions'),
    reports: z
      .strictObject({
        daily: schedule.optional().describe('when the daily report is made, as cron(0 7 * * ? *)'),
        weekly: schedule.optional().describe('when the weekly report is made, as cron(0 7 ? * MON *)'),
      })
      .prefault({})
      .describe('reports of the fleet; each is made only where it has a schedule'),
  })
  .prefault({})
  .describe('when the deployed cniwatch works; read when it is deployed');
export type Schedules = z.infer<typeof schedules>;
