import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { trunkSupport } from '#lib/network/branch-limits.ts';

// Figures of the EKS User Guide, "Assign security groups to individual Pods", among them.
test.each([
  ['m5.large', { kind: 'supported', branches: 9 }],
  ['m5.24xlarge', { kind: 'supported', branches: 107 }],
  ['t3.large', { kind: 'unsupported' }],
  ['t4g.small', { kind: 'unsupported' }],
  ['i4i.large', { kind: 'unsupported' }],
  ['m4.large', { kind: 'unsupported' }],
  ['x99.mega', { kind: 'unlisted' }],
  ['', { kind: 'unlisted' }],
])('%s is %o', (type, support) => expect(trunkSupport(type)).toEqual(support));

test('the table is the one from which the sandbox takes its types', () => {
  const url = new URL('../../lib/sandbox/data/instance-limits.tsv', import.meta.url);
  const lines = readFileSync(url, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const rows = lines.map((line) => line.split('\t'));
  const [header = [], ...types] = rows;
  const at = (row: readonly string[], name: string) => row[header.indexOf(name)] ?? '';
  const wrong = types.filter((row) => {
    const support = trunkSupport(at(row, 'instanceType'));
    const limit = at(row, 'branchEniLimit');
    const branches = support.kind === 'supported' ? support.branches : 0;
    return limit === '' ? support.kind !== 'unlisted' : support.kind === 'unlisted' || branches !== Number(limit);
  });
  expect(types.length).toBeGreaterThan(1000);
  expect(wrong).toEqual([]);
});
