import { describe, expect, it } from 'vitest';
import { ofKinds, type Slice } from '#lib/model/slice.ts';
import { parseSnapshot } from '#lib/model/snapshot.ts';
import { aSnapshot, DENIED } from '#test/scenarios/slices.ts';

const unread = (kind: string) => ({ kind, code: 'Forbidden' as const, reason: `${kind} answered 403.`, remedy: `grant ${kind}` });
const PARTLY: Slice<string[]> = { ok: true, data: ['a'], unread: [unread('IPPool'), unread('BGPPeer')] };

describe('a slice of which some kinds were not read', () => {
  it.each<[string, Slice<string[]>, readonly string[] | undefined, object]>([
    ['is whole for who needs other kinds', PARTLY, ['CiliumNode'], { ok: true, data: ['a'] }],
    [
      'has failed for who needs one of them',
      PARTLY,
      ['CiliumNode', 'BGPPeer'],
      { ok: false, code: 'Forbidden', reason: 'BGPPeer could not be listed (BGPPeer answered 403).', remedy: 'grant BGPPeer' },
    ],
    [
      'has failed for who needs all',
      PARTLY,
      undefined,
      { ok: false, reason: 'IPPool could not be listed (IPPool answered 403); nor could BGPPeer.' },
    ],
    ['and one that failed wholly has failed for everybody', DENIED, ['CiliumNode'], DENIED],
    ['and one that was read whole for nobody', { ok: true, data: [] }, undefined, { ok: true, data: [] }],
  ])('%s', (_what, slice, kinds, expected) => {
    expect(ofKinds(slice, kinds)).toMatchObject(expected);
  });

  it('stands so in a Snapshot, and one of before has none', () => {
    const cniResources = { ok: true as const, data: [], unread: [unread('IPPool')] };
    expect(parseSnapshot(JSON.stringify(aSnapshot({ cniResources }))).slices.cniResources).toEqual(cniResources);
    expect(parseSnapshot(JSON.stringify(aSnapshot())).slices.cniResources).toEqual({ ok: true, data: [] });
  });
});
