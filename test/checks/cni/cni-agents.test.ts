import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { check } from '#lib/checks/cni/cni-agents.ts';
import type { Container, DaemonSet, Node, Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { aCluster, aDaemonSet, aNode, aPod, aSnapshot, awsNode, DENIED } from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Options = Partial<z.input<typeof check.options>>;

const OLD = '2026-11-20T00:00:00Z';
const FRESH = '2026-11-24T02:58:00Z';
const compute = (type: string) => ({ 'eks.amazonaws.com/compute-type': type });

/** `n1`, `n2`, ...: Linux nodes that aws-node selects. */
function nodes(count: number, over: Partial<Node> = {}): Node[] {
  const labels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...over.labels };
  return Array.from({ length: count }, (_, at) => aNode({ ...over, name: `n${at + 1}`, labels }));
}

const READY = [{ type: 'Ready', status: 'True' }];
const UNREADY = [{ type: 'Ready', status: 'False' }];

function anAgent(nodeName: string, over: Partial<Pod> & { container?: Partial<Container> } = {}, daemonSet = 'aws-node'): Pod {
  const { container, ...rest } = over;
  return aPod({
    namespace: 'kube-system',
    name: `${daemonSet}-${nodeName}`,
    owner: { kind: 'DaemonSet', name: daemonSet },
    nodeName,
    hostNetwork: true,
    conditions: READY,
    createdAt: OLD,
    containers: [
      {
        name: daemonSet,
        image: 'cni:1',
        init: false,
        ready: rest.conditions !== UNREADY,
        restartCount: 0,
        ports: [],
        ...container,
      },
    ],
    ...rest,
  });
}
const crashing = (nodeName: string, container: Partial<Container> = {}, over: Partial<Pod> = {}) =>
  anAgent(nodeName, {
    conditions: UNREADY,
    container: { waitingReason: 'CrashLoopBackOff', terminatedReason: 'Error', exitCode: 1, restartCount: 9, ...container },
    ...over,
  });
const notReady = (nodeName: string, over: Partial<Pod> = {}) => anAgent(nodeName, { conditions: UNREADY, ...over });
const healthy = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => anAgent(`n${from + at}`));

/** A pod that was scheduled a while ago and has no network. */
const waiting = (nodeName: string, over: Partial<Pod> = {}) =>
  aPod({
    name: `web-${nodeName}`,
    nodeName,
    phase: 'Pending',
    podIps: [],
    conditions: [
      { type: 'PodScheduled', status: 'True', lastTransitionTime: OLD },
      { type: 'PodReadyToStartContainers', status: 'False' },
    ],
    ...over,
  });

function agentsOn(count: number, pods: readonly Pod[], over: Given = {}, daemonSet: Partial<DaemonSet> = {}): Given {
  const ready = pods.filter(({ conditions }) => conditions === READY).length;
  return {
    nodes: nodes(count),
    pods: [...pods],
    daemonSets: [awsNode({}, { desired: count, current: count, ready, available: ready, updated: count, ...daemonSet })],
    ...over,
  };
}

const judge = (given: Given, options: Options = {}) => runCheck(check, aSnapshot(given), options);
const verdictOf = (given: Given, options: Options = {}): Verdict | undefined => judge(given, options).findings[0]?.verdict;

const twenty = (...broken: Pod[]) => [...healthy(broken.length + 1, 20), ...broken];

describe('one DaemonSet', () => {
  test.each<[string, Given, Verdict]>([
    ['every agent is ready', agentsOn(3, healthy(1, 3)), 'ok'],
    ['one of many crashes', agentsOn(20, twenty(crashing('n1'))), 'warning'],
    ['one of many is not ready, without a crash', agentsOn(20, twenty(notReady('n1'))), 'warning'],
    ['one of many nodes has no agent', agentsOn(20, healthy(2, 20)), 'warning'],
    ['pods wait on the one that crashes', agentsOn(20, [...twenty(crashing('n1')), waiting('n1')]), 'critical'],
    ['pods wait on a node without an agent', agentsOn(20, [...healthy(2, 20), waiting('n1')]), 'critical'],
    ['pods wait where the agent works: another cause', agentsOn(20, [...healthy(1, 20), waiting('n1')]), 'ok'],
    [
      'a pod that was scheduled just now does not wait yet',
      agentsOn(20, [
        ...twenty(crashing('n1')),
        waiting('n1', {
          conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime: FRESH },
            { type: 'PodReadyToStartContainers', status: 'False' },
          ],
        }),
      ]),
      'warning',
    ],
    [
      'a slow image is not a missing network',
      agentsOn(20, [
        ...twenty(crashing('n1')),
        waiting('n1', {
          conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime: OLD },
            { type: 'PodReadyToStartContainers', status: 'True' },
          ],
        }),
      ]),
      'warning',
    ],
    ['a tenth of them crashes', agentsOn(20, twenty(crashing('n1'), crashing('n2'))), 'critical'],
    ['one of five crashes: a fifth, but one alone', agentsOn(5, [...healthy(2, 5), crashing('n1')]), 'warning'],
    [
      'host-network pods need no network of the CNI',
      agentsOn(20, [...twenty(crashing('n1')), waiting('n1', { hostNetwork: true })]),
      'warning',
    ],
    [
      'a young agent that ended without a reason',
      agentsOn(
        20,
        twenty(
          notReady('n1', {
            createdAt: FRESH,
            containers: [{ name: 'aws-node', image: 'i', init: false, ready: false, restartCount: 1, exitCode: 1, ports: [] }],
          }),
        ),
      ),
      'warning',
    ],
    [
      'a young agent past its init container',
      agentsOn(
        20,
        twenty(
          notReady('n1', {
            createdAt: FRESH,
            containers: [
              {
                name: 'aws-vpc-cni-init',
                image: 'i',
                init: true,
                ready: false,
                restartCount: 0,
                terminatedReason: 'Completed',
                exitCode: 0,
                ports: [],
              },
              { name: 'aws-node', image: 'i', init: false, ready: false, restartCount: 0, ports: [] },
            ],
          }),
        ),
      ),
      'ok',
    ],
    [
      'a successor, listed before the one on its way out',
      agentsOn(1, [anAgent('n1'), notReady('n1', { deletedAt: FRESH })]),
      'ok',
    ],
    ['the only one crashes', agentsOn(1, [crashing('n1')]), 'critical'],
    ['a young agent is still starting', agentsOn(20, twenty(notReady('n1', { createdAt: FRESH }))), 'ok'],
    ['a young agent that crashed is not', agentsOn(20, twenty(crashing('n1', {}, { createdAt: FRESH }))), 'warning'],
    [
      'a young agent whose image cannot be had is not',
      agentsOn(
        20,
        twenty(anAgent('n1', { conditions: UNREADY, createdAt: FRESH, container: { waitingReason: 'ImagePullBackOff' } })),
      ),
      'warning',
    ],
    [
      'a young node has no agent yet',
      agentsOn(2, [anAgent('n1')], { nodes: [...nodes(1), aNode({ ...nodes(2)[1], name: 'n2', createdAt: FRESH })] }),
      'ok',
    ],
    [
      'a node that is down takes its agent along',
      agentsOn(2, [anAgent('n1'), notReady('n2')], {
        nodes: [...nodes(1), aNode({ ...nodes(2)[1], conditions: [{ type: 'Ready', status: 'Unknown' }] })],
      }),
      'ok',
    ],
    ['an agent on its way out, beside its successor', agentsOn(1, [notReady('n1', { deletedAt: FRESH }), anAgent('n1')]), 'ok'],
    [
      'many restarts over a long life',
      agentsOn(1, [anAgent('n1', { createdAt: '2026-08-01T00:00:00Z', container: { restartCount: 12 } })]),
      'ok',
    ],
    ['many restarts a day', agentsOn(1, [anAgent('n1', { container: { restartCount: 40 } })]), 'warning'],
    [
      'a finished init container is no crash',
      agentsOn(1, [
        anAgent('n1', {
          containers: [
            {
              name: 'aws-vpc-cni-init',
              image: 'i',
              init: true,
              ready: true,
              restartCount: 0,
              terminatedReason: 'Completed',
              exitCode: 0,
              ports: [],
            },
          ],
        }),
      ]),
      'ok',
    ],
  ])('%s', (_name, given, verdict) => {
    expect(verdictOf(given)).toBe(verdict);
  });
});

describe('a rollout in progress is told apart from a failure', () => {
  const rolling = { updated: 4, maxUnavailable: '10%' };
  const leaving = notReady('n1', { deletedAt: FRESH });
  test.each<[string, Given, Verdict]>([
    ['agents are taken down for it', agentsOn(20, [...healthy(3, 20), leaving], {}, rolling), 'ok'],
    ['new agents are starting', agentsOn(20, twenty(notReady('n1', { createdAt: FRESH })), {}, rolling), 'ok'],
    ['more than it allows', agentsOn(20, [...healthy(4, 20), leaving], {}, rolling), 'warning'],
    ['the new agents crash', agentsOn(20, twenty(crashing('n1')), {}, rolling), 'warning'],
    ['the new agents never get ready', agentsOn(20, twenty(notReady('n1')), {}, rolling), 'warning'],
    ['pods wait for one that was taken down', agentsOn(20, [...healthy(2, 20), waiting('n1')], {}, rolling), 'critical'],
    [
      'the controller has not seen the newest template',
      agentsOn(20, healthy(2, 20), {}, { ...rolling, observedGeneration: 0 }),
      'ok',
    ],
    ['a number as limit', agentsOn(20, healthy(3, 20), {}, { updated: 1, maxUnavailable: '2' }), 'ok'],
    ['replaced only when deleted: no limit', agentsOn(20, healthy(2, 20), {}, { updated: 1 }), 'warning'],
  ])('%s', (_name, given, verdict) => {
    const [finding] = judge(given).findings;
    expect(finding?.verdict).toBe(verdict);
    expect(finding?.evidence['rolloutInProgress']).toBe(true);
  });
});

test('the finding names the numbers', () => {
  const given = agentsOn(20, [
    ...healthy(4, 20),
    crashing('n1', { terminatedReason: 'OOMKilled', exitCode: 137 }),
    notReady('n2'),
    waiting('n1'),
    waiting('n3'),
  ]);
  const { findings, metrics } = judge(given);
  expect(findings[0]).toEqual({
    verdict: 'critical',
    resource: { kind: 'daemonset', id: 'kube-system/aws-node', name: 'aws-node' },
    summary:
      '17 of 20 nodes have a ready agent of kube-system/aws-node (vpc-cni); 2 do not work (1 CrashLoopBackOff after OOMKilled, 1 NotReady); ' +
      '1 node has none; 2 pods wait for a network there.',
    evidence: {
      cni: 'vpc-cni',
      version: 'v1.20.4-eksbuild.1',
      desired: 20,
      ready: 17,
      expectedNodes: 20,
      notReady: 3,
      failing: 2,
      missing: 1,
      nodes: ['n1', 'n2', 'n3'],
      nodesWithoutAgent: ['n3'],
      starting: 0,
      updating: 0,
      nodesDown: 0,
      rolloutInProgress: false,
      updated: 20,
      restarts: 9,
      restartingAgents: [],
      crashReasons: { CrashLoopBackOff: 1, OOMKilled: 1, NotReady: 1 },
      exitCodes: { 137: 1 },
      podsWaiting: 2,
    },
    timeToImpact: 'immediate',
    remediation: 'restart-cni',
  });
  expect(
    findings.slice(1).map(({ verdict, resource, evidence }) => [verdict, resource.id, evidence['state'], evidence['reason']]),
  ).toEqual([
    ['critical', 'n1', 'failing', 'CrashLoopBackOff'],
    ['critical', 'n3', 'missing', 'no pod of the agent'],
    ['warning', 'n2', 'failing', 'NotReady'],
  ]);
  expect(metrics).toEqual([
    { name: 'CniAgentsDesired', value: 20 },
    { name: 'CniAgentsNotReady', value: 3 },
    { name: 'CniAgentRestarts', value: 9 },
  ]);
});

test('nodes get few findings, the worst first', () => {
  const broken = Array.from({ length: 15 }, (_, at) => crashing(`n${at + 1}`));
  const { findings } = judge(agentsOn(20, [...broken, ...healthy(16, 20), waiting('n9')]), { nodeFindings: 3 });
  expect(findings.map(({ resource }) => resource.id)).toEqual(['kube-system/aws-node', 'n9', 'n1', 'n10']);
});

describe('before Kubernetes 1.29 an event tells that a pod has no network', () => {
  const pod = waiting('n1', { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: OLD }] });
  const event = {
    namespace: 'default',
    reason: 'FailedCreatePodSandBox',
    message: '',
    involved: { kind: 'Pod', namespace: 'default', name: pod.name },
    count: 4,
  };
  test.each<[string, Given, Verdict]>([
    ['with the event', { events: [event] }, 'critical'],
    ['without it', {}, 'warning'],
    ['events were not read', { events: DENIED }, 'warning'],
  ])('%s', (_name, over, verdict) => {
    expect(verdictOf(agentsOn(20, [...twenty(crashing('n1')), pod], over))).toBe(verdict);
  });
});

describe('which nodes should run an agent', () => {
  const extra = (over: Partial<Node>) => ({
    nodes: [
      ...nodes(1),
      aNode({ ...over, name: 'other', labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...over.labels } }),
    ],
  });
  test.each<[string, Partial<Node>]>([
    ['Fargate', { labels: compute('fargate') }],
    ['hybrid', { labels: compute('hybrid') }],
    ['Auto Mode', { labels: compute('auto') }],
    ['Windows', { labels: { 'kubernetes.io/os': 'windows' }, operatingSystem: 'windows' }],
  ])('not %s', (_name, over) => {
    const { findings } = judge(agentsOn(1, [anAgent('n1')], extra(over)));
    expect(findings.map(({ verdict, evidence }) => [verdict, evidence['expectedNodes']])).toEqual([['ok', 1]]);
  });

  const tainted = { taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] };
  const strict = { tolerations: [] };
  const unplugged = {
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'KubeletNotReady',
        message:
          'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      },
    ],
  };
  test.each<[string, Partial<Node>, Partial<DaemonSet>, readonly Verdict[]]>([
    ['a taint that the agent tolerates', tainted, {}, ['warning', 'warning']],
    ['a taint that it does not tolerate: no CNI at all', tainted, strict, ['ok', 'warning']],
    ['the same, and the node says that it has no network', { ...tainted, ...unplugged }, strict, ['ok', 'critical']],
    ['an architecture that it does not select', { labels: { 'kubernetes.io/arch': 's390x' } }, {}, ['ok', 'warning']],
  ])('%s', (_name, node, daemonSet, verdicts) => {
    const options = { criticalPercent: 100 };
    const { findings } = judge(agentsOn(1, [anAgent('n1')], extra(node), daemonSet), options);
    expect(findings.map(({ verdict }) => verdict)).toEqual(verdicts);
  });
});

describe('several CNIs', () => {
  const cilium = (over: Partial<DaemonSet> = {}) =>
    aDaemonSet({
      namespace: 'cilium-system',
      name: 'cilium',
      labels: { 'k8s-app': 'cilium' },
      desired: 2,
      ready: 2,
      updated: 2,
      containers: [{ name: 'cilium-agent', image: 'cilium:v1.20.2', init: false, env: {}, args: [] }],
      ...over,
    });
  const ciliumAgent = (nodeName: string) => ({ ...anAgent(nodeName, {}, 'cilium'), namespace: 'cilium-system' });

  test('aws-node that selects no node leaves them to Cilium', () => {
    const off = { nodeSelector: { 'io.cilium/aws-node-enabled': 'true' }, desired: 0, updated: 0 };
    const given = agentsOn(2, [ciliumAgent('n1'), ciliumAgent('n2')], {}, off);
    const { findings } = judge({ ...given, daemonSets: [awsNode({}, off), cilium()] });
    expect(findings.map(({ verdict, resource }) => [verdict, resource.id])).toEqual([
      ['not-applicable', 'kube-system/aws-node'],
      ['ok', 'cilium-system/cilium'],
    ]);
  });

  test('a node on which both fail gets one finding', () => {
    const given = agentsOn(2, [anAgent('n1'), ciliumAgent('n1')]);
    const { findings } = judge({ ...given, daemonSets: [awsNode(), cilium()] });
    expect(findings.map(({ resource }) => resource.id)).toEqual(['kube-system/aws-node', 'cilium-system/cilium', 'n2']);
  });
});

describe('no DaemonSet of a CNI', () => {
  const none = (over: Given): Given => ({ nodes: nodes(2), pods: [], daemonSets: [aDaemonSet()], ...over });
  const unplugged = nodes(2, {
    conditions: [{ type: 'Ready', status: 'False', message: 'NetworkReady=false reason:NetworkPluginNotReady' }],
  });
  test.each<[string, Given, Verdict]>([
    [
      'Auto Mode connects its own pods',
      none({ cluster: aCluster({ autoMode: true }), nodes: nodes(2, { labels: compute('auto') }) }),
      'not-applicable',
    ],
    ['Fargate alone', none({ nodes: nodes(2, { labels: compute('fargate') }) }), 'not-applicable'],
    ['no nodes at all', none({ nodes: [] }), 'not-applicable'],
    ['nodes are ready: some other CNI', none({}), 'unknown'],
    ['other nodes beside those of Auto Mode', none({ cluster: aCluster({ autoMode: true }) }), 'unknown'],
    ['nodes have no network', none({ nodes: unplugged }), 'critical'],
    ['whether Auto Mode is on was not read', none({ cluster: DENIED }), 'unknown'],
  ])('%s', (_name, given, verdict) => {
    const { findings, metrics } = judge(given);
    expect(findings.map((finding) => finding.verdict)).toEqual([verdict]);
    expect(metrics).toEqual([]);
  });
});
