import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configOrder } from '#lib/network/cni-config/config-order.ts';

const namesOf = (names: readonly string[]) => configOrder(names.map((name) => ({ name }))).map(({ name }) => name);

test.each<[string, readonly string[], readonly string[]]>([
  ['Cilium before the VPC CNI', ['10-aws.conflist', '05-cilium.conflist'], ['05-cilium.conflist', '10-aws.conflist']],
  [
    'the VPC CNI before Calico before flannel',
    ['10-flannel.conflist', '10-calico.conflist', '10-aws.conflist'],
    ['10-aws.conflist', '10-calico.conflist', '10-flannel.conflist'],
  ],
  ['one plugin before a list of the same name', ['10-x.conflist', '10-x.conf'], ['10-x.conf', '10-x.conflist']],
  ['digits as characters, not as numbers', ['9-x.conf', '10-x.conf'], ['10-x.conf', '9-x.conf']],
  ['capitals before small letters', ['a.conf', 'Z.conf'], ['Z.conf', 'a.conf']],
  ['a hidden file first', ['0.conf', '.hidden.conf'], ['.hidden.conf', '0.conf']],
  ['JSON too', ['b.json', 'a.json'], ['a.json', 'b.json']],
  ['nothing else', ['calico-kubeconfig', '10-aws.conflist.cilium_bak', 'x.CONF', 'conf', 'README.md'], []],
])('%s', (_, names, expected) => {
  expect(namesOf(names)).toEqual(expected);
});

/** Byte by byte, as a person would. */
function comesBefore(a: string, b: string): boolean {
  const [left, right] = [[...new TextEncoder().encode(a)], [...new TextEncoder().encode(b)]];
  for (const [at, byte] of left.entries()) {
    const other = right[at];
    if (other === undefined || byte > other) return false;
    if (byte < other) return true;
  }
  return left.length < right.length;
}

test('the first comes before all others, byte by byte, whatever the order in which they are told', () => {
  const name = fc
    .tuple(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.constantFrom('.conf', '.conflist', '.json', '.bak'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 8 }), (names) => {
      const ordered = namesOf(names);
      expect(ordered.toSorted()).toEqual(names.filter((one) => !one.endsWith('.bak')).toSorted());
      for (const [at, one] of ordered.entries())
        for (const later of ordered.slice(at + 1)) expect(comesBefore(one, later), `${one} ${later}`).toBe(true);
      expect(namesOf(names.toReversed())).toEqual(ordered);
    }),
  );
});
