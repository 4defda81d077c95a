import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeAnswer } from '#lib/collect/probes/node-probe-answer.ts';
import { GREETING, MOST_FILES } from '#lib/collect/probes/node-probe-script.ts';
import type { ProbedNode } from '#lib/model/node-probe.ts';
import { DEFAULT_ROUTE, type NodeFiles, scriptOn } from '#test/collect/probes/a-node.ts';

async function found(node: NodeFiles): Promise<ProbedNode> {
  const answer = probeAnswer(await scriptOn(node));
  if (typeof answer === 'string') throw new Error(answer);
  return answer;
}

describe('what the script finds on a node', () => {
  it('is its configuration, byte for byte, with owner and mode', async () => {
    const content = '{\r\n  "name": "aws-cni"\n}\n';
    const { configFiles, directories } = await found({
      config: {
        '10-aws.conflist': content,
        'multus.d/daemon.json': '{}',
        '.conf': '',
        'README.md': 'x',
        'with space.conf': '\ufeff{}',
      },
    });
    expect(directories).toEqual(['multus.d']);
    const plain = { mode: '644', uid: process.getuid?.() };
    expect(configFiles).toEqual([
      { name: '.conf', ...plain, size: 0, content: '' },
      { name: '10-aws.conflist', ...plain, size: content.length, content },
      { name: 'with space.conf', ...plain, size: 5, content: '\ufeff{}' },
    ]);
  });

  it.each<[string, NodeFiles['config'], object]>([
    ['a link to nothing', { 'a.conf': { linkTo: 'b.conf' } }, { unread: 'dangling' }],
    [
      'a link to nothing, by the path that the node has',
      { 'a.conf': { linkTo: '/etc/cni/net.d/b.conf' } },
      { unread: 'dangling' },
    ],
    ['a link by the path that the node has', { 'a.conf': { linkTo: '/etc/cni/net.d/b.txt' }, 'b.txt': '{}' }, { content: '{}' }],
    ['a link out of the directory', { 'a.conf': { linkTo: '/var/nowhere/b.conf' } }, { unread: 'outside' }],
    ['a link to a device', { 'a.conf': { linkTo: '/dev/null' } }, { unread: 'special' }],
    ['more than is read', { 'a.conf': 'x'.repeat(20_000) }, { size: 20_000, content: 'x'.repeat(16_384) }],
    ['bytes that are no UTF-8', { 'a.conf': Buffer.from([0x7b, 0xff, 0x7d]) }, { content: '{\ufffd}' }],
    ['a NUL', { 'a.conf': '{}\0' }, { content: '{}\0' }],
  ])('%s', async (_, config = {}, expected) => {
    expect((await found({ config })).configFiles).toMatchObject([{ name: 'a.conf', ...expected }]);
  });

  it('tells of the first files in their order, and of the others that they are there', async () => {
    const names = Array.from({ length: MOST_FILES + 2 }, (_, at) => `${at + 10}.conf`);
    const { configFiles } = await found({ config: Object.fromEntries(names.map((name) => [name, '{}'])) });
    expect(configFiles.map(({ name }) => name)).toEqual(names);
    expect(configFiles.map(({ unread }) => unread).filter(Boolean)).toEqual(['omitted', 'omitted']);
  });

  it('leaves secrets on the node, or blots them out', async () => {
    const log = await scriptOn({
      config: {
        'calico-kubeconfig':
          'clusters:\n- cluster:\n    server: "https://10.100.0.1:443"\nusers:\n- user:\n    token: eyJhbGciOiJSUzI1NiJ9.e30.x\n',
        'multus.d/multus.kubeconfig': '    server: https://a\n  - server: https://b\n',
        'a.conf': '{"policy":{"k8s_auth_token":"top\\"secret","type":"k8s"}}',
      },
    });
    const words = log.split(/\s/).map((word) => Buffer.from(word, 'base64').toString('latin1'));
    expect(words.filter((word) => word.includes('eyJ'))).toEqual([]);
    const answer = probeAnswer(log);
    expect(answer).toMatchObject({
      kubeconfigs: [
        { path: 'calico-kubeconfig', servers: ['https://10.100.0.1:443'] },
        { path: 'multus.d/multus.kubeconfig', servers: ['https://a', 'https://b'] },
      ],
      configFiles: [{ content: '{"policy":{"k8s_auth_token":"hidden","type":"k8s"}}' }],
    });
  });

  it('is its plugins, with their modes', async () => {
    const { binaries } = await found({
      binaries: { 'aws-cni': {}, portmap: { mode: 0o644 }, gone: { linkTo: '/usr/libexec/cni/gone' } },
    });
    expect(binaries).toEqual([{ name: 'aws-cni', mode: '755' }, { name: 'gone' }, { name: 'portmap', mode: '644' }]);
  });

  it.each<[string | undefined, object]>([
    ['bpf', { bpfFileSystem: 'bpf' }],
    ['sysfs', { bpfFileSystem: 'sysfs' }],
    [undefined, {}],
  ])('is the file system at /sys/fs/bpf: %s', async (bpf, expected) => {
    const { bpfFileSystem } = await found(bpf === undefined ? {} : { bpf });
    expect({ ...(bpfFileSystem && { bpfFileSystem }) }).toEqual(expected);
  });

  it('is its routes, but for those of single addresses and those that lead nowhere', async () => {
    const { routes, defaultRoutesV6 } = await found({
      routes: [
        DEFAULT_ROUTE,
        'flannel.1\t0001F40A\t0001F40A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0',
        'eni1\t0B00000A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
        '*\t0002F40A\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0',
      ],
      routesV6: [
        `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth0`,
        `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 00200200       lo`,
        `fe80${'0'.repeat(28)} 40 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000100 00000001 00000000 00000001     eth0`,
      ],
    });
    expect(routes).toEqual([
      { cidr: '0.0.0.0/0', gateway: '10.0.0.1', device: 'eth0' },
      { cidr: '10.244.1.0/24', gateway: '10.244.1.0', device: 'flannel.1' },
    ]);
    expect(defaultRoutesV6).toEqual(['eth0']);
  });

  it("is flannel's link, its neighbours, and forwarding entries where the image can read them", async () => {
    const node: NodeFiles = {
      links: {
        eth0: ['0x1003', '02:00:00:00:00:01'],
        'flannel.1': ['0x1003', 'aa:bb:cc:00:00:01'],
        cni0: ['0x1002', 'aa:bb:cc:00:00:09'],
      },
      arp: [
        '10.244.2.0       0x1         0x6         aa:bb:cc:00:00:02     *        flannel.1',
        '10.0.0.1         0x1         0x2         02:00:00:00:00:09     *        eth0',
      ],
    };
    const told = {
      links: [
        { name: 'cni0', up: false, mac: 'aa:bb:cc:00:00:09' },
        { name: 'flannel.1', up: true, mac: 'aa:bb:cc:00:00:01' },
      ],
      neighbours: [{ address: '10.244.2.0', mac: 'aa:bb:cc:00:00:02', device: 'flannel.1' }],
    };
    const without = await found(node);
    expect(without).toMatchObject(told);
    expect(without.forwarding).toBeUndefined();
    const fdb = 'aa:bb:cc:00:00:02 dst 10.0.0.2 self permanent';
    expect(await found({ ...node, fdb })).toMatchObject({
      ...told,
      forwarding: [{ mac: 'aa:bb:cc:00:00:02', destination: '10.0.0.2', device: 'flannel.1' }],
    });
    expect((await found({ ...node, fdb: '' })).forwarding).toEqual([]);
  });
});

it('of a file or a kubeconfig that cannot be read, the mode and the owner are told', () => {
  const [file, path] = ['a.conf', 'calico-kubeconfig'].map((name) => Buffer.from(name).toString('base64'));
  const log = `${GREETING}\nconfig ${file} 0 0 12 refused\nkubeconfig ${path} refused\nend\n`;
  expect(probeAnswer(log)).toMatchObject({
    configFiles: [{ name: 'a.conf', mode: '0', uid: 0, size: 12, unread: 'refused' }],
    kubeconfigs: [{ path: 'calico-kubeconfig', servers: [], unread: true }],
  });
});

describe('an answer that is none', () => {
  const name = Buffer.from('a.conf').toString('base64');
  it.each([
    ['nothing', '', /cut off/],
    ['an image of another kind', '{"level":"info"}\nend\n', /something else: is the image/],
    ['the beginning alone', `${GREETING}\nconfig ${name} 644 0 2 read e30=\n`, /cut off after 2 lines/],
    ['a last line that is cut', `${GREETING}\nend`, /cut off/],
    ['an unknown line', `${GREETING}\nconfig \u001b[31m\nend\n`, /"config \?\[31m", which is not understood/],
    ['lines without end', `${GREETING}\n${'cut routes\n'.repeat(10_001)}end\n`, /more than any node/],
    [
      'a name that is too long',
      `${GREETING}\ndirectory ${Buffer.from('x'.repeat(300)).toString('base64')}\nend\n`,
      /directories\.0/,
    ],
    ['a mode that is none', `${GREETING}\nconfig ${name} 77777 0 2 read e30=\nend\n`, /configFiles\.0\.mode/],
  ])('%s', (_, log, expected) => {
    expect(probeAnswer(log)).toMatch(expected);
  });

  it('does not break on what a node may write', () => {
    const field = fc.oneof(fc.constantFrom('-', name, '644', '0x1', 'eth0', 'read', '00000000'), fc.string());
    const line = fc
      .tuple(
        fc.constantFrom(
          'config',
          'binary',
          'kubeconfig',
          'server',
          'bpf',
          'route',
          'default6',
          'link',
          'neighbour',
          'forward',
          'cut',
        ),
        fc.array(field, { maxLength: 7 }),
      )
      .map(([word, fields]) => [word, ...fields].join(' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const answer = probeAnswer([GREETING, ...lines, 'end', ''].join('\n'));
        expect(typeof answer === 'string' ? answer.length < 400 : Array.isArray(answer.configFiles)).toBe(true);
      }),
    );
  });

  it('with JSON as deep as it may be is a text like any other', () => {
    const content = Buffer.from('['.repeat(12_000)).toString('base64');
    expect(probeAnswer(`${GREETING}\nconfig ${name} 644 0 12000 read ${content}\nend\n`)).toMatchObject({
      configFiles: [{ size: 12_000 }],
    });
  });
});
