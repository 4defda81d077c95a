import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '#test/cli/run-cniwatch.ts';

const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const picture = /```\n(CRITICAL[\s\S]*?)```/.exec(readme)?.[1] ?? '';

/** How many findings there are changes with every check, and tells a reader nothing. */
const withoutCounts = (line: string): string => line.replace(/ \d+ (critical|unknown|warning|ok|not applicable)/g, ' n $1');

test('the picture of the README is what the embedded fleet prints, less what it leaves out', async () => {
  const { out } = await run(['demo', '--out-file', '-'], {});
  const printed = new Set(out.split('\n').map(withoutCounts));
  const lines = picture.split('\n');
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => !printed.has(withoutCounts(line)))).toEqual([]);
});
