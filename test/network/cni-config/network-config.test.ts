import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkConfig } from '#lib/network/cni-config/network-config.ts';
import { isMeantBeside, kindsOf, namedKubeconfigs, neededBinaries } from '#lib/network/cni-config/plugin-needs.ts';
import { AWS_CONFLIST } from '#lib/sandbox/builder/node-files.ts';

const list = (over: object = {}, directories: readonly string[] = []) =>
  networkConfig(
    { name: '10-x.conflist', content: JSON.stringify({ cniVersion: '1.0.0', name: 'x', plugins: [{ type: 'a' }], ...over }) },
    directories,
  );
const one = (document: unknown, name = '10-x.conf') => networkConfig({ name, content: JSON.stringify(document) }, []);
const usable = { kind: 'network' };
const broken = (why: RegExp, certain = true) => ({ kind: 'fault', certain, why: expect.stringMatching(why) });

describe('a list', () => {
  test.each<[string, object, object]>([
    ['what it must have', {}, { ...usable, name: 'x', plugins: [{ type: 'a' }] }],
    ['no version', { cniVersion: undefined }, usable],
    ['a version that is a number', { cniVersion: 1 }, broken(/`cniVersion` is no text/)],
    ['no name', { name: undefined }, broken(/no `name`/)],
    ['a name that is no text', { name: 7 }, broken(/`name` is no text/)],
    ['an empty name', { name: '' }, broken(/`name` is empty/)],
    ['a name with a blank', { name: 'my net' }, broken(/other characters/)],
    ['no plugins', { plugins: undefined }, broken(/no `plugins`/)],
    ['an empty list of plugins', { plugins: [] }, broken(/no `plugins`/)],
    ['plugins that are no list', { plugins: {} }, broken(/no list/)],
    ['a plugin that is no object', { plugins: ['a'] }, broken(/plugin 1 is no object/)],
    ['a plugin without a type', { plugins: [{ type: 'a' }, { name: 'b' }] }, broken(/plugin 2 has no `type`/)],
    ['a plugin of an empty type', { plugins: [{ type: '' }] }, broken(/plugin 1 has no `type`/)],
    ['a type that is no text', { plugins: [{ type: 1 }] }, broken(/no text/)],
    ['a type that is a path', { plugins: [{ type: '/opt/cni/bin/a' }] }, broken(/is a path/)],
    ['a key in capitals, which Go takes as well', { plugins: [{ Type: 'a' }] }, usable],
    ['capabilities that are words', { plugins: [{ type: 'a', capabilities: { portMappings: 'yes' } }] }, broken(/capabilities/)],
    ['an ipam that is a word', { plugins: [{ type: 'a', ipam: 'host-local' }] }, broken(/`ipam` of plugin 1 is no object/)],
    ['an ipam of no type', { plugins: [{ type: 'a', ipam: {} }] }, usable],
    ['disableCheck in words', { disableCheck: 'True' }, usable],
    ['disableCheck in other words', { disableCheck: 'yes' }, broken(/`disableCheck` is neither/)],
    ['disableGC as a number', { disableGC: 0 }, broken(/`disableGC` is neither/)],
  ])('with %s', (_, over, expected) => {
    expect(list(over)).toMatchObject(expected);
  });

  test.each<[string, object, readonly string[], object]>([
    ['a directory of the network’s name', { plugins: [] }, ['x'], broken(/older container runtimes/, false)],
    ['such a directory that is not to be used', { plugins: [], loadOnlyInlinedPlugins: true }, ['x'], broken(/no `plugins`/)],
    ['another directory', { plugins: [] }, ['multus.d'], broken(/no `plugins`/)],
  ])('without plugins, beside %s', (_, over, directories, expected) => {
    expect(list(over, directories)).toMatchObject(expected);
  });
});

describe('a file that is no list', () => {
  test.each<[string, unknown, object]>([
    ['one plugin', { name: 'x', type: 'a' }, { ...usable, name: 'x', plugins: [{ type: 'a' }] }],
    ['a list in it', { name: 'x', plugins: [{ type: 'a' }] }, broken(/must end in \.conflist/)],
    ['no type', { name: 'x' }, broken(/no `type`/)],
    ['no name', { type: 'a' }, broken(/no `name`/)],
    ['null', null, broken(/no object/)],
    ['a list of JSON', [], broken(/no object/)],
  ])('with %s', (_, document, expected) => {
    expect(one(document)).toMatchObject(expected);
    expect(one(document, '10-x.json')).toMatchObject(expected);
  });
});

describe('lines that end as in Windows', () => {
  test('never change the verdict', () => {
    const text = fc.oneof(fc.json(), fc.constantFrom(AWS_CONFLIST, '{\n"name":"x",\n}', '{\n'), fc.string());
    fc.assert(
      fc.property(text, fc.constantFrom('a.conf', 'a.conflist'), (content, name) => {
        const read = networkConfig({ name, content }, []);
        const windows = networkConfig({ name, content: content.replaceAll(/\r?\n/g, '\r\n') }, []);
        expect(windows.kind).toBe(read.kind);
        if (read.kind === 'network') expect(windows).toEqual(read);
      }),
    );
  });

  test('are as good as others in what the VPC CNI writes', () => {
    const content = AWS_CONFLIST.replaceAll('\n', '\r\n');
    expect(networkConfig({ name: '10-aws.conflist', content }, [])).toMatchObject({ kind: 'network', name: 'aws-cni' });
  });
});

function network(document: object) {
  const read = networkConfig({ name: 'x.conflist', content: JSON.stringify({ name: 'x', ...document }) }, []);
  if (read.kind === 'fault') throw new Error(read.why);
  return read;
}
const of = (...types: readonly string[]) => network({ plugins: types.map((type) => ({ type })) });

test.each<[string, ReturnType<typeof network>, readonly string[]]>([
  ['plugins, and the loopback that the runtime calls itself', of('a', 'b'), ['a', 'b', 'loopback']],
  ['the ipam of a plugin', network({ plugins: [{ type: 'a', ipam: { type: 'host-local' } }] }), ['a', 'host-local', 'loopback']],
  ['what flannel calls unsaid', of('flannel', 'portmap'), ['flannel', 'bridge', 'host-local', 'portmap', 'loopback']],
  [
    'what Multus hands pods on to',
    network({
      plugins: [
        {
          type: 'multus',
          delegates: [{ plugins: [{ type: 'aws-cni' }, { type: 'portmap' }] }, { type: 'b', ipam: { type: 'c' } }, 7],
        },
      ],
    }),
    ['multus', 'aws-cni', 'portmap', 'b', 'c', 'loopback'],
  ],
])('binaries: %s', (_, read, expected) => {
  expect(neededBinaries(read)).toEqual(expected);
});

test.each([
  [of('aws-cni', 'portmap'), ['vpc-cni']],
  [of('aws-cni', 'cilium-cni'), ['vpc-cni', 'cilium']],
  [of('bridge', 'toString'), []],
])('whose agents are asked: %#', (read, expected) => {
  expect(kindsOf(read)).toEqual(expected);
});

test.each<[string, string[], string[], boolean]>([
  ['Multus and what it calls', ['multus'], ['aws-cni'], true],
  ['Cilium that chains on the VPC CNI', ['aws-cni', 'cilium-cni'], ['aws-cni', 'portmap'], true],
  ['the loopback of the distribution', ['aws-cni'], ['loopback'], true],
  ['Cilium, and the VPC CNI of before', ['cilium-cni'], ['aws-cni'], false],
])('one beside the other: %s', (_, first, second, expected) => {
  expect(isMeantBeside(of(...first), of(...second))).toBe(expected);
});

test('kubeconfigs are those that plugins name, below the directory', () => {
  const plugins = [
    { type: 'calico', kubernetes: { kubeconfig: '/etc/cni/net.d/calico-kubeconfig' } },
    { type: 'multus', kubeconfig: '/etc/cni/net.d/multus.d/multus.kubeconfig' },
    { type: 'b', kubeconfig: '/var/lib/kubelet/kubeconfig' },
    { type: 'c', kubeconfig: 7, kubernetes: 'x' },
  ];
  expect(namedKubeconfigs(network({ plugins }))).toEqual(['calico-kubeconfig', 'multus.d/multus.kubeconfig']);
});
