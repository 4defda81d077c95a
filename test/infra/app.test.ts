import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, expect, test } from 'vitest';
import { settingsFrom } from '#infra/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'cniwatch-app-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** Runs the app of cdk.json as the CDK's CLI does; the stack's template, or what the app said of why there is none. */
async function synth(context: Readonly<Record<string, string>>) {
  const { app, context: flags } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const outdir = mkdtempSync(join(folder, 'cdk.out-'));
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }) };
  try {
    await promisify(execFile)(process.execPath, app.split(' ').slice(1), { env });
    const [template, alarms] = ['CniwatchHub', 'CniwatchAlarms'].map((stack) =>
      JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8')),
    );
    const runners = readdirSync(outdir).filter((name) => /^CniwatchRunner-.*\.template\.json$/.test(name));
    return { template, alarms, runners, said: '' };
  } catch (error) {
    return { template: undefined, alarms: undefined, runners: [], said: (error as { stderr: string }).stderr };
  }
}

test('the rules of cdk-nag stop a stack that breaks them', () => {
  const app = new App({ outdir: mkdtempSync(join(folder, 'nag-')) });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new Bucket(new Stack(app, 'Bad'), 'Open');
  expect(() => app.synth()).toThrow();
  expect(readFileSync('infra/app.ts', 'utf8')).toContain('addPlugins(new AwsSolutionsChecks(app))');
});

const config = file('cniwatch.yaml', 'fleet:\n  - region: eu-west-1\n');
const told = file('told.yaml', 'notifications:\n  - kind: sns\n    topic: arn:aws:sns:eu-west-1:111122223333:on-call\n');
const alarmTopicArn = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const reported = file('reported.yaml', 'schedules:\n  reports: { daily: cron(0 7 * * ? *), weekly: cron(0 7 ? * MON *) }\n');
const runner = 'vpc: vpc-0a1b2c3d4e5f67890, region: eu-west-1, subnets: [subnet-0a1b2c3d]';
const inside = file('runner.yaml', `runners: [{ ${runner} }]\n`);
const insideElsewhere = file('runner-elsewhere.yaml', `runners: [{ ${runner}, account: '444455556666' }]\n`);
test.each<[string, Record<string, string>, number?]>([
  ['as it comes', {}],
  ['with a runner', { config: inside }, 1],
  ["with another account's runner", { config: insideElsewhere }, 1],
  ['with reports', { config: reported }],
  ['with somebody to be told', { config: told }],
  ['with a configuration and a topic for alarms', { config, alarmTopicArn, minutes: '10', maxConcurrency: '2' }],
])('the app %s synthesises, with no finding of cdk-nag left', async (_title, context, runnerStacks = 0) => {
  const { template, alarms, runners, said } = await synth(context);
  expect([said, runners.length]).toEqual(['', runnerStacks]);
  expect(Object.keys(template.Resources).length).toBeGreaterThan(20);
  expect(Object.keys(alarms.Resources).length).toBeGreaterThan(10);
});

const scheduled = file('scheduled.yaml', 'schedules:\n  check: cron(0/20 6-20 ? * MON-FRI *)\n  timezone: Europe/Berlin\n');
test.each<[string, Record<string, string>, string]>([
  ['nobody says anything', {}, 'rate(5 minutes)'],
  ['the configuration says it', { config: scheduled }, 'cron(0/20 6-20 ? * MON-FRI *)'],
  ['minutes are given besides', { config: scheduled, minutes: '1' }, 'rate(1 minute)'],
])('runs start as the schedule says, where %s', (_title, context, check) => {
  expect(settingsFrom(new App({ context }).node).schedule.check).toBe(check);
});

test('a configuration that somebody else writes decides what is made, and is not put into the bucket', () => {
  const { config: read, configText } = settingsFrom(new App({ context: { config, writeConfig: 'false' } }).node);
  expect(read.fleet).toMatchObject([{ region: 'eu-west-1' }]);
  expect(configText).toBeUndefined();
  expect(settingsFrom(new App({ context: { config } }).node).configText).toContain('eu-west-1');
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    'a schedule so sparse that no alarm could tell its end',
    { config: file('sparse.yaml', 'schedules:\n  check: rate(7 days)\n') },
    /six days/,
  ],
  ['a switch that is neither on nor off', { symptomAlarms: 'maybe' }, /symptomAlarms/],
  ['an interval of nothing', { minutes: '0' }, /minutes/],
  ['a concurrency in words', { maxConcurrency: 'many' }, /maxConcurrency/],
  ['a topic that is no ARN', { alarmTopicArn: 'alarms' }, /not the ARN of an SNS topic/],
  ['a configuration with a key misspelt', { config: file('bad.yaml', 'flet: []\n') }, /bad\.yaml:1:1.*flet/s],
  ['a configuration that is not there', { config: join(folder, 'none.yaml') }, /none\.yaml/],
])('%s stops the synthesis and is named', async (_title, context, message) => {
  const { template, said } = await synth(context);
  expect(template).toBeUndefined();
  expect(said).toMatch(message);
});
