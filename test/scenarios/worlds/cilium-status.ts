/** What the commands in an agent's container print, in the shapes of Cilium's API (v1.20); a healthy agent but for what is given. */

export interface SaidByAgent {
  readonly kubernetes?: { readonly state: string; readonly msg: string };
  readonly cilium?: { readonly state: string; readonly msg: string };
  /** Failures in a row and the last message, by controller. */
  readonly failing?: Readonly<Record<string, readonly [failures: number, message: string]>>;
  readonly stale?: Readonly<Record<string, string>>;
  readonly ipam?: string;
  readonly healthDisabled?: boolean;
}

const CONTROLLERS = ['cilium-health-ep', 'ipcache-inject-labels', 'k8s-heartbeat', 'sync-node-with-ciliumnode', 'write-cni-file'];

/** `cilium-dbg status -o json`. */
export function ciliumStatus(said: SaidByAgent = {}): string {
  const names = [...new Set([...CONTROLLERS, ...Object.keys(said.failing ?? {})])];
  return JSON.stringify({
    'bpf-maps': { 'dynamic-size-ratio': 0.0025 },
    cilium: said.cilium ?? { msg: '1.20.2 (v1.20.2-abcdef01)', state: 'Ok' },
    'client-id': 1,
    cluster: {
      ...(said.healthDisabled ? {} : { ciliumHealth: { state: 'Ok' } }),
      nodes: [{ name: 'a-node', 'primary-address': { ipv4: { enabled: true, ip: '10.0.0.11' } }, source: 'local' }],
      self: 'a-node',
    },
    'cni-file': { msg: 'successfully wrote CNI configuration file to /host/etc/cni/net.d/05-cilium.conflist', state: 'Ok' },
    'container-runtime': { state: 'Ok' },
    controllers: names.map((name) => {
      const [failures, message] = said.failing?.[name] ?? [0, ''];
      const status = {
        'last-failure-timestamp': '0001-01-01T00:00:00.000Z',
        'last-success-timestamp': '2026-11-24T02:59:30.000Z',
        'success-count': 512,
        ...(failures > 0 && { 'consecutive-failure-count': failures, 'failure-count': failures, 'last-failure-msg': message }),
      };
      return {
        configuration: { 'error-retry': true, interval: '1m0s' },
        name,
        status,
        uuid: 'c0ffee00-0000-4000-8000-000000000001',
      };
    }),
    ipam: {
      allocations: { '10.0.1.7': 'health', '10.0.1.9': 'router' },
      ipv4: ['10.0.1.7', '10.0.1.9'],
      status: said.ipam ?? 'IPv4: 2/254 allocated from 10.0.1.0/24, ',
    },
    kubernetes: said.kubernetes ?? {
      'k8s-api-versions': ['cilium/v2::CiliumNode'],
      msg: '1.35 (v1.35.2) [linux/amd64]',
      state: 'Ok',
    },
    kvstore: { msg: 'Disabled', state: 'Disabled' },
    stale: said.stale ?? {},
  });
}

/** How a peer answers: everything, nothing, all but its pods, or all but pings. */
export type PeerAnswer = 'all' | 'nothing' | 'no-pods' | 'no-ping' | 'not-probed';

/** `cilium-health status -o json` of one node. */
export function ciliumHealth(self: string, peers: Readonly<Record<string, PeerAnswer>>): string {
  const at = '2026-11-24T02:59:00Z';
  const address = (ip: string, answer: PeerAnswer, isPods: boolean) => {
    if (answer === 'not-probed') return { 'primary-address': { ip } };
    const fails = answer === 'nothing' || (answer === 'no-pods' && isPods);
    const down = (status: string) => ({ lastProbed: at, status });
    const up = { lastProbed: at, latency: 412_000, status: '' };
    const url = `Get "http://${ip}:4240/hello": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
    const icmp = fails || answer === 'no-ping' ? down('Connection timed out') : up;
    return { 'primary-address': { ip, icmp, http: fails ? down(url) : up } };
  };
  const nodes = Object.entries({ [self]: 'all' as const, ...peers }).map(([name, answer], index) => ({
    name: `shop/${name}`,
    host: address(`10.0.0.${index + 10}`, answer, false),
    'health-endpoint': address(`10.0.${index + 1}.7`, answer, true),
  }));
  return JSON.stringify({ local: { name: `shop/${self}` }, nodes, probeInterval: '1m36s', timestamp: at });
}

/** `cat /proc/mounts` of an agent. */
export function mounts({ bpf = true } = {}): string {
  const lines = ['overlay / overlay rw,relatime 0 0', 'proc /proc proc rw,nosuid 0 0', 'sysfs /sys sysfs rw,nosuid 0 0'];
  return `${[...lines, ...(bpf ? ['bpf /sys/fs/bpf bpf rw,nosuid,nodev,noexec,relatime,mode=700 0 0'] : [])].join('\n')}\n`;
}
