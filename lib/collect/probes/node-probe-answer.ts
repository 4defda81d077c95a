import { GREETING } from '#lib/collect/probes/node-probe-script.ts';
import { withoutSecrets } from '#lib/collect/probes/without-secrets.ts';
import { type CniConfigFile, MOST_CONFIG_BYTES, type ProbedNode, probedNode } from '#lib/model/node-probe.ts';

/** Lines of one kind: a node that has more is not believed. */
const MOST_LINES = 10_000;

/**
 * What a probe wrote. It comes from a node, so that nothing of it is trusted: a line of another shape, an end that is missing or a value
 * that is too long makes the whole answer one that was not given.
 * @returns the reason where it is no answer, a sentence
 */
export function probeAnswer(log: string): ProbedNode | string {
  const lines = log.split('\n');
  if (lines.pop() !== '' || lines.at(-1) !== 'end') return `Its answer is cut off after ${lines.length} lines.`;
  if (lines[0] !== GREETING) return 'It answers something else: is the image one with a shell, and without an entry point?';
  if (lines.length > MOST_LINES) return `It answers ${lines.length} lines, more than any node has to tell.`;
  const answer = empty();
  for (const line of lines.slice(1, -1)) if (!take(answer, line)) return `It answers "${shown(line)}", which is not understood.`;
  const parsed = probedNode.safeParse(answer);
  const issue = parsed.error?.issues[0];
  return parsed.data ?? `Its answer is not understood: ${issue?.path.join('.')}: ${issue?.message}.`;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<ProbedNode>;

const empty = (): Draft => ({
  configFiles: [],
  directories: [],
  binaries: [],
  kubeconfigs: [],
  routes: [],
  defaultRoutesV6: [],
  links: [],
  neighbours: [],
  cut: [],
});

/** Each line's shape, and what becomes of it. */
const LINES: readonly (readonly [shape: RegExp, take: (draft: Draft, ...fields: readonly string[]) => unknown])[] = [
  [
    /^config (\S+) (\S+) (\S+) (\S+) read ?(\S*)$/,
    ({ configFiles }, name, mode, uid, size, content) =>
      configFiles.push({ ...about(name, mode, uid, size), content: contentOf(content) }),
  ],
  [
    /^config (\S+) (\S+) (\S+) (\S+) (refused|dangling|outside|special|omitted)$/,
    ({ configFiles }, name, mode, uid, size, why) =>
      configFiles.push({ ...about(name, mode, uid, size), unread: why as NonNullable<CniConfigFile['unread']> }),
  ],
  [/^directory (\S+)$/, ({ directories }, name) => directories.push(decoded(name))],
  [
    /^binary (\S+) (-|[0-7]+)$/,
    ({ binaries }, name, mode) => binaries.push({ name: decoded(name), ...(mode !== '-' && { mode }) }),
  ],
  [/^kubeconfig (\S+) read$/, ({ kubeconfigs }, path) => kubeconfigs.push({ path: decoded(path), servers: [] })],
  [/^kubeconfig (\S+) refused$/, ({ kubeconfigs }, path) => kubeconfigs.push({ path: decoded(path), servers: [], unread: true })],
  [/^server \S+ (\S*)$/, ({ kubeconfigs }, server) => kubeconfigs.at(-1)?.servers.push(unquoted(decoded(server)))],
  [/^bpf ([a-z0-9_]+)$/, (draft, type) => Object.assign(draft, { bpfFileSystem: type })],
  [
    /^route (\S+) ([0-9A-F]{8}) ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{8})$/,
    ({ routes }, device = '', to, gateway, flags, mask) => {
      if (!isUsable(flags)) return;
      const via = gateway === '00000000' ? {} : { gateway: ipv4(gateway) };
      routes.push({ cidr: `${ipv4(to)}/${maskLength(mask)}`, ...via, device });
    },
  ],
  [
    /^default6 (\S+) [0-9a-f]{4}([0-9a-f]{4})$/,
    ({ defaultRoutesV6 }, device = '', flags) => isUsable(flags) && defaultRoutesV6.push(device),
  ],
  [
    /^link (\S+) (-|0x[0-9a-f]+) (-|[0-9a-f:]+)$/,
    ({ links }, name = '', flags, mac) =>
      links.push({ name, up: (Number.parseInt(flags ?? '', 16) & 1) === 1, ...(mac !== '-' && { mac }) }),
  ],
  [
    /^neighbour (\S+) ([0-9.]+) ([0-9a-f:]+)$/,
    ({ neighbours }, device = '', address = '', mac = '') => neighbours.push({ address, mac, device }),
  ],
  [/^forwarding$/, (draft) => Object.assign(draft, { forwarding: draft.forwarding ?? [] })],
  [
    /^forward (\S+) ([0-9a-f:]+) (\S+)$/,
    ({ forwarding }, device = '', mac = '', destination = '') => forwarding?.push({ mac, destination, device }),
  ],
  [/^cut ([a-z]+)$/, ({ cut }, what = '') => cut.push(what)],
];

function take(draft: Draft, line: string): boolean {
  for (const [shape, then] of LINES) {
    const match = shape.exec(line);
    if (match === null) continue;
    then(draft, ...match.slice(1));
    return true;
  }
  return false;
}

function about(name: string | undefined, mode = '-', uid = '-', size = '-'): CniConfigFile {
  return {
    name: decoded(name),
    ...(mode !== '-' && { mode }),
    ...(uid !== '-' && { uid: Number(uid) }),
    ...(size !== '-' && { size: Number(size) }),
  };
}

const bytes = (base64 = ''): Buffer => Buffer.from(base64, 'base64');

/** A name without what a terminal would act on. */
function decoded(base64: string | undefined): string {
  return bytes(base64)
    .toString('utf8')
    .replace(/\p{Cc}/gu, '\u{fffd}');
}

const contentOf = (base64: string | undefined): string =>
  withoutSecrets(bytes(base64).subarray(0, MOST_CONFIG_BYTES).toString('utf8'));

const unquoted = (value: string): string => value.trim().replace(/^(["'])(.*)\1$/, '$2');

/** RTF_UP, and not RTF_REJECT. Source: Linux include/uapi/linux/route.h. */
const isUsable = (flags = ''): boolean => (Number.parseInt(flags, 16) & 0x201) === 1;

/** The kernel prints addresses as numbers of its own byte order: little-endian on every type of instance. */
const ipv4 = (hex = ''): string => [...Buffer.from(hex, 'hex')].reverse().join('.');

const maskLength = (hex = ''): number => Number.parseInt(hex, 16).toString(2).replaceAll('0', '').length;

const shown = (line: string): string => line.slice(0, 60).replace(/[^ -~]/g, '?');
