import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { FUNCTIONS, type FunctionName } from '#infra/constructs/bundling.ts';
import { HubStack } from '#infra/hub-stack.ts';
import type { Settings } from '#infra/settings.ts';
import { defaultConfig } from '#lib/config/config.ts';

export interface Resource {
  readonly Type: string;
  /** JSON whose shape is the test's to know. */
  readonly Properties: Readonly<Record<string, never>>;
  readonly DeletionPolicy?: string;
}
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export const DEFAULTS: Settings = {
  schedule: { check: 'rate(5 minutes)', timezone: 'UTC' },
  maxConcurrency: 10,
  configText: undefined,
  config: defaultConfig(),
  symptomAlarms: true,
  splitAlarms: false,
};

/** The hub's template, with the flags of cdk.json and empty functions: the bundles have tests of their own. */
export function synthesisedHub(settings: Partial<Settings> = {}): Template {
  const folder = mkdtempSync(join(tmpdir(), 'cniwatch-hub-'));
  const bundles = Object.fromEntries(
    FUNCTIONS.map((name) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'index.mjs'), `// ${name}`);
      return [name, join(folder, name)];
    }),
  ) as Record<FunctionName, string>;
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ outdir: join(folder, 'cdk.out'), context });
  const stack = new HubStack(app, 'Hub', { settings: { ...DEFAULTS, ...settings }, bundles });
  const { template } = app.synth().getStackByName(stack.stackName);
  rmSync(folder, { recursive: true });
  return template;
}

/** The template's resources of one type, by logical id. */
export function resourcesOf({ Resources }: Template, type: string): [string, Resource][] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}

/**
 * A value with its references written out as a deployment in account 111122223333, eu-west-1, would: `Ref` and `GetAtt` become the
 * logical id, or a plausible ARN where an ARN is due.
 */
export function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': join,
    'Fn::Select': select,
    'Fn::Split': split,
  } = value as Record<string, never>;
  if (Ref !== undefined) return PSEUDO[Ref] ?? (/^Pipeline[0-9A-F]{8}$/.test(Ref) ? `${STATES}:stateMachine:${Ref}` : Ref);
  if (attribute !== undefined) return attributeOf(attribute);
  if (join !== undefined) return (join[1] as unknown[]).map(resolved).join(join[0]);
  if (split !== undefined) return String(resolved(split[1])).split(split[0]);
  if (select !== undefined) return (resolved(select[1]) as unknown[])[Number(select[0])];
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
}

const STATES = 'arn:aws:states:eu-west-1:111122223333';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
};

function attributeOf([id, name]: readonly [string, string]): string {
  if (name !== 'Arn') return `${id}.${name}`;
  if (/Function[0-9A-F]{8}$/.test(id)) return `arn:aws:lambda:eu-west-1:111122223333:function:${id}`;
  if (/Log[0-9A-F]{8}$/.test(id)) return `arn:aws:logs:eu-west-1:111122223333:log-group:${id}:*`;
  if (/^Runs[0-9A-F]{8}$/.test(id)) return 'arn:aws:s3:::runs';
  if (/^State[0-9A-F]{8}$/.test(id)) return 'arn:aws:dynamodb:eu-west-1:111122223333:table/State';
  if (/^Events[0-9A-F]{8}$/.test(id)) return 'arn:aws:events:eu-west-1:111122223333:event-bus/Hub';
  return `arn:aws:any:eu-west-1:111122223333:${id}`;
}
