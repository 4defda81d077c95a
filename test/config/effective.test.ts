import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseConfig } from '#lib/config/config.ts';
import { effectiveChecks, remediationPolicy } from '#lib/config/effective.ts';
import type { Config } from '#lib/config/schema.ts';
import type { Target } from '#lib/model/target.ts';
import { clusterArn } from '#lib/model/target.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const CHECKS = [
  aCheck({
    id: 'a',
    options: z.object({
      low: z.number().default(1).describe('low'),
      high: z.number().default(9).describe('high'),
    }),
  }),
  aCheck({ id: 'b', area: 'dns' }),
  aCheck({ id: 'c', area: 'dns' }),
];
const parse = (text: string) => parseConfig(text, 'cniwatch.yaml', CHECKS);
const ACCOUNT = '111122223333';
const aTarget = (name: string, region = 'eu-west-1'): Target => ({
  account: ACCOUNT,
  region,
  name,
  arn: clusterArn(ACCOUNT, region, name),
});

type Said = { readonly enabled?: boolean; readonly options?: { readonly low?: number; readonly high?: number } };

/** For clusters named by one letter, and the one tag `t`. */
function isMeant(
  { clusters, tags }: { clusters?: string[]; tags?: { t: string } },
  name: string,
  known: { t?: string } | undefined,
): boolean {
  if (clusters && !clusters.includes(name) && !clusters.includes('*')) return false;
  return !tags || (known?.t !== undefined && (tags.t === '*' || tags.t === known.t));
}

describe('what a check goes by on one cluster', () => {
  const running = (text: string, name = 'shop-prod', tags?: Record<string, string>) =>
    Object.entries(effectiveChecks(parse(text), aTarget(name), tags))
      .filter(([, { enabled }]) => enabled)
      .map(([id]) => id)
      .join(' ');

  test.each<[string, string, string]>([
    ['everything runs by itself', '', 'a b c'],
    ['an area is switched off', 'areas: { dns: { enabled: false } }', 'a'],
    ['a check of it has a word of its own', 'areas: { dns: { enabled: false } }\nchecks: { b: { enabled: true } }', 'a b'],
    ['an override switches a check', 'overrides: [{ checks: { a: { enabled: false } } }]', 'b c'],
    ['an override switches an area', 'overrides: [{ areas: { dns: { enabled: false } } }]', 'a'],
    [
      'and its own word on a check wins over it',
      'overrides: [{ areas: { dns: { enabled: false } }, checks: { c: { enabled: true } } }]',
      'a c',
    ],
    [
      'the later override wins',
      'overrides: [{ checks: { a: { enabled: false } } }, { checks: { a: { enabled: true } } }]',
      'a b c',
    ],
    [
      'an override of the area wins over an earlier word on a check',
      'checks: { b: { enabled: true } }\noverrides: [{ areas: { dns: { enabled: false } } }]',
      'a',
    ],
    [
      'an override of other clusters says nothing',
      'overrides: [{ match: { clusters: [pay-*] }, areas: { dns: { enabled: false } } }]',
      'a b c',
    ],
    [
      'nor does one of tags that are not known',
      'overrides: [{ match: { tags: { env: "*" } }, areas: { dns: { enabled: false } } }]',
      'a b c',
    ],
  ])('%s', (_, text, expected) => {
    expect(running(text)).toBe(expected);
  });

  test('options that an override leaves out keep what they have', () => {
    const config = parse(`
checks: { a: { options: { low: 2 } } }
overrides:
  - match: { clusters: ['*-prod'] }
    checks: { a: { options: { high: 5 } } }
  - match: { tags: { size: large } }
    checks: { a: { options: { high: 7 } } }
`);
    const optionsOf = (name: string, tags?: Record<string, string>) => effectiveChecks(config, aTarget(name), tags)['a']?.options;
    expect(optionsOf('shop-test')).toEqual({ low: 2, high: 9 });
    expect(optionsOf('shop-prod')).toEqual({ low: 2, high: 5 });
    expect(optionsOf('shop-prod', { size: 'large' })).toEqual({ low: 2, high: 7 });
  });

  test('overrides come to what walking from setting to setting comes to', () => {
    const override = fc.record({
      match: fc.oneof(
        fc.constant({}),
        fc.record({ clusters: fc.subarray(['x', 'y', '*'], { minLength: 1 }) }),
        fc.record({ tags: fc.constantFrom({ t: '1' }, { t: '*' }) }),
      ),
      checks: fc.dictionary(
        fc.constantFrom('a', 'b'),
        fc.record(
          { enabled: fc.boolean(), options: fc.record({ low: fc.nat(9), high: fc.nat(9) }, { requiredKeys: [] }) },
          { requiredKeys: [] },
        ),
      ),
    });
    const tags = fc.constantFrom(undefined, {}, { t: '1' }, { t: '2' });
    fc.assert(
      fc.property(fc.array(override, { maxLength: 6 }), fc.constantFrom('x', 'y'), tags, (overrides, name, known) => {
        const config: Pick<Config, 'checks' | 'overrides'> = { checks: parse('').checks, overrides };
        const effective = effectiveChecks(config, aTarget(name), known);
        const said = overrides.filter(({ match }) => isMeant(match, name, known)).toReversed();
        const last = <T>(read: (check: Said | undefined) => T): T | undefined =>
          said.map(({ checks }) => read(checks['a'])).find((word) => word !== undefined);
        expect(effective['a']).toEqual({
          enabled: last((check) => check?.enabled) ?? true,
          options: { low: last((check) => check?.options?.low) ?? 1, high: last((check) => check?.options?.high) ?? 9 },
        });
      }),
    );
  });
});

describe('what a remediation may do', () => {
  const config = parse(`
remediations:
  default: never
  rules:
    - { remediation: '*', policy: propose, match: { clusters: ['*-prod'] } }
    - { remediation: restart-coredns, policy: auto, match: { clusters: ['*-test'] } }
    - remediation: restart-cni
      policy: auto
      match: { tags: { tier: dev } }
      window: { from: '09:00', to: '17:00', days: [tue] }
    - { remediation: restart-coredns, policy: never, match: { clusters: [frozen-*] } }
`);
  const policyOf = (
    remediation: string,
    name: string,
    { tags, at = '2026-11-24T12:00:00Z' }: { tags?: Record<string, string>; at?: string } = {},
  ) => remediationPolicy(config, { remediation, target: aTarget(name), tags, now: new Date(at) });

  test.each([
    ['restart-coredns', 'shop-dev', {}, 'never', 'remediations.default'],
    ['restart-coredns', 'shop-prod', {}, 'propose', 'remediations.rules.0'],
    ['restart-coredns', 'shop-test', {}, 'auto', 'remediations.rules.1'],
    ['restart-coredns', 'frozen-test', {}, 'never', 'remediations.rules.3'],
    ['restart-cni', 'shop-dev', { tags: { tier: 'dev' } }, 'auto', 'remediations.rules.2'],
    ['restart-cni', 'shop-dev', {}, 'never', 'remediations.default'],
    [
      'restart-cni',
      'shop-dev',
      { tags: { tier: 'dev' }, at: '2026-11-24T18:00:00Z' },
      'propose',
      'remediations.rules.2, outside its window',
    ],
  ])('%s on %s %j: %s', (remediation, name, options, policy, because) => {
    expect(policyOf(remediation, name, options)).toEqual({ policy, because });
  });

  test('nothing, once the kill switch is on', () => {
    const stopped = parse('remediations: { killSwitch: true, rules: [{ remediation: restart-cni, policy: auto }] }');
    const asked = { remediation: 'restart-cni', target: aTarget('a'), tags: {}, now: new Date() };
    expect(remediationPolicy(stopped, asked)).toEqual({ policy: 'never', because: 'remediations.killSwitch is on' });
  });
});
