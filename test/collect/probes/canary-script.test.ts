/** The client's script by this machine's shell, with tools that answer as BusyBox's do: what it tries, and that its lines are read. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LogReading, readCanaryLog } from '#lib/collect/probes/canary-log.ts';
import { CLIENT_SCRIPT } from '#lib/collect/probes/canary-script.ts';

const RESOLV =
  'search cniwatch-canary.svc.example.local svc.example.local example.local\nnameserver 10.100.0.10\noptions ndots:5\n';
const TOOLS: Readonly<Record<string, string>> = {
  timeout: 'shift; exec "$@"',
  sleep: '',
  // nslookup -type=a NAME. SERVER
  nslookup: `
    case "$2 $3" in
      *' 10.0.0.21') printf ';; connection timed out; no servers could be reached\\n'; exit 1 ;;
      absent.example.com.*) printf "Server:\\t%s\\n\\n** server can't find \\"it\\": NXDOMAIN\\n" "$3"; exit 1 ;;
    esac
    printf 'Name:\\t%s\\nAddress: 10.100.0.1\\n' "$2"`,
  ip: `if [ "$1" = -4 ]; then printf 'default via 169.254.1.1 dev eth0 \\n169.254.1.1 dev eth0 scope link \\n'; fi`,
  // nc -z -vv -w 2 HOST PORT, nc -u -w 1 HOST PORT
  nc: `
    if [ "$1" = -u ]; then read -r word; case "$4" in 10.0.0.9) echo "$word" ;; esac; exit; fi
    case "$5:$6" in
      kubernetes.default:443 | 10.0.0.9:8080 | fd00::9:443) echo "$5 ($5:$6) open" >&2 ;;
      *) echo "nc: $5 ($5:$6): Connection timed out" >&2; exit 1 ;;
    esac`,
  wget: `case "$5" in *allowed*) ;; *) echo 'wget: server returned error: HTTP/1.1 403 Forbidden' >&2; exit 1 ;; esac`,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cniwatch-canary-'));
  await mkdir(join(folder, 'bin'));
  for (const [name, text] of Object.entries(TOOLS))
    await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  await writeFile(join(folder, 'resolv.conf'), RESOLV);
  await writeFile(join(folder, 'uptime'), '12345.07 999.99\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const QUESTIONS = { QUERY_TYPE: 'a', NAMES: '', SERVERS: '', EGRESS: '', PEERS: '', LIFETIME: '0' };
async function run(questions: Partial<typeof QUESTIONS> = {}): Promise<LogReading> {
  const script = CLIENT_SCRIPT.replaceAll('/etc/resolv.conf', join(folder, 'resolv.conf')).replaceAll(
    '/proc/uptime',
    join(folder, 'uptime'),
  );
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, ...QUESTIONS, ...questions };
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { env });
  expect(stderr).toBe('');
  return readCanaryLog(stdout);
}
const outcomes = ({ attempts }: { attempts: readonly { outcome: string }[] }) => attempts.map(({ outcome }) => outcome);

describe('the script', () => {
  it('comes to its end, and finds the domain, the resolver and the routes by itself', async () => {
    const log = await run();
    expect(log).toMatchObject({
      complete: true,
      lookups: [{ name: 'kubernetes.default.svc.example.local', server: '10.100.0.10', of: 'resolver' }],
      search: { attempts: [{ outcome: 'reached' }] },
      egress: [],
      peers: [],
      routes: { ipv4: ['default via 169.254.1.1 dev eth0', '169.254.1.1 dev eth0 scope link'], ipv6: [] },
    });
  });

  it('asks every server for every name three times, its resolver once', async () => {
    const { lookups } = await run({
      NAMES: 'absent.example.com',
      SERVERS: 'service=10.100.0.10 coredns=10.0.0.20 coredns=10.0.0.21',
    });
    const told = lookups.map((one) => [one.of, one.server, one.name.split('.')[0], outcomes(one)]).toSorted();
    const thrice = (outcome: string) => [outcome, outcome, outcome];
    expect(told).toEqual([
      ['coredns', '10.0.0.20', 'absent', thrice('no-such-name')],
      ['coredns', '10.0.0.20', 'kubernetes', thrice('answered')],
      ['coredns', '10.0.0.21', 'absent', thrice('no-answer')],
      ['coredns', '10.0.0.21', 'kubernetes', thrice('no-answer')],
      ['resolver', '10.100.0.10', 'absent', thrice('no-such-name')],
      ['resolver', '10.100.0.10', 'kubernetes', thrice('answered')],
    ]);
  });

  it('tries each target until it is reached, twice at the most', async () => {
    const { egress } = await run({
      EGRESS: 'https://allowed.example.com/ http://other.example.com closed.example.com:443 [fd00::9]:443',
    });
    expect(Object.fromEntries(egress.map((one) => [one.target, outcomes(one)]))).toEqual({
      'https://allowed.example.com/': ['reached'],
      'http://other.example.com': ['reached', 'reached'],
      'closed.example.com:443': ['no-answer', 'no-answer'],
      '[fd00::9]:443': ['reached'],
    });
  });

  it('tries each way to the other pod until it is open, three times at the most', async () => {
    const { peers } = await run({ PEERS: 'pod=10.0.0.9 service=10.100.3.3' });
    const told = Object.fromEntries(peers.map((one) => [`${one.protocol} ${one.by} ${one.address}`, outcomes(one)]));
    const thrice = ['no-answer', 'no-answer', 'no-answer'];
    expect(told).toEqual({
      'tcp pod 10.0.0.9': ['reached'],
      'udp pod 10.0.0.9': ['reached'],
      'tcp service 10.100.3.3': thrice,
      'udp service 10.100.3.3': thrice,
    });
  });
});
