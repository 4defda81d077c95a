import type { CorefilePlugin, ServerBlock } from '#lib/network/dns/corefile.ts';

/** Plain DNS. Source: CoreDNS manual, "Configuration": 53 unless a key or the flag -dns.port says otherwise. */
const DNS_PORT = 53;

/** One key of a server block. */
export interface ServedZone {
  /** Without its last dot; `.` is every name. */
  readonly zone: string;
  readonly port: number;
  /** Undefined for DNS itself: tls, https, grpc and quic are other ports. */
  readonly scheme?: string;
}

/** What a server block answers for. A key whose port is an environment variable counts as of the default port. */
export function servedZones({ keys }: ServerBlock, defaultPort = DNS_PORT): readonly ServedZone[] {
  return keys.map((key) => {
    const [, scheme, address = ''] = /^(?:([a-z0-9]+):\/\/)?(.*)$/i.exec(key) ?? [];
    const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
    const zone = name === '' || name === '.' ? '.' : name.toLowerCase().replace(/\.$/, '');
    return { zone, port: Number(port ?? defaultPort), ...(scheme && scheme !== 'dns' ? { scheme } : {}) };
  });
}

export function pluginsOf(blocks: readonly ServerBlock[], ...names: readonly string[]): readonly CorefilePlugin[] {
  return blocks.flatMap(({ plugins }) => plugins.filter(({ name }) => names.includes(name)));
}

/** Where one `forward` sends what it does not know. */
export interface Upstream {
  readonly address: string;
  readonly port: number;
}

/** The upstreams of a forward that are plain DNS; files as /etc/resolv.conf and names are left as `address`. */
export function upstreamsOf({ args }: CorefilePlugin): readonly Upstream[] {
  return args.slice(1).flatMap((to) => {
    const [, scheme, rest = ''] = /^(?:([a-z0-9]+):\/\/)?(.*)$/i.exec(to) ?? [];
    if (scheme !== undefined && scheme !== 'dns') return [];
    const [, bracketed, port] = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest) ?? /^([^:]+):(\d+)$/.exec(rest) ?? [];
    return [{ address: bracketed ?? rest, port: Number(port ?? DNS_PORT) }];
  });
}
