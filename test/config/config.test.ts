import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ConfigInvalid, defaultConfig, parseConfig } from '#lib/config/config.ts';
import { configHash } from '#lib/config/hash.ts';
import { configJsonSchema, configSchema } from '#lib/config/schema.ts';
import { canonicalJson } from '#lib/model/canonical-json.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const CHECKS = [
  aCheck(),
  aCheck({
    id: 'dns-quality',
    options: z.object({ servfailPercent: z.number().default(1).describe('share of SERVFAIL answers that is a warning') }),
  }),
];
/** What a file has that says nothing of it. */
const UNSAID = {
  fleet: [],
  accounts: [],
  overrides: [],
  suppressions: [],
  collect: { deadlineSeconds: 120, optIn: [] },
  probes: { image: 'public.ecr.aws/docker/library/busybox:1.37.0', nodes: 5, namespace: 'cniwatch-probes' },
  canary: {
    image: 'public.ecr.aws/docker/library/busybox:1.37.0',
    mode: 'scheduled',
    nodes: 1,
    podToPod: true,
    dns: [],
    egress: [],
    timeoutSeconds: 40,
    namespace: 'cniwatch-canary',
  },
  remediations: { killSwitch: false, default: 'propose', rules: [] },
  schedules: { check: 'rate(5 minutes)', timezone: 'UTC', reports: {} },
  state: { openAfter: { bad: 2, of: 3 }, closeAfter: 2, keepDays: 90 },
  notifications: [],
  runners: [],
};
const parse = (text: string) => parseConfig(text, 'cniwatch.yaml', CHECKS);

test.each(['', '# only a comment\n', '{}', 'fleet: []'])('what a file leaves out has its default: %j', (text) => {
  expect(parse(text)).toEqual(defaultConfig(CHECKS));
  expect(parse(text)).toMatchObject({
    ...UNSAID,
    checks: {
      'nodes-cordoned': { enabled: true, options: { warningPercent: 20 } },
      'dns-quality': { enabled: true, options: { servfailPercent: 1 } },
    },
  });
});

test('what was parsed may be parsed again: a run keeps it as JSON', () => {
  const config = parse('areas: { node: { enabled: false } }\noverrides: [{ areas: { node: { enabled: true } } }]');
  expect(configSchema(CHECKS).parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

test('what a file says holds', () => {
  const config = parse(`
fleet:
  - region: eu-west-1
    clusters: [shop-*, tools]
  - region: us-gov-east-1
checks:
  nodes-cordoned:
    options: { warningPercent: 5 }
  dns-quality:
    enabled: false
collect:
  deadlineSeconds: 30
  optIn: [ipamd]
`);
  expect(config).toEqual({
    ...defaultConfig(CHECKS),
    fleet: [
      { region: 'eu-west-1', clusters: ['shop-*', 'tools'] },
      { region: 'us-gov-east-1', clusters: ['*'] },
    ],
    checks: {
      'nodes-cordoned': { enabled: true, options: { warningPercent: 5 } },
      'dns-quality': { enabled: false, options: { servfailPercent: 1 } },
    },
    collect: { deadlineSeconds: 30, optIn: ['ipamd'] },
  });
});

describe('a file that is wrong names the place and the nearest right thing', () => {
  test.each([
    ['a key at the top', 'chekcs: {}', ':1:1: unknown key "chekcs": did you mean "checks"?'],
    ['a check', 'checks:\n  node-cordoned: {}', ':2:3: unknown check "node-cordoned": did you mean "nodes-cordoned"?'],
    [
      'a key of a check',
      'checks:\n  dns-quality:\n    enabeld: true',
      ':3:5: unknown key "enabeld" in checks.dns-quality: did you mean "enabled"?',
    ],
    [
      'an option of a check',
      'checks:\n  nodes-cordoned:\n    options:\n      warnPercent: 3',
      ':4:7: unknown key "warnPercent" in checks.nodes-cordoned.options: did you mean "warningPercent"?',
    ],
    [
      'a key of a fleet entry that is like none',
      'fleet:\n  - region: eu-west-1\n    colour: red',
      ':3:5: unknown key "colour" in fleet.0: valid are region, clusters, except, tags, exceptTags',
    ],
    [
      'an option out of its range',
      'checks:\n  nodes-cordoned:\n    options:\n      warningPercent: 300',
      ':4:23: checks.nodes-cordoned.options.warningPercent: too big: expected number to be <=100',
    ],
    [
      'a value of the wrong type',
      'collect:\n  optIn: [ipam]',
      ':2:11: collect.optIn.0: "ipam" is not known: did you mean "ipamd"?',
    ],
    [
      'a duration that is no number',
      'collect:\n  deadlineSeconds: soon',
      ':2:20: collect.deadlineSeconds: invalid input: expected number',
    ],
    ['a map left empty', 'collect:\n', ':1:9: collect: invalid input: expected object, received null'],
    ['a Region that is none', 'fleet: [{region: Ireland}]', ':1:18: fleet.0.region: not the code of an AWS Region'],
    ['a missing Region', 'fleet: [{clusters: [a]}]', ':1:9: fleet.0.region: invalid input: expected string'],
    ['a list at the top', '- a', ':1:1: the top level: invalid input: expected object'],
    ['text that is no YAML', 'fleet: [a', ':1:10: not valid YAML'],
    ['a key that is there twice', 'fleet: []\nfleet: []', ':2:1: not valid YAML: Map keys must be unique'],
    ['an alias without an anchor', 'fleet: *nowhere', ':1:1: not usable YAML: Unresolved alias'],
  ])('%s', (_, text, message) => {
    expect(() => parse(text)).toThrow(ConfigInvalid);
    expect(() => parse(text)).toThrow(`cniwatch.yaml${message}`);
  });

  test('every problem is told, a line each', () => {
    expect(() => parse('flet: []\ncollct: {}')).toThrow(
      'cniwatch.yaml:1:1: unknown key "flet": did you mean "fleet"?\ncniwatch.yaml:2:1: unknown key "collct": did you mean "collect"?',
    );
  });

  test('aliases that unfold without bounds are refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((key, index) => {
        const before = 'abcdefg'[index];
        return `${key}: &${key} [${Array(9).fill(`*${before}`).join(',')}]`;
      }),
    ].join('\n');
    expect(() => parse(bomb)).toThrow(ConfigInvalid);
  });
});

test('the hash is of what the configuration means, not of how it is written', () => {
  const one = parse('checks:\n  nodes-cordoned: { enabled: true, options: { warningPercent: 20 } }\n');
  const other = parse('# nothing but defaults');
  const different = parse('checks: { nodes-cordoned: { options: { warningPercent: 21 } } }');
  expect(configHash(one)).toBe(configHash(other));
  expect(configHash(different)).not.toBe(configHash(other));
  expect(configHash(other)).toMatch(/^[0-9a-f]{64}$/);
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
});

test('editors get a JSON Schema in which every key says what it is', () => {
  const undescribed: string[] = [];
  function visit(schema: unknown, path: string): void {
    const { properties = {}, items } = schema as { properties?: Record<string, { description?: string }>; items?: unknown };
    for (const [key, property] of Object.entries(properties)) {
      if (!property.description) undescribed.push(`${path}.${key}`);
      visit(property, `${path}.${key}`);
    }
    if (items) visit(items, `${path}[]`);
  }
  const schema = configJsonSchema(CHECKS);
  visit(schema, '');
  expect(undescribed).toEqual([]);
  expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', additionalProperties: false });
});
