import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CiliumAgentReading } from '#lib/model/cilium-agent.ts';
import { byCommonNode, type UnreachablePeer, unreachablePeers } from '#lib/network/cilium/unreachable-peers.ts';

type Failing = NonNullable<CiliumAgentReading['peers']>['failing'];
const pods = (name: string): Failing[number] => ({ name, node: {}, endpoint: { http: 'timed out' } });
const reading = (nodeName: string, failing: Failing): CiliumAgentReading => ({
  nodeName,
  podName: `cilium-${nodeName}`,
  peers: { peers: 3, unprobed: 0, failing, failingCount: failing.length },
});
const READY = new Set(['a', 'b', 'c', 'd']);

describe('nodes that cannot reach each other', () => {
  it.each<[string, readonly CiliumAgentReading[], readonly Partial<UnreachablePeer>[]]>([
    ['nothing fails', [reading('a', []), reading('b', [])], []],
    [
      'both ways fail',
      [reading('a', [pods('b')]), reading('b', [pods('a')])],
      [
        { from: 'a', to: 'b', what: 'pods', back: 'fails' },
        { from: 'b', to: 'a', what: 'pods', back: 'fails' },
      ],
    ],
    ['one way fails', [reading('a', [pods('b')]), reading('b', [])], [{ from: 'a', to: 'b', back: 'works' }]],
    ['the other was not asked', [reading('a', [pods('b')])], [{ from: 'a', to: 'b', back: 'untold' }]],
    [
      'the other could not be read',
      [reading('a', [pods('b')]), { nodeName: 'b', podName: 'cilium-b', peersUnread: 'no.' }],
      [{ from: 'a', to: 'b', back: 'untold' }],
    ],
    ['pings alone fail', [reading('a', [{ name: 'b', node: { ping: 'timed out' }, endpoint: { ping: 'timed out' } }])], []],
    [
      'the node alone fails',
      [reading('a', [{ name: 'b', node: { http: 'refused' }, endpoint: {} }])],
      [{ from: 'a', to: 'b', what: 'node', reason: 'refused' }],
    ],
    [
      'node and pods fail',
      [reading('a', [{ name: 'b', node: { http: 'refused' }, endpoint: { http: 'timed out' } }])],
      [{ from: 'a', to: 'b', what: 'pods', reason: 'timed out' }],
    ],
    ['the peer is not ready, or of another cluster', [reading('a', [pods('gone'), pods('other/b')])], []],
    ['the one that tells is not ready', [reading('gone', [pods('a')])], []],
  ])('%s', (_, readings, pairs) => {
    const found = unreachablePeers(readings, READY);
    expect(found).toHaveLength(pairs.length);
    expect(found).toMatchObject(pairs);
  });
});

const pair = (from: string, to: string): UnreachablePeer => ({ from, to, what: 'pods', reason: '', back: 'fails' });

describe('the node that pairs are told of', () => {
  it.each<[string, readonly UnreachablePeer[], readonly string[]]>([
    ['none', [], []],
    ['of two, the first by name', [pair('b', 'a'), pair('a', 'b')], ['a']],
    ['the one that nobody reaches', [pair('a', 'd'), pair('b', 'd'), pair('c', 'd')], ['d']],
    ['the one that reaches nobody', [pair('d', 'a'), pair('d', 'b')], ['d']],
    ['two of them', [pair('a', 'd'), pair('b', 'd'), pair('e', 'g'), pair('f', 'g'), pair('h', 'g')], ['g', 'd']],
  ])('%s', (_, pairs, nodes) => {
    expect([...byCommonNode(pairs).keys()]).toEqual(nodes);
  });

  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const anyPairs = fc
    .uniqueArray(fc.tuple(name, name), { selector: ([from, to]) => `${from} ${to}`, maxLength: 20 })
    .map((all) => all.filter(([from, to]) => from !== to).map(([from, to]) => pair(from, to)));

  it('every pair is told once, of one of its two nodes', () => {
    fc.assert(
      fc.property(anyPairs, (pairs) => {
        const told = [...byCommonNode(pairs)];
        for (const [node, own] of told) for (const { from, to } of own) expect([from, to]).toContain(node);
        const all = told.flatMap(([, own]) => own);
        expect(new Set(all)).toEqual(new Set(pairs));
        expect(all).toHaveLength(pairs.length);
      }),
    );
  });

  it('a single node in common is the only one told', () => {
    const others = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'e', 'f'), { minLength: 2 });
    fc.assert(
      fc.property(others, fc.boolean(), (names, outward) => {
        const pairs = names.map((other) => (outward ? pair('d', other) : pair(other, 'd')));
        expect([...byCommonNode(pairs).keys()]).toEqual(['d']);
      }),
    );
  });
});
