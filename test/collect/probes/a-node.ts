/** A node's files in a directory of their own, and the probe's script run over them by this machine's shell. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { nodeProbeScript } from '#lib/collect/probes/node-probe-script.ts';

export interface NodeFiles {
  /** Of /etc/cni/net.d. */
  readonly config?: Readonly<Record<string, string | Buffer | FileSpec>>;
  readonly binaries?: Readonly<Record<string, FileSpec>>;
  /** Type of the file system at /sys/fs/bpf. */
  readonly bpf?: string;
  /** Lines of files in /proc/net, without their headings. */
  readonly routes?: readonly string[];
  readonly routesV6?: readonly string[];
  readonly arp?: readonly string[];
  /** Flags and MAC by name. */
  readonly links?: Readonly<Record<string, readonly [flags: string, mac: string]>>;
  /** What `bridge fdb` answers; without it the image has no such tool. */
  readonly fdb?: string;
}

export interface FileSpec {
  readonly content?: string;
  readonly mode?: number;
  readonly linkTo?: string;
}

const HEADINGS = {
  route: 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  arp: 'IP address       HW type     Flags       HW address            Mask     Device',
};
export const DEFAULT_ROUTE = 'eth0\t00000000\t0100000A\t0003\t0\t0\t512\t00000000\t0\t0\t0';

/** What the script writes on such a node. */
export async function scriptOn(node: NodeFiles): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'cniwatch-node-'));
  const at = (...parts: readonly string[]) => join(root, ...parts);
  const places = { config: at('net.d'), binaries: at('bin'), bpf: at('bpf'), proc: at('proc'), links: at('net') };
  try {
    for (const place of Object.values(places)) await mkdir(place);
    for (const [name, file] of Object.entries(node.config ?? {})) await put(join(places.config, name), file);
    for (const [name, file] of Object.entries(node.binaries ?? {}))
      await put(join(places.binaries, name), { mode: 0o755, ...file });
    const mounts = node.bpf === undefined ? '' : `${node.bpf} ${places.bpf} ${node.bpf} ro,nosuid 0 0\n`;
    await put(join(places.proc, 'self', 'mounts'), `overlay / overlay ro 0 0\n${mounts}`);
    const lines = (...of: readonly string[]) => of.map((line) => `${line}\n`).join('');
    await put(join(places.proc, 'net', 'route'), lines(HEADINGS.route, ...(node.routes ?? [DEFAULT_ROUTE])));
    await put(join(places.proc, 'net', 'arp'), lines(HEADINGS.arp, ...(node.arp ?? [])));
    if (node.routesV6) await put(join(places.proc, 'net', 'ipv6_route'), lines(...node.routesV6));
    for (const [name, [flags, mac]] of Object.entries(node.links ?? {})) {
      await put(join(places.links, name, 'flags'), `${flags}\n`);
      await put(join(places.links, name, 'address'), `${mac}\n`);
    }
    await put(at('tools', 'bridge'), { content: `#!/bin/sh\ncat <<'X'\n${node.fdb}\nX\n`, mode: 0o755 });
    const path = node.fdb === undefined ? '/usr/bin:/bin' : `${at('tools')}:/usr/bin:/bin`;
    const options = { env: { PATH: path }, maxBuffer: 4 * 1024 * 1024 };
    return (await promisify(execFile)('/bin/sh', ['-c', nodeProbeScript(places)], options)).stdout;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function put(path: string, file: string | Buffer | FileSpec): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const { content = '', mode = 0o644, linkTo } = typeof file === 'string' || Buffer.isBuffer(file) ? { content: file } : file;
  await (linkTo === undefined ? writeFile(path, content, { mode }) : symlink(linkTo, path));
}
