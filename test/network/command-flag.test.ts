import { expect, test } from 'vitest';
import { commandFlag } from '#lib/network/command-flag.ts';

test.each<[readonly string[], string | undefined]>([
  [['-localip', '169.254.20.10', '-conf', 'x'], '169.254.20.10'],
  [['--localip', '169.254.20.10'], '169.254.20.10'],
  [['-localip=169.254.20.10,172.20.0.10'], '169.254.20.10,172.20.0.10'],
  [['--localip='], ''],
  [['-localips', 'x', 'localip', 'y'], undefined],
  [['-localip'], undefined],
  [[], undefined],
])('%j: %s', (args, value) => {
  expect(commandFlag(args, 'localip')).toBe(value);
});
