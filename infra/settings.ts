import { readFileSync } from 'node:fs';
import type { Node } from 'constructs';
import * as z from 'zod';
import { parseConfig } from '#lib/config/config.ts';

const settings = z.object({
  minutes: z.coerce.number().int().min(1).max(1440).default(5).describe('minutes from one run to the next'),
  maxConcurrency: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe('clusters checked at once: each reads EC2 at its own capped rate, from buckets that the CNI draws on too'),
  config: z.string().optional().describe('a cniwatch.yaml to put into the bucket; without it the object there stays as it is'),
  alarmTopicArn: z
    .string()
    .regex(/^arn:[^:]+:sns:[^:]+:\d{12}:.+$/, 'not the ARN of an SNS topic')
    .optional()
    .describe('an SNS topic for the alarms on the runs themselves'),
});

/** What is decided at synthesis; everything else is read at run time from cniwatch.yaml. */
export interface Settings {
  readonly minutes: number;
  readonly maxConcurrency: number;
  /** The text of a cniwatch.yaml that is known to be valid. */
  readonly configText: string | undefined;
  readonly alarmTopicArn: string | undefined;
}

/**
 * From the app's context: `cdk deploy -c minutes=10 -c config=cniwatch.yaml`.
 * @throws Error that names the setting, ConfigInvalid with file and line
 */
export function settingsFrom(node: Node): Settings {
  const given = Object.fromEntries(Object.keys(settings.shape).map((key) => [key, node.tryGetContext(key)]));
  const parsed = settings.safeParse(given);
  if (!parsed.success) throw new Error(`the context (-c key=value) is not valid:\n${z.prettifyError(parsed.error)}`);
  const { config, alarmTopicArn, ...others } = parsed.data;
  const configText = config === undefined ? undefined : readFileSync(config, 'utf8');
  if (config !== undefined && configText !== undefined) parseConfig(configText, config);
  return { ...others, configText, alarmTopicArn };
}
