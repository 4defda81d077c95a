import { readFileSync } from 'node:fs';
import type { Node } from 'constructs';
import * as z from 'zod';
import { type Config, defaultConfig, parseConfig } from '#lib/config/config.ts';
import type { Schedules } from '#lib/config/schedules.ts';

const topicArn = z.string().regex(/^arn:[^:]+:sns:[^:]+:\d{12}:.+$/, 'not the ARN of an SNS topic');
/** `-c key=false` is a text, and a value of cdk.json may be a boolean. */
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], 'neither true nor false');

const settings = z.object({
  minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(1440)
    .optional()
    .describe('minutes from one run to the next; without it the schedule of the configuration'),
  maxConcurrency: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe(
      'clusters checked at once: those of one account and Region share a capped rate, since the CNI draws on the same buckets',
    ),
  config: z.string().optional().describe('a cniwatch.yaml to put into the bucket; without it the object there stays as it is'),
  writeConfig: flag
    .default(true)
    .describe('whether that file is put into the bucket; if not, it decides what is made, and somebody else writes the object'),
  alarmTopicArn: topicArn.optional().describe('an SNS topic for the alarms on the runs themselves'),
  criticalTopicArn: topicArn.optional().describe('an SNS topic that is told when a cluster has a critical finding'),
  warningTopicArn: topicArn.optional().describe('an SNS topic that is told when a cluster has a warning or something unknown'),
  symptomAlarms: flag.default(true).describe('whether there are alarms that name what is short, beside those on findings'),
  splitAlarms: flag
    .default(false)
    .describe('whether there is an alarm for each account of the configuration, and one for the rest'),
});

/** What is decided at synthesis; everything else is read at run time from cniwatch.yaml. */
export interface Settings extends Omit<z.infer<typeof settings>, 'minutes' | 'config' | 'writeConfig'> {
  /** When runs start. */
  readonly schedule: Pick<Schedules, 'check' | 'timezone'>;
  /** The text of a cniwatch.yaml that is known to be valid, where it is to be put into the bucket. */
  readonly configText: string | undefined;
  /** What that says; without one, the defaults. */
  readonly config: Config;
}

/**
 * From the app's context: `cdk deploy -c minutes=10 -c config=cniwatch.yaml`.
 * @throws Error that names the setting, ConfigInvalid with file and line
 */
export function settingsFrom(node: Node): Settings {
  const given = Object.fromEntries(Object.keys(settings.shape).map((key) => [key, node.tryGetContext(key)]));
  const parsed = settings.safeParse(given);
  if (!parsed.success) throw new Error(`the context (-c key=value) is not valid:\n${z.prettifyError(parsed.error)}`);
  const { minutes, config: file, writeConfig, ...others } = parsed.data;
  const text = file === undefined ? undefined : readFileSync(file, 'utf8');
  const config = file === undefined || text === undefined ? defaultConfig() : parseConfig(text, file);
  const schedule = minutes === undefined ? config.schedules : everyMinutes(minutes);
  return { ...others, schedule, configText: writeConfig ? text : undefined, config };
}

const everyMinutes = (minutes: number): Settings['schedule'] => ({
  check: `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`,
  timezone: 'UTC',
});
