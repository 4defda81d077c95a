import { describe, expect, test } from 'vitest';
import { main } from '#lib/cli/main.ts';
import { reportError } from '#lib/cli/report-errors.ts';
import { Interrupted } from '#lib/cli/system.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import { aSystem } from '#test/cli/a-system.ts';

async function run(...argv: string[]) {
  const system = aSystem();
  const code = await main(argv, { version: '1.2.3', system });
  return { code, out: system.out(), err: system.err() };
}

describe('what is asked of the command line itself goes to stdout and is 0', () => {
  test.each([
    [['--version'], '1.2.3\n'],
    [['--help'], 'Start with: cniwatch demo'],
    [['check', '--help'], 'Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown'],
    [['help', 'capture'], 'Usage: cniwatch capture'],
    [['explain', '--list', '--output', 'json'], '['],
  ])('%j', async (argv, text) => {
    const { code, out, err } = await run(...argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(text);
  });
});

describe('wrong usage is 64, says what is wrong, and leaves stdout empty', () => {
  test.each([
    [[], 'Usage: cniwatch'],
    [['chekc'], "unknown command 'chekc'\n(Did you mean check?)"],
    [['check', '--clutser', 'a'], "unknown option '--clutser'\n(Did you mean --cluster?)"],
    [['check', '--output', 'pdf'], 'Allowed choices are table, json, markdown, html, junit, csv, prometheus.'],
    [['check', '--fail-on', 'all'], 'Allowed choices are warning, critical, never.'],
    [['check', '--deadline', 'soon'], 'it must be a whole number from 1 to 3600.'],
    [['check', '--concurrency', '0'], 'it must be a whole number from 1 to 64.'],
    [['check', '--cluster', 'a,,b'], 'a name is empty.'],
    [['check', '--snapshot', 's.json', '--all'], '--snapshot excludes --cluster and --all'],
    [['check', '--snapshot', 's.json', '--publish-metrics'], '--publish-metrics is for live clusters'],
    [['check', '--config', '/nowhere/cniwatch.yaml'], 'the configuration /nowhere/cniwatch.yaml cannot be read (ENOENT)'],
    [['capture', '--cluster', 'a', '--all'], '--cluster and --all exclude each other'],
    [['capture'], 'which clusters? Give --cluster NAME or --all'],
    [['explain', 'nothing-like-it'], 'there is no check "nothing-like-it"'],
    [['explain', 'a', 'b'], 'too many arguments'],
  ])('%j', async (argv, text) => {
    const { code, out, err } = await run(...argv);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(text);
  });
});

describe('an error is told in a line, with what to do, and never with its stack', () => {
  const failure = new ReadFailure('AccessDenied', 'eks:DescribeCluster was denied.', 'Allow the action.');
  test.each([
    ['of usage', new UsageError('which clusters?'), 64, 'error: which clusters?\n'],
    ['of reading', failure, 3, 'error: eks:DescribeCluster was denied.\n  Allow the action.\n'],
    ['with terminal escapes', new UsageError('\u001b[2Jx'), 64, 'error: x\n'],
    ['of interruption', new Interrupted('SIGINT'), 130, 'interrupted: nothing was reported\n'],
    ['of termination', new Interrupted('SIGTERM', '1 of 2'), 143, 'interrupted: 1 of 2\n'],
  ])('%s', async (_, error, code, text) => {
    const system = aSystem();
    expect(await reportError(error, system)).toBe(code);
    expect(system.err()).toBe(text);
  });

  test('nobody foresaw', async () => {
    const system = aSystem();
    expect(await reportError(new TypeError('x is not a function'), system)).toBe(3);
    expect(system.err()).toContain('error: unexpected: x is not a function\n  This is a defect of cniwatch');
    expect(system.err()).not.toContain('    at ');
  });
  test('is told with its stack where CNIWATCH_DEBUG=1', async () => {
    const system = aSystem({ env: { CNIWATCH_DEBUG: '1' } });
    await reportError(new TypeError('x is not a function'), system);
    expect(system.err()).toContain('    at ');
  });
});
