/** The shipped table of limits against the arithmetic of lib/network, row by row. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { trunkSupport } from '#lib/network/branch-limits.ts';
import { expectedMaxPods } from '#lib/network/max-pods.ts';
import { canDelegatePrefixes, nodeCapacity } from '#lib/network/node-capacity.ts';
import { MANIFEST_SETTINGS } from '#lib/network/pod-ipam.ts';
import { branchLimit, instanceTypeTable } from '#lib/sandbox/instance-types.ts';

/** The table as it is written, read without the code that serves it. */
const lines = readFileSync(new URL('../../lib/sandbox/data/instance-limits.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const header = lines[0]?.split('\t') ?? [];
const rows = lines.slice(1).map((line) => {
  const cells = line.split('\t');
  return Object.fromEntries(header.map((name, at) => [name, cells[at] ?? '']));
});
const types = new Map(instanceTypeTable().map((type) => [type.instanceType, type]));

describe('each row', () => {
  it.each([
    ['secondary addresses', {}, (enis: number, ips: number) => enis * (ips - 1)],
    ['custom networking', { customNetworking: true }, (enis: number, ips: number) => (enis - 1) * (ips - 1)],
  ])('gives the capacity of the published formula: %s', (_, settings, formula) => {
    const wrong = rows.flatMap((row) => {
      const type = types.get(row['instanceType'] ?? '');
      if (type === undefined) return [`${row['instanceType']} is not served`];
      const enis = Number(row['defaultCardMaxEni'] || row['maxEni']);
      const capacity = nodeCapacity(type, { ...MANIFEST_SETTINGS, ...settings }, []);
      const wanted = Math.max(0, formula(enis, Number(row['ipv4PerEni'])));
      const given = [capacity.ipCapacity, expectedMaxPods(type, capacity)];
      return given[0] === wanted && given[1] === wanted + 2 ? [] : [`${row['instanceType']}: ${given}, not ${wanted}`];
    });
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(1_300);
  });

  it('gives sixteen times as much with prefixes where the type takes them, and the same where it does not', () => {
    const wrong = [...types.values()].filter((type) => {
      const plain = nodeCapacity(type, MANIFEST_SETTINGS, []).ipCapacity ?? 0;
      const prefixed = nodeCapacity(type, { ...MANIFEST_SETTINGS, prefixDelegation: true }, []).ipCapacity;
      return prefixed !== plain * (canDelegatePrefixes(type) ? 16 : 1);
    });
    expect(wrong.map(({ instanceType }) => instanceType)).toEqual([]);
  });

  it('says of prefixes what the CNI does: Nitro and bare metal take them', () => {
    const wrong = rows.filter((row) => {
      const type = types.get(row['instanceType'] ?? '');
      return type === undefined || String(canDelegatePrefixes(type)) !== row['supportsPrefixDelegation'];
    });
    expect(wrong.map((row) => row['instanceType'])).toEqual([]);
  });

  it('takes the branches that checks count with', () => {
    const wrong = rows.filter(({ instanceType = '' }) => {
      const support = trunkSupport(instanceType);
      return support.kind !== 'unlisted' && branchLimit(instanceType) !== (support.kind === 'supported' ? support.branches : 0);
    });
    expect(wrong.map((row) => row['instanceType'])).toEqual([]);
  });
});

// Source: amazon-eks-ami templates/shared/runtime/eni-max-pods.txt.
it.each([
  ['t3.nano', 4],
  ['t3.small', 11],
  ['t3a.small', 8],
  ['t3.large', 35],
  ['m5.large', 29],
  ['r6g.medium', 8],
  ['r6i.xlarge', 58],
  ['r6in.32xlarge', 394],
  ['r6i.metal', 737],
  ['r8a.2xlarge', 158],
  ['r8a.48xlarge', 1514],
  ['r8gn.24xlarge', 1178],
  ['trn1.32xlarge', 247],
  ['trn2.48xlarge', 100],
  ['u-12tb1.metal', 147],
  ['vt1.3xlarge', 58],
  ['x1.32xlarge', 234],
  ['z1d.metal', 737],
])('%s has the %i pods that AMIs publish', (name, maxPods) => {
  const type = types.get(name);
  expect(type && expectedMaxPods(type, nodeCapacity(type, MANIFEST_SETTINGS, []))).toBe(maxPods);
});
