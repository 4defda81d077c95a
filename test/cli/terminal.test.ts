import { describe, expect, test } from 'vitest';
import { enterSandbox } from '#lib/cli/demo-environment.ts';
import { showProgress } from '#lib/cli/progress.ts';
import { distinctSeries } from '#lib/cli/publish-metrics.ts';
import { coloured } from '#lib/cli/system.ts';
import type { Metric } from '#lib/model/metric.ts';
import { aSystem } from '#test/cli/a-system.ts';

describe('colour', () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('on a terminal %s with %j: %s', (isTTY, env, expected) => expect(coloured({ isTTY }, env)).toBe(expected));
});

describe('progress', () => {
  test('is a line a cluster where there is no terminal', async () => {
    const system = aSystem();
    const progress = showProgress(system.stderr, 2, system.now);
    progress.source('a', { key: 'pods', state: 'page', items: 500 });
    progress.done('a', 'critical, all 24 sources read');
    await progress.end();
    expect(system.err()).toBe('a: critical, all 24 sources read\n');
  });

  test('is one live line on a terminal, no wider than it, and gone at the end', async () => {
    let at = 1_000;
    const system = aSystem({ tty: true });
    const progress = showProgress(system.stderr, 2, () => {
      at += 1_000;
      return new Date(at);
    });
    progress.source('a\u001b[2J', { key: 'pods', state: 'page', items: 500 });
    progress.source('b'.repeat(100), { key: 'nodes', state: 'started' });
    progress.done('a\u001b[2J', 'ok');
    await progress.end();
    const frames = system.err().split('\r\u001b[2K');
    expect(frames.slice(0, 2)).toEqual(['', '0 of 2 read · a: pods 500']);
    for (const frame of frames) expect(frame.length).toBeLessThan(80);
    expect(frames.at(-2)).toMatch(/^1 of 2 read · b+/);
    expect(frames.at(-1)).toBe('');
    expect(system.err()).not.toContain('\n');
  });
});

test('a series is published once, however many clusters report it', () => {
  const metric = (name: string, value: number, dimensions: Record<string, string>): Metric => ({
    name,
    unit: 'Count',
    value,
    dimensions,
  });
  const shared = { Account: '1', Region: 'r', SubnetId: 's' };
  expect(
    distinctSeries([
      metric('Free', 1, shared),
      metric('Nodes', 2, { Cluster: 'a' }),
      metric('Free', 9, { SubnetId: 's', Region: 'r', Account: '1' }),
      metric('Nodes', 3, { Cluster: 'b' }),
    ]).map((each) => ('value' in each ? each.value : undefined)),
  ).toEqual([1, 2, 3]);
});

test('the demo sees no real account, and leaves the environment as it was', () => {
  const env = { AWS_PROFILE: 'prod', AWS_ENDPOINT_URL_EKS: 'https://real', AWS_ACCESS_KEY_ID: 'real', PATH: '/bin' };
  const before = { ...env };
  const leave = enterSandbox({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'sandbox' }, env);
  expect(env).toEqual({
    PATH: '/bin',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
  leave();
  expect(env).toEqual(before);
});
