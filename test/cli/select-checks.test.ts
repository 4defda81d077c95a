import { describe, expect, test } from 'vitest';
import { selectChecks } from '#lib/cli/select-checks.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { parseConfig } from '#lib/config/config.ts';
import { aCheck } from '#test/scenarios/checks.ts';

const REGISTRY = [
  aCheck({ id: 'subnet-ip-exhaustion', area: 'subnet' }),
  aCheck({ id: 'node-ip-capacity', area: 'node' }),
  aCheck({ id: 'max-pods-mismatch', area: 'node' }),
];
const CONFIG = parseConfig('checks: { max-pods-mismatch: { enabled: false } }', 'cniwatch.yaml', REGISTRY);
const select = (selection: Parameters<typeof selectChecks>[0]) =>
  selectChecks(selection, CONFIG, REGISTRY).checks.map(({ id }) => id);

test.each([
  [{}, ['subnet-ip-exhaustion', 'node-ip-capacity']],
  [{ area: ['node'] }, ['node-ip-capacity']],
  [{ check: ['node-ip-capacity', 'subnet-ip-exhaustion'] }, ['subnet-ip-exhaustion', 'node-ip-capacity']],
  [{ check: ['max-pods-mismatch'] }, ['max-pods-mismatch']],
])('%j selects %j', (selection, ids) => expect(select(selection)).toEqual(ids));

describe('a selection that cannot be meant', () => {
  test.each([
    [{ check: ['subnet-ip-exaustion'] }, 'there is no check "subnet-ip-exaustion": did you mean "subnet-ip-exhaustion"?'],
    [{ check: ['x'] }, 'there is no check "x": `cniwatch explain --list` names them'],
    [{ area: ['nodes'] }, 'there is no area "nodes": did you mean "node"?'],
    [{ area: ['windows'] }, 'there is no area "windows": there are subnet, node'],
    [{ area: ['subnet'], check: ['node-ip-capacity'] }, 'no check is in all of what was selected'],
  ])('%j: %s', (selection, message) => expect(() => select(selection)).toThrow(new UsageError(message)));

  test('leaves only disabled checks', () => {
    const off = parseConfig(
      'checks: { max-pods-mismatch: { enabled: false }, node-ip-capacity: { enabled: false } }',
      'cniwatch.yaml',
      REGISTRY,
    );
    expect(() => selectChecks({ area: ['node'] }, off, REGISTRY)).toThrow('every check of this selection is disabled');
  });
});

test('a named check runs with the configuration that says so', () => {
  const { config } = selectChecks({ check: ['max-pods-mismatch'] }, CONFIG, REGISTRY);
  expect(config.checks['max-pods-mismatch']).toMatchObject({ enabled: true });
});

test('a check that only an override enables is left to the cluster, and a named one runs whatever overrides say', () => {
  const text = `
checks: { max-pods-mismatch: { enabled: false } }
overrides:
  - { match: { clusters: [a] }, checks: { max-pods-mismatch: { enabled: true } } }
  - { match: { clusters: [b] }, checks: { node-ip-capacity: { enabled: false, options: { warningPercent: 5 } } } }
`;
  const config = parseConfig(text, 'cniwatch.yaml', REGISTRY);
  expect(selectChecks({}, config, REGISTRY).checks.map(({ id }) => id)).toContain('max-pods-mismatch');
  const named = selectChecks({ check: ['node-ip-capacity'] }, config, REGISTRY).config;
  expect(named.overrides[1]?.checks).toEqual({ 'node-ip-capacity': { options: { warningPercent: 5 } } });
  expect(named.overrides[0]).toEqual(config.overrides[0]);
});
