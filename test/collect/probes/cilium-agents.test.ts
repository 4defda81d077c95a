import { describe, expect, it } from 'vitest';
import type { Executed, PodCommand } from '#lib/collect/kubernetes/exec.ts';
import { ciliumAgents } from '#lib/collect/probes/cilium-agents.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { type CiliumAgentReading, ciliumAgentReading } from '#lib/model/cilium-agent.ts';
import { type FailureCode, ReadFailure } from '#lib/model/failure.ts';
import type { Pod } from '#lib/model/kubernetes.ts';
import { aPod, aSnapshot, DENIED } from '#test/scenarios/slices.ts';
import { ciliumHealth, ciliumStatus, mounts } from '#test/scenarios/worlds/cilium-status.ts';

const CONTAINER = { name: 'cilium-agent', image: 'cilium:v1.20.2', init: false, ready: true, restartCount: 0, ports: [] };
const agent = (at: number, over: Partial<Pod> = {}) =>
  aPod({
    namespace: 'kube-system',
    name: `cilium-${at}`,
    nodeName: `node-${at}`,
    labels: { 'k8s-app': 'cilium' },
    phase: 'Running',
    containers: [CONTAINER],
    ...over,
  });
const agents = (count: number) => Array.from({ length: count }, (_, at) => agent(at));
const crashing = (at: number) => agent(at, { containers: [{ ...CONTAINER, waitingReason: 'CrashLoopBackOff' }] });
const fails = (code: FailureCode, message = 'what happened.') => {
  throw new ReadFailure(code, message, 'what to do.');
};
const printed = (stdout: string, exitCode = 0, stderr = ''): Executed => ({ stdout, exitCode, stderr });
const NOT_FOUND = printed('', 127, 'executable file not found in $PATH');

type Answers = Readonly<Record<string, (pod: string) => Executed>>;
const WELL: Answers = {
  'cilium-dbg status -o json': () => printed(ciliumStatus()),
  'cilium-health status -o json': () => printed(ciliumHealth('node-0', { 'node-1': 'all' })),
  'cat /proc/mounts': () => printed(mounts()),
};

/** Reads these agents, each answering as it does when it is well, unless otherwise; what was run, in order. */
async function read(pods: readonly Pod[], otherwise: Answers = {}, podObject: object = {}) {
  const ran: string[] = [];
  const exec = async ({ pod, command }: PodCommand) => {
    const words = command.join(' ');
    ran.push(`${pod}: ${words}`);
    return ({ ...WELL, ...otherwise }[words] ?? (() => NOT_FOUND))(pod);
  };
  const sources = { exec, kubernetes: { get: async () => podObject } } as unknown as Sources;
  const outcome = await ciliumAgents.collect(sources, aSnapshot({ pods: [...pods] }).slices).catch((error: unknown) => error);
  const readings = (Array.isArray(outcome) ? outcome : []) as CiliumAgentReading[];
  for (const reading of readings) ciliumAgentReading.parse(reading);
  return { ran, outcome, readings, first: readings[0] };
}

describe('what an agent says', () => {
  it('is kept in short', async () => {
    const { readings, ran } = await read([agent(0)]);
    expect(readings).toEqual([
      {
        nodeName: 'node-0',
        podName: 'cilium-0',
        status: {
          components: [
            { name: 'cilium', state: 'Ok', message: '1.20.2 (v1.20.2-abcdef01)' },
            { name: 'kubernetes', state: 'Ok', message: '1.35 (v1.35.2) [linux/amd64]' },
            { name: 'kvstore', state: 'Disabled', message: 'Disabled' },
            { name: 'container-runtime', state: 'Ok' },
            { name: 'cni-file', state: 'Ok', message: expect.stringContaining('05-cilium.conflist') },
            { name: 'cilium-health', state: 'Ok' },
          ],
          controllers: 5,
          failing: 0,
          failingControllers: [],
          stale: [],
          ipam: 'IPv4: 2/254 allocated from 10.0.1.0/24, ',
        },
        bpfMounted: true,
        peers: { probedAt: '2026-11-24T02:59:00Z', peers: 1, unprobed: 0, failing: [], failingCount: 0 },
      },
    ]);
    expect(ran).toEqual([
      'cilium-0: cilium-dbg status -o json',
      'cilium-0: cat /proc/mounts',
      'cilium-0: cilium-health status -o json',
    ]);
  });

  it('is read by the former client where the image has no other', async () => {
    const { first, ran } = await read([agent(0)], {
      'cilium-dbg status -o json': () => NOT_FOUND,
      'cilium status -o json': () => printed(ciliumStatus()),
    });
    expect(first?.status?.components).toHaveLength(6);
    expect(ran.slice(0, 2)).toEqual(['cilium-0: cilium-dbg status -o json', 'cilium-0: cilium status -o json']);
  });

  it('names the controllers that fail, the worst first', async () => {
    const failing = { 'sync-a': [2, 'why'], 'sync-b': [9, 'x'.repeat(3000)], 'sync-c': [2, ''] } as const;
    const { first } = await read([agent(0)], { 'cilium-dbg status -o json': () => printed(ciliumStatus({ failing })) });
    expect(first?.status).toMatchObject({
      controllers: 8,
      failing: 3,
      failingControllers: [{ name: 'sync-b', failures: 9 }, { name: 'sync-a', failures: 2, message: 'why' }, { name: 'sync-c' }],
    });
    expect(first?.status?.failingControllers[0]?.message).toHaveLength(1024);
  });

  it('names the peers that fail, and how', async () => {
    const peers = {
      'node-1': 'nothing',
      'node-2': 'no-pods',
      'node-3': 'no-ping',
      'node-4': 'not-probed',
      'node-5': 'all',
    } as const;
    const { first } = await read([agent(0)], {
      'cilium-health status -o json': () => printed(ciliumHealth('node-0', peers)),
    });
    const ping = 'Connection timed out';
    const http = expect.stringContaining(':4240/hello": context deadline exceeded');
    expect(first?.peers).toEqual({
      probedAt: '2026-11-24T02:59:00Z',
      peers: 5,
      unprobed: 1,
      failing: [
        { name: 'node-1', node: { ping, http }, endpoint: { ping, http } },
        { name: 'node-2', node: {}, endpoint: { ping, http } },
        { name: 'node-3', node: { ping }, endpoint: { ping } },
      ],
      failingCount: 3,
    });
  });

  it.each<[string, unknown, object]>([
    [
      'of versions until 1.10, with one endpoint',
      { name: 'b', host: { 'primary-address': { http: {} } }, endpoint: { http: { status: 'no' } } },
      { name: 'b', node: {}, endpoint: { http: 'no' } },
    ],
    [
      'of another cluster of the mesh',
      { name: 'other/b', host: { 'primary-address': { http: { status: 'no' } } } },
      { name: 'other/b', node: { http: 'no' }, endpoint: {} },
    ],
  ])('a peer %s', async (_, node, failing) => {
    const health = JSON.stringify({ local: { name: 'a' }, nodes: [{ name: 'a' }, node] });
    const { first } = await read([agent(0)], { 'cilium-health status -o json': () => printed(health) });
    expect(first?.peers).toMatchObject({ peers: 1, failing: [failing] });
  });

  it.each<[string, string]>([
    ['null', '{"local":{"name":"a"},"nodes":null}'],
    ['itself alone', ciliumHealth('a', {})],
  ])('of peers may be %s', async (_, health) => {
    const { first } = await read([agent(0)], { 'cilium-health status -o json': () => printed(health) });
    expect(first?.peers).toMatchObject({ peers: 0, unprobed: 0, failing: [] });
  });

  it('of its peers is not asked for where it does not probe them', async () => {
    const { first, ran } = await read([agent(0)], {
      'cilium-dbg status -o json': () => printed(ciliumStatus({ healthDisabled: true })),
    });
    expect(first).not.toHaveProperty('peers');
    expect(first).not.toHaveProperty('peersUnread');
    expect(ran).not.toContain('cilium-0: cilium-health status -o json');
  });
});

describe('an answer that is none', () => {
  it.each<[string, Executed, string]>([
    ['nothing', printed(''), 'It gives no answer: it printed nothing.'],
    ['no JSON', printed('Cilium: Ok'), 'It gives no answer: what it printed is not JSON.'],
    ['another document', printed('[]'), 'It gives no answer: what it printed is not of the shape that is known, at the top.'],
    [
      'a field of another type',
      printed('{"cilium":{"state":7}}'),
      'It gives no answer: what it printed is not of the shape that is known, at cilium.state.',
    ],
    [
      'an error',
      printed('', 1, 'Cannot get status:\nIs the agent running?'),
      'It gives no answer: it ended with 1: Cannot get status: Is the agent running.',
    ],
  ])('%s', async (_, answer, unread) => {
    const { readings } = await read([agent(0), agent(1)], {
      'cilium-dbg status -o json': (pod) => (pod === 'cilium-0' ? answer : printed(ciliumStatus())),
    });
    expect(readings[0]).toEqual({ nodeName: 'node-0', podName: 'cilium-0', unread });
    expect(readings[1]).toHaveProperty('status');
  });

  it.each<[string, string, string, object]>([
    ['mounts', 'cat /proc/mounts', '', { bpfUnread: 'It gives no answer: /proc/mounts names no mounts.' }],
    ['peers', 'cilium-health status -o json', '{}', { peersUnread: expect.stringContaining('at local') }],
  ])('of its %s leaves the rest', async (_, command, stdout, unread) => {
    const { first } = await read([agent(0)], { [command]: () => printed(stdout) });
    expect(first).toMatchObject({ status: {}, ...unread });
  });

  it('that lists no filesystem of type bpf is one', async () => {
    const { first } = await read([agent(0)], { 'cat /proc/mounts': () => printed(mounts({ bpf: false })) });
    expect(first?.bpfMounted).toBe(false);
  });
});

describe('an agent that does not run', () => {
  const ended = (message: string, of: 'state' | 'lastState' = 'lastState') => ({
    status: { containerStatuses: [{ name: 'other' }, { name: 'cilium-agent', [of]: { terminated: { message } } }] },
  });
  it.each<[string, object, string | undefined]>([
    ['logrus', ended('level=info msg=starting\nlevel=fatal msg="no BPF"\nlevel=info msg=stopping\n'), 'level=fatal msg="no BPF"'],
    [
      'slog',
      ended('time=1 level=error msg=first\ntime=2 level=error msg="no API"\ntime=3 level=info msg=bye', 'state'),
      'time=2 level=error msg="no API"',
    ],
    ['JSON', ended('{"level":"fatal","msg":"no BPF"}\n{"level":"info"}'), '{"level":"fatal","msg":"no BPF"}'],
    ['neither', ended('Killed\n'), 'Killed'],
    ['too long', ended('x'.repeat(600)), `${'x'.repeat(499)}…`],
    ['none', {}, undefined],
  ])('wrote last, in the format %s', async (_, pod, lastWords) => {
    const { readings, ran } = await read([crashing(0)], {}, pod);
    const unread = 'Its agent does not run (CrashLoopBackOff).';
    expect(readings).toEqual([
      { nodeName: 'node-0', podName: 'cilium-0', unread, ...(lastWords === undefined ? {} : { lastWords }) },
    ]);
    expect(ran).toEqual([]);
  });
});

describe('agents', () => {
  it.each<[string, Pod]>([
    ['other pods', agent(1, { labels: { 'k8s-app': 'cilium-envoy' } })],
    ["pods of Cilium's label without the container", agent(1, { containers: [{ ...CONTAINER, name: 'operator' }] })],
    ['agents on their way out', agent(1, { deletedAt: '2026-11-24T02:00:00Z' })],
  ])('%s are not among them', async (_, pod) => {
    expect(await read([pod])).toMatchObject({ ran: [], readings: [] });
  });

  it('are asked up to fifty, evenly spaced', async () => {
    const { readings } = await read(agents(500));
    expect(readings.map(({ nodeName }) => nodeName)).toEqual(Array.from({ length: 50 }, (_, at) => `node-${at * 10}`));
  });

  it('that are not ready are among the fifty, up to ten of them', async () => {
    const notReady = (at: number) => agent(at, { containers: [{ ...CONTAINER, ready: false }] });
    const pods = Array.from({ length: 500 }, (_, at) => (at % 40 === 7 ? notReady(at) : agent(at)));
    const { readings } = await read(pods);
    const names = readings.map(({ nodeName }) => nodeName);
    expect(names).toHaveLength(50);
    expect(names[0]).toBe('node-0');
    expect(names.slice(40)).toEqual([7, 47, 87, 127, 167, 207, 247, 287, 327, 367].map((at) => `node-${at}`));
    expect(new Set(names).size).toBe(50);
  });

  it.each<FailureCode>(['Forbidden', 'Unauthorized'])('are not asked after the first was answered %s', async (code) => {
    const { outcome, ran } = await read(agents(9), { 'cilium-dbg status -o json': () => fails(code) });
    expect(outcome).toMatchObject({ name: 'ReadFailure', code });
    expect(ran).toEqual(['cilium-0: cilium-dbg status -o json']);
  });

  it('that hang are left after six: the rest of the run is not waited away', async () => {
    const { readings, ran } = await read(agents(40), {
      'cilium-dbg status -o json': () => fails('DeadlineExceeded', 'Not within 10 s.'),
    });
    expect(ran.length).toBeLessThanOrEqual(9);
    expect(readings.at(-1)?.unread).toBe('It was not asked, since 6 agents gave no answer in time.');
    expect(readings).toHaveLength(40);
  });

  it('that were not read are none', async () => {
    const sources = {} as unknown as Sources;
    await expect(ciliumAgents.collect(sources, aSnapshot({ pods: DENIED }).slices)).rejects.toMatchObject({
      code: 'InputMissing',
    });
  });

  it('a fault of cniwatch is nobody’s silence', async () => {
    const { outcome } = await read([agent(0)], {
      'cilium-dbg status -o json': () => {
        throw new TypeError('a bug');
      },
    });
    expect(outcome).toBeInstanceOf(TypeError);
  });
});
