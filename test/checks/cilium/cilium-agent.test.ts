import { describe, expect, test } from 'vitest';
import { check } from '#lib/checks/cilium/cilium-agent.ts';
import { type CiliumAgentReading, type CiliumStatus, ciliumAgentReading } from '#lib/model/cilium-agent.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aDaemonSet, aNode, aSnapshot } from '#test/scenarios/slices.ts';

const NODES = ['n1', 'n2', 'n3', 'n4'];
const cilium = (over: Partial<DaemonSet> = {}) =>
  aDaemonSet({
    name: 'cilium',
    labels: { 'k8s-app': 'cilium' },
    containers: [{ name: 'cilium-agent', image: 'cilium:v1.20.2', init: false, env: {}, args: [] }],
    desired: 4,
    ...over,
  });
const STATUS: CiliumStatus = {
  components: [
    { name: 'cilium', state: 'Ok' },
    { name: 'kubernetes', state: 'Ok' },
  ],
  controllers: 20,
  failing: 0,
  failingControllers: [],
  stale: [],
};
/** A field that is undefined was not read. */
type Over = { readonly [Field in keyof CiliumAgentReading]?: CiliumAgentReading[Field] | undefined };
function agent(nodeName: string, over: Over = {}): CiliumAgentReading {
  const peers = { peers: 3, unprobed: 0, failing: [], failingCount: 0 };
  const reading = { nodeName, podName: `cilium-${nodeName}`, status: STATUS, bpfMounted: true, peers, ...over };
  return ciliumAgentReading.parse(JSON.parse(JSON.stringify(reading)));
}
/** Of an agent whose peers with these names answer nothing. */
const cutOffFrom = (...names: readonly string[]): Over => ({
  peers: {
    peers: 3,
    unprobed: 0,
    failing: names.map((name) => ({ name, node: { http: 'timed out' }, endpoint: { http: 'timed out' } })),
    failingCount: names.length,
  },
});

/** The four nodes' agents, each otherwise as given. */
function judge(over: Readonly<Record<string, Over>>, notReady: readonly string[] = []) {
  const nodes = NODES.map((name) =>
    aNode({ name, conditions: [{ type: 'Ready', status: notReady.includes(name) ? 'Unknown' : 'True' }] }),
  );
  const ciliumAgents = NODES.map((name) => agent(name, over[name]));
  return runCheck(check, aSnapshot({ nodes, daemonSets: [cilium()], ciliumAgents })).findings;
}

const NOTHING: Over = { status: undefined, bpfMounted: undefined, peers: undefined };

describe('an agent', () => {
  test.each<[string, Over, Verdict, RegExp]>([
    ['that is well', {}, 'ok', /^Cilium's agent on n2: all well, 20 controllers, 3 of 3 peers reached\.$/],
    ['that does not probe', { peers: undefined }, 'ok', /all well, 20 controllers, no probes of peers/],
    ['without a BPF filesystem', { bpfMounted: false }, 'critical', /no BPF filesystem is mounted/],
    ['whose mounts were not read', { bpfMounted: undefined, bpfUnread: 'Gone.' }, 'unknown', /was not read: Gone\.$/],
    ['whose peers were not read', { peers: undefined, peersUnread: 'Gone.' }, 'unknown', /its peers were not read: Gone\.$/],
    [
      'that has probed nobody',
      { peers: { peers: 3, unprobed: 3, failing: [], failingCount: 0 } },
      'unknown',
      /not probed any peer/,
    ],
    ['that is alone', { peers: { peers: 0, unprobed: 0, failing: [], failingCount: 0 } }, 'ok', /0 of 0 peers/],
    [
      'that does not run',
      { ...NOTHING, unread: 'Its agent does not run (Error).' },
      'unknown',
      /: Its agent does not run \(Error\)\.$/,
    ],
    [
      'that ended for another reason',
      { status: undefined, unread: 'It does not run.', lastWords: 'level=fatal msg=boom' },
      'unknown',
      /It does not run; its last words were: level=fatal msg=boom\.$/,
    ],
    [
      'that warns and was not read whole',
      { status: { ...STATUS, stale: [{ name: 'kvstore', since: 'then' }] }, bpfMounted: undefined, bpfUnread: 'Gone.' },
      'unknown',
      /is old, of then; whether a BPF filesystem/,
    ],
  ])('%s', (_situation, over, verdict, summary) => {
    const finding = judge({ n2: over }).find(({ resource }) => resource.id === 'n2');
    expect(finding).toMatchObject({ verdict, summary: expect.stringMatching(summary) });
  });
});

describe('nodes that cannot reach each other', () => {
  test.each<[string, Readonly<Record<string, Over>>, Readonly<Record<string, Verdict>>, (readonly string[])?]>([
    ['two of them: the first tells', { n1: cutOffFrom('n3'), n3: cutOffFrom('n1') }, { n1: 'critical', n3: 'ok' }],
    ['one does not reach one, which reaches it', { n1: cutOffFrom('n4') }, { n1: 'warning', n4: 'ok' }],
    [
      'nobody reaches one of them, which reaches all',
      { n1: cutOffFrom('n4'), n2: cutOffFrom('n4'), n3: cutOffFrom('n4') },
      { n1: 'ok', n4: 'critical' },
    ],
    [
      'one is cut off both ways',
      { n1: cutOffFrom('n4'), n2: cutOffFrom('n4'), n3: cutOffFrom('n4'), n4: cutOffFrom('n1', 'n2', 'n3') },
      { n1: 'ok', n2: 'ok', n3: 'ok', n4: 'critical' },
    ],
    [
      'the one that is not reached is down',
      { n1: cutOffFrom('n4'), n2: cutOffFrom('n4') },
      { n1: 'ok', n2: 'ok', n4: 'ok' },
      ['n4'],
    ],
  ])('%s', (_situation, over, verdicts, notReady) => {
    const found = new Map(judge(over, notReady).map(({ resource, verdict }) => [resource.id, verdict]));
    expect(Object.fromEntries(Object.keys(verdicts).map((name) => [name, found.get(name)]))).toEqual(verdicts);
  });

  test('a node whose own agent was not asked is told of too', () => {
    const nodes = NODES.map((name) => aNode({ name }));
    const ciliumAgents = ['n1', 'n2'].map((name) => agent(name, cutOffFrom('n4')));
    const { findings } = runCheck(check, aSnapshot({ nodes, daemonSets: [cilium()], ciliumAgents }));
    expect(findings).toMatchObject([
      { verdict: 'critical', evidence: { agents: 4, asked: 2, answered: 2, troubled: 1, nodes: ['n4'] } },
      { resource: { id: 'n1' }, verdict: 'ok' },
      { resource: { id: 'n2' }, verdict: 'ok' },
      { resource: { id: 'n4' }, verdict: 'critical', evidence: { peersUnreachable: ['n1', 'n2'], peers: null } },
    ]);
  });
});

describe('the DaemonSet', () => {
  test('counts nodes by problem', () => {
    const api = { status: { ...STATUS, components: [{ name: 'kubernetes', state: 'Failure' }] } };
    const [fleet] = judge({ n1: { ...api, bpfMounted: false }, n2: api, n3: { status: undefined, unread: 'No.' } });
    expect(fleet).toMatchObject({
      verdict: 'critical',
      resource: { kind: 'daemonset', id: 'kube-system/cilium' },
      summary:
        '3 of the 4 agents of Cilium that were asked answered, of 4; 2 nodes with trouble (bpf-not-mounted on 1, kubernetes-unreachable on 2).',
      evidence: { problemCounts: { 'bpf-not-mounted': 1, 'kubernetes-unreachable': 2 }, nodes: ['n1', 'n2'] },
    });
  });

  test.each<[string, Parameters<typeof aSnapshot>[0], Verdict]>([
    ['is not there', { daemonSets: [], ciliumAgents: [] }, 'not-applicable'],
    ['selects no node', { daemonSets: [cilium({ desired: 0 })], ciliumAgents: [] }, 'not-applicable'],
    ['has no pods', { daemonSets: [cilium()], ciliumAgents: [] }, 'unknown'],
  ])('%s', (_situation, given, verdict) => {
    expect(runCheck(check, aSnapshot(given)).findings.map((finding) => finding.verdict)).toEqual([verdict]);
  });
});
