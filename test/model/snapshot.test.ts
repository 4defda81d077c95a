import { expect, test } from 'vitest';
import { parseSnapshot, SLICE_KEYS, SNAPSHOT_VERSION, SnapshotTooNew, SnapshotUnreadable } from '#lib/model/snapshot.ts';
import { aNode, aPod, aSnapshot, aSubnet, DENIED } from '#test/scenarios/slices.ts';

const snapshot = aSnapshot({ subnets: [aSubnet()], nodes: [aNode()], pods: [aPod()], events: DENIED });

test('a Snapshot survives writing and reading, failed slices too', () => {
  expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
});

test('a Snapshot of a newer version is refused by name, with what to do', () => {
  const newer = JSON.stringify({ ...snapshot, version: SNAPSHOT_VERSION + 1 });
  expect(() => parseSnapshot(newer)).toThrow(SnapshotTooNew);
  expect(() => parseSnapshot(newer)).toThrow(/update cniwatch/);
});

test.each([
  ['a cut file', JSON.stringify(snapshot).slice(0, 500), /not valid JSON.*cut short/],
  ['another document', '{"kind":"List"}', /not a cniwatch Snapshot: at version/],
  ['null', 'null', /not a cniwatch Snapshot/],
  ['a list', '[]', /not a cniwatch Snapshot/],
  [
    'a field of the wrong type',
    JSON.stringify({
      ...snapshot,
      slices: { ...snapshot.slices, subnets: { ok: true, data: [{ ...aSubnet(), availableIpAddressCount: '3' }] } },
    }),
    /at slices\.subnets\.data\.0\.availableIpAddressCount/,
  ],
])('%s is refused, naming the place', (_, text, message) => {
  expect(() => parseSnapshot(text)).toThrow(SnapshotUnreadable);
  expect(() => parseSnapshot(text)).toThrow(message);
});

test.each(SLICE_KEYS)('of an older Snapshot without the source %s, that one is a stated failure and the rest stands', (key) => {
  const slices = Object.fromEntries(Object.entries(snapshot.slices).filter(([name]) => name !== key));
  const { slices: read } = parseSnapshot(JSON.stringify({ ...snapshot, slices }));
  expect(read[key]).toMatchObject({ ok: false, code: 'InputMissing', reason: expect.stringMatching(/did not read it yet/) });
  expect({ ...read, [key]: undefined }).toEqual({ ...snapshot.slices, [key]: undefined });
});
