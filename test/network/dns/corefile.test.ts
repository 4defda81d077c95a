import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CorefileReading, readCorefile, type ServerBlock } from '#lib/network/dns/corefile.ts';
import { COREFILE } from '#lib/sandbox/builder/coredns.ts';

/** Keys and plugins, each with its arguments, and its block in braces. */
function written(reading: CorefileReading): readonly string[] | string {
  if (reading.kind === 'broken') return `${reading.line}: ${reading.reason}`;
  return reading.blocks.flatMap(({ keys, plugins }) => [
    keys.join(' '),
    ...plugins.map(({ name, args, block }) =>
      [name, ...args, ...(block.length > 0 ? [`{${block.map((line) => line.join(' ')).join('; ')}}`] : [])].join(' '),
    ),
  ]);
}

const READ = [
  '.:53',
  'errors',
  'health {lameduck 5s}',
  'ready',
  'kubernetes cluster.local in-addr.arpa ip6.arpa {pods insecure; fallthrough in-addr.arpa ip6.arpa}',
  'prometheus :9153',
  'forward . /etc/resolv.conf',
  'cache 30',
  'loop',
  'reload',
  'loadbalance',
];

describe('a Corefile', () => {
  test.each<[string, string, readonly string[] | string]>([
    ['of the EKS add-on', COREFILE, READ],
    ['with CRLF', COREFILE.replaceAll('\n', '\r\n'), READ],
    ['with a byte order mark', `\uFEFF${COREFILE}`, READ],
    ['without a last line break', COREFILE.trimEnd(), READ],
    ['with tabs and comments', COREFILE.replace('ready', '\tready # for the probe\n# and a line of its own'), READ],
    ['that is empty', '', []],
    ['of comments alone', '# nothing\n', []],
    ['of two servers', 'a.org {\n  cache\n}\nb.org:54 {\n  loop\n}', ['a.org', 'cache', 'b.org:54', 'loop']],
    ['of one server for several zones', 'a.org, b.org,\n  c.org {\n  cache\n}', ['a.org b.org c.org', 'cache']],
    ['with the brace on the next line', '.\n{\n  cache\n}', ['.', 'cache']],
    ['of one server without braces', '.:53\nforward . 10.0.0.2\ncache', ['.:53', 'forward . 10.0.0.2', 'cache']],
    ['of a zone alone', '.:53\n', ['.:53']],
    [
      'with words in quotes',
      '. {\n log . "{remote} \\"{name}\\"" {\n class error\n }\n}',
      ['.', 'log . {remote} "{name}" {class error}'],
    ],
    ['with an environment variable', '. {\n prometheus localhost:{$PORT}\n}', ['.', 'prometheus localhost:{$PORT}']],
    ['with blocks in a block', '. {\n a b {\n c {\n d\n }\n e\n }\n}', ['.', 'a b {c; e}']],
    ['with a snippet', '(s) {\n cache 5\n errors\n}\n. {\n import s\n loop\n}', ['.', 'cache 5', 'errors', 'loop']],
    [
      'with a snippet in a plugin',
      '(s) {\n force_tcp\n}\n. {\n forward . x {\n import s\n expire 5s\n }\n}',
      ['.', 'forward . x {force_tcp; expire 5s}'],
    ],
    ['whose last brace is missing, which CoreDNS lets pass', '. {\n hosts {\n fallthrough\n }\n', ['.', 'hosts {fallthrough}']],
    ['that is cut short', '. {\n cache 30\n', '1: the block of . is not closed'],
    ['that is cut short in a plugin', '. {\n hosts {\n', '2: the block of hosts is not closed'],
    ['with a brace too many', '. {\n cache }\n}', '2: a brace closes what was never opened'],
    ['with a comma too many', 'a.org, {\n cache\n}', '1: a comma promises another zone, and none follows'],
    ['with a snippet that imports itself', '(s) {\n import s\n}\n. {\n import s\n}', '2: the snippet s imports itself'],
    ['with a snippet twice', '(s) {\n a\n}\n(s) {\n b\n}', '4: the snippet s is defined twice'],
    ['with an import of nothing', '. {\n import\n cache\n}', '2: import names nothing'],
  ])('%s', (_name, text, expected) => {
    expect(written(readCorefile(text))).toEqual(expected);
  });

  test('says which files it imports', () => {
    const text = 'import ../custom/*.server\n. {\n import custom/*.override\n cache\n}';
    expect(readCorefile(text)).toEqual({
      kind: 'read',
      blocks: [{ keys: ['.'], plugins: [{ name: 'cache', args: [], block: [] }] }],
      imports: ['../custom/*.server', 'custom/*.override'],
    });
  });
});

const word = fc.stringMatching(/^[a-z0-9./:_-]{1,12}$/).filter((text) => text !== 'import');
const plugin = fc.record({
  name: word,
  args: fc.array(word, { maxLength: 3 }),
  block: fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { maxLength: 3 }),
});
const block = fc.record({ keys: fc.array(word, { minLength: 1, maxLength: 3 }), plugins: fc.array(plugin, { maxLength: 4 }) });

/** How a person would write it, with the white space and comments of `style`. */
function print(
  blocks: readonly ServerBlock[],
  { end, indent, comment }: { end: string; indent: string; comment: boolean },
): string {
  const tail = comment ? `${indent}# ${indent}{ } "` : '';
  const line = (depth: number, words: readonly string[]) => `${indent.repeat(depth)}${words.join(` ${indent}`)}${tail}${end}`;
  return blocks
    .map(({ keys, plugins }) =>
      [
        line(0, [...keys, '{']),
        ...plugins.flatMap(({ name, args, block: lines }) =>
          lines.length === 0
            ? [line(1, [name, ...args])]
            : [line(1, [name, ...args, '{']), ...lines.map((words) => line(2, words)), line(1, ['}'])],
        ),
        line(0, ['}']),
      ].join(''),
    )
    .join(end);
}

test('what is written is read again, whatever the white space and comments', () => {
  const style = fc.record({
    end: fc.constantFrom('\n', '\r\n', '\n\n'),
    indent: fc.constantFrom('  ', '\t'),
    comment: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 4 }), style, (blocks, how) => {
      expect(readCorefile(print(blocks, how))).toEqual({ kind: 'read', blocks, imports: [] });
    }),
    { numRuns: 500 },
  );
});

test('any text at all is read or called broken', () => {
  const pieces = fc.array(
    fc.constantFrom('{', '}', '\n', ' ', '"', '\\', '#', 'import', '(s)', 's', 'forward', '.', ',', 'a,', '\r', '\uFEFF'),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        pieces.map((list) => list.join('')),
        pieces.map((list) => list.join(' ')),
      ),
      (text) => {
        expect(['read', 'broken']).toContain(readCorefile(text).kind);
      },
    ),
    { numRuns: 2000 },
  );
});
