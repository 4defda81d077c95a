import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { AlarmsStack } from '#infra/alarms-stack.ts';
import type { Settings } from '#infra/settings.ts';
import { DEFAULTS, type Template } from '#test/infra/synthesised-hub.ts';

/** The template of the alarms, with the flags of cdk.json. */
export function synthesisedAlarms(settings: Partial<Settings> = {}): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'cniwatch-alarms-'));
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ outdir, context });
  const stack = new AlarmsStack(app, 'Alarms', { settings: { ...DEFAULTS, ...settings } });
  const { template } = app.synth().getStackByName(stack.stackName);
  rmSync(outdir, { recursive: true });
  return template;
}
