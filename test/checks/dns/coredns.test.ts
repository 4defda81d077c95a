import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { check } from '#lib/checks/dns/coredns.ts';
import type { Addon } from '#lib/model/eks.ts';
import type { ConfigMap, Container, DaemonSet, Deployment, EndpointSlice, Node, Pod } from '#lib/model/kubernetes.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import {
  aCluster,
  aDaemonSet,
  aDeployment,
  aNode,
  anEndpointSlice,
  aPod,
  aService,
  aSnapshot,
  awsNode,
  DENIED,
} from '#test/scenarios/slices.ts';

type Given = NonNullable<Parameters<typeof aSnapshot>[0]>;
type Options = Partial<z.input<typeof check.options>>;

const FRESH = '2026-11-24T02:59:30Z';
const READY = [{ type: 'Ready', status: 'True' }];
const UNREADY = [{ type: 'Ready', status: 'False' }];
const COREFILE = '.:53 {\n kubernetes cluster.local in-addr.arpa ip6.arpa\n forward . /etc/resolv.conf\n cache 30\n loop\n}\n';

/** `n1` in zone a, `n2` in zone b, ... */
function nodes(count: number, over: Partial<Node> = {}): Node[] {
  return Array.from({ length: count }, (_, at) =>
    aNode({
      name: `n${at + 1}`,
      labels: { 'topology.kubernetes.io/zone': `eu-west-1${'abc'[at % 3]}`, 'kubernetes.io/os': 'linux', ...over.labels },
      ...Object.fromEntries(Object.entries(over).filter(([key]) => key !== 'labels')),
    }),
  );
}

function coreDnsPod(nodeName: string, over: Partial<Pod> & { container?: Partial<Container> } = {}): Pod {
  const { container, ...rest } = over;
  const ready = (rest.conditions ?? READY) === READY;
  return aPod({
    namespace: 'kube-system',
    name: `coredns-${nodeName}`,
    labels: { 'k8s-app': 'kube-dns' },
    nodeName,
    dnsPolicy: 'Default',
    conditions: READY,
    containers: [{ name: 'coredns', image: 'coredns:1', init: false, ready, restartCount: 0, ports: [], ...container }],
    ...rest,
  });
}
const crashing = (nodeName: string, container: Partial<Container> = {}) =>
  coreDnsPod(nodeName, {
    conditions: UNREADY,
    container: { waitingReason: 'CrashLoopBackOff', terminatedReason: 'Error', exitCode: 1, restartCount: 20, ...container },
  });
const young = (nodeName: string) =>
  coreDnsPod(nodeName, { conditions: UNREADY, createdAt: FRESH, container: { waitingReason: 'ContainerCreating' } });

function endpointsOf(pods: readonly Pod[], over: Partial<EndpointSlice> = {}): EndpointSlice {
  return anEndpointSlice({
    endpoints: pods.map(({ name, nodeName, podIps, conditions }) => ({
      addresses: podIps,
      ready: conditions === READY,
      ...(nodeName ? { nodeName } : {}),
      target: { kind: 'Pod', namespace: 'kube-system', name },
    })),
    ...over,
  });
}

const configMap = (name: string, text?: string): ConfigMap => ({
  namespace: 'kube-system',
  name,
  omitted: [],
  ...(text === undefined ? {} : { data: { Corefile: text } }),
});
const addon = (over: Partial<Addon> = {}): Addon => ({
  addonName: 'coredns',
  addonVersion: 'v1.12.4-eksbuild.1',
  status: 'ACTIVE',
  healthIssues: [],
  ...over,
});

/** Three nodes in three zones, and CoreDNS as the add-on has it, running as these pods. */
function running(pods: readonly Pod[], over: Given = {}, deployment: Partial<Deployment> = {}): Given {
  return {
    nodes: nodes(3),
    pods: [...pods],
    deployments: [aDeployment({ ready: pods.filter(({ conditions }) => conditions === READY).length, ...deployment })],
    daemonSets: [awsNode()],
    services: [aService()],
    endpointSlices: [endpointsOf(pods)],
    configMaps: [configMap('coredns', COREFILE), configMap('node-local-dns')],
    addons: [addon()],
    ...over,
  };
}
const HEALTHY = [coreDnsPod('n1'), coreDnsPod('n2')];

const judge = (given: Given, options: Options = {}) => runCheck(check, aSnapshot(given), options).findings;
/** The findings but for those that are ok: kind of resource and verdict. */
const problems = (given: Given, options: Options = {}): Record<string, Verdict> =>
  Object.fromEntries(
    judge(given, options).flatMap(({ resource, verdict }) => (verdict === 'ok' ? [] : [[resource.kind, verdict]])),
  );

describe('endpoints against what is desired', () => {
  const four = { desired: 4, updated: 4, maxUnavailable: '1' };
  test.each<[string, Given, Record<string, Verdict>, Options?]>([
    ['all ready', running(HEALTHY), {}],
    ['one of two ready', running([coreDnsPod('n1'), crashing('n2')]), { deployment: 'warning' }],
    [
      'one of three ready',
      running([coreDnsPod('n1'), crashing('n2')], {}, { desired: 3, updated: 3 }),
      { deployment: 'critical' },
    ],
    [
      'one of three ready, by a laxer option',
      running([coreDnsPod('n1')], {}, { desired: 3, updated: 3 }),
      { deployment: 'warning' },
      { criticalPercent: 30 },
    ],
    ['none ready', running([crashing('n1'), crashing('n2')]), { deployment: 'critical' }],
    ['ready, but not among the endpoints', running(HEALTHY, { endpointSlices: [anEndpointSlice()] }), { deployment: 'critical' }],
    ['no Service', running(HEALTHY, { services: [], endpointSlices: [] }), { deployment: 'critical' }],
    ['scaled to none', running([], {}, { desired: 0 }), { deployment: 'critical' }],
    ['a pod that cannot be scheduled', running([coreDnsPod('n1')]), { deployment: 'warning' }],
    ['a new replica is starting', running([...HEALTHY, young('n3')], {}, { desired: 3, updated: 3 }), {}],
    [
      'a young one that crashed',
      running([...HEALTHY, { ...crashing('n3'), createdAt: FRESH }], {}, { desired: 3, updated: 3 }),
      { deployment: 'warning' },
    ],
    [
      'replicas that were never made are no rollout',
      running([...HEALTHY, coreDnsPod('n3')], {}, { ...four, current: 3, updated: 3 }),
      { deployment: 'warning' },
    ],
    [
      'the controller gets no further',
      running(
        [coreDnsPod('n1'), coreDnsPod('n2'), coreDnsPod('n3')],
        {},
        {
          ...four,
          updated: 2,
          conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
        },
      ),
      { deployment: 'warning' },
    ],
    [
      'the new pod of a rollout crashes beside the old ones',
      running([...HEALTHY, crashing('n3')], {}, { current: 3, updated: 1 }),
      { deployment: 'warning' },
    ],
    ['a rollout has one down', running([coreDnsPod('n1'), coreDnsPod('n2'), coreDnsPod('n3')], {}, { ...four, updated: 2 }), {}],
    ['a rollout has more down than it may', running(HEALTHY, {}, { ...four, updated: 2 }), { deployment: 'warning' }],
    [
      'a rollout that the controller has not seen',
      running([coreDnsPod('n1'), coreDnsPod('n2'), coreDnsPod('n3')], {}, { ...four, generation: 2 }),
      {},
    ],
    [
      'a share of a Deployment is rounded down',
      running(HEALTHY, {}, { desired: 3, updated: 2, maxUnavailable: '25%' }),
      { deployment: 'warning' },
    ],
    ['one replica', running([coreDnsPod('n1')], {}, { desired: 1 }), { deployment: 'warning' }],
    ['one replica, which is enough here', running([coreDnsPod('n1')], {}, { desired: 1 }), {}, { leastReplicas: 1 }],
    [
      'a DaemonSet of it',
      running(HEALTHY, {
        deployments: [],
        daemonSets: [
          aDaemonSet({ name: 'coredns', selector: { matchLabels: { 'k8s-app': 'kube-dns' } }, desired: 2, updated: 2 }),
        ],
      }),
      {},
    ],
    ['run by nothing that can be found', running(HEALTHY, { deployments: [] }), { deployment: 'unknown' }],
    ['Deployments were not read', running(HEALTHY, { deployments: DENIED }), { deployment: 'unknown' }],
    [
      'Deployments were not read, and no endpoint is ready',
      running([crashing('n1')], { deployments: DENIED }),
      { deployment: 'critical' },
    ],
    ['Services were not read', running(HEALTHY, { services: DENIED }), {}],
    ['DaemonSets were not read', running(HEALTHY, { daemonSets: DENIED }), { daemonset: 'unknown' }],
    [
      'a dual-stack Service has each pod twice',
      running([coreDnsPod('n1'), crashing('n2')], {
        endpointSlices: [endpointsOf([coreDnsPod('n1')]), endpointsOf([coreDnsPod('n1')], { name: 'v6', addressType: 'IPv6' })],
      }),
      { deployment: 'warning' },
    ],
  ])('%s', (_name, given, expected, options) => {
    expect(problems(given, options)).toEqual(expected);
  });
});

describe('spread, restarts and memory', () => {
  const together = [coreDnsPod('n1'), coreDnsPod('n1', { name: 'coredns-2' })];
  const zoneA = { 'topology.kubernetes.io/zone': 'eu-west-1a' };
  test.each<[string, Given, Record<string, Verdict>]>([
    ['both on one node of three', running(together), { deployment: 'warning' }],
    ['both on the only node', running(together, { nodes: nodes(1) }), {}],
    [
      'both on the only node that is ready',
      running(together, { nodes: [...nodes(1), aNode({ name: 'n2', conditions: UNREADY })] }),
      {},
    ],
    [
      'two nodes of one zone, and nodes elsewhere',
      running([coreDnsPod('n1'), coreDnsPod('n4')], { nodes: nodes(4) }),
      { deployment: 'warning' },
    ],
    ['the cluster has one zone', running(HEALTHY, { nodes: nodes(2, { labels: zoneA }) }), {}],
    [
      'one endpoint of one desired is no question of spread',
      running([coreDnsPod('n1')], {}, { desired: 1 }),
      { deployment: 'warning' },
    ],
    [
      'many restarts a day',
      running([coreDnsPod('n1', { container: { restartCount: 40 } }), coreDnsPod('n2')]),
      { deployment: 'warning' },
    ],
    [
      'as many over months',
      running([coreDnsPod('n1', { createdAt: '2026-05-01T00:00:00Z', container: { restartCount: 40 } }), coreDnsPod('n2')]),
      {},
    ],
    [
      'ran out of memory',
      running([
        coreDnsPod('n1', { container: { terminatedReason: 'OOMKilled', exitCode: 137, restartCount: 1 } }),
        coreDnsPod('n2'),
      ]),
      { deployment: 'warning' },
    ],
  ])('%s', (_name, given, expected) => {
    expect(problems(given)).toEqual(expected);
  });
});

describe('the Corefile', () => {
  const file = (text: string) => ({ configMaps: [configMap('coredns', text)] });
  test.each<[string, Given, Record<string, Verdict>]>([
    ['no plugin kubernetes', file('.:53 {\n forward . 10.0.0.2\n}'), { 'config-map': 'critical' }],
    ['no forward', file('.:53 {\n kubernetes cluster.local\n}'), { 'config-map': 'warning' }],
    ['neither', file('.:53 {\n cache\n}'), { 'config-map': 'critical' }],
    [
      'forwards to the Service',
      file('.:53 {\n kubernetes cluster.local\n forward . 172.20.0.10\n}'),
      { 'config-map': 'critical' },
    ],
    ['cut short', file(COREFILE.slice(0, -3)), { 'config-map': 'warning' }],
    ['imports what cannot be seen', file('import custom/*.server\n'), { 'config-map': 'unknown' }],
    ['imports beside what is needed', file(`import custom/*.server\n${COREFILE}`), {}],
    ['there is none', { configMaps: [configMap('coredns')] }, { 'config-map': 'warning' }],
    ['it was refused', { configMaps: [{ ...configMap('coredns'), unread: 'forbidden' }] }, { 'config-map': 'unknown' }],
    ['nobody asked for it', { configMaps: [] }, { 'config-map': 'unknown' }],
    ['ConfigMaps were not read', { configMaps: DENIED }, { 'config-map': 'unknown' }],
  ])('%s', (_name, over, expected) => {
    expect(problems(running(HEALTHY, over))).toEqual(expected);
  });

  test('pods that resolve by the cluster itself forward in a circle', () => {
    const pods = HEALTHY.map((pod) => ({ ...pod, dnsPolicy: 'ClusterFirst' }));
    expect(problems(running(pods))).toEqual({ 'config-map': 'critical' });
  });

  test('servers without a port listen where the flag says', () => {
    const [container] = aDeployment().containers;
    const args = ['-conf', '/etc/coredns/Corefile', '-dns.port', '1053'];
    const given = running(HEALTHY, file('. {\n kubernetes cluster.local\n forward . 10.0.0.2\n}'), {
      containers: container ? [{ ...container, args }] : [],
    });
    const ports = [{ name: 'dns', protocol: 'UDP', port: 1053 }];
    expect(problems({ ...given, endpointSlices: [endpointsOf(HEALTHY, { ports })] })).toEqual({});
    expect(problems(given)).toEqual({ 'config-map': 'critical' });
  });

  test('a finding says which line breaks it, and what follows', () => {
    const [, finding] = judge(running(HEALTHY, file('.:53 {\n cache }\n}')));
    expect(finding?.summary).toBe(
      'The Corefile breaks off at line 2: a brace closes what was never opened; CoreDNS goes on with the one it has, and its pods fail at their next start.',
    );
  });
});

describe('the add-on', () => {
  test.each<[string, Given, Record<string, Verdict>]>([
    ['is well', {}, {}],
    ['is being updated', { addons: [addon({ status: 'UPDATING' })] }, {}],
    [
      'is degraded',
      { addons: [addon({ status: 'DEGRADED', healthIssues: [{ code: 'InsufficientNumberOfReplicas', resourceIds: [] }] })] },
      { addon: 'warning' },
    ],
    ['failed to update', { addons: [addon({ status: 'UPDATE_FAILED' })] }, { addon: 'warning' }],
    ['is not there: CoreDNS is self-managed', { addons: [] }, {}],
    ['was not read', { addons: DENIED }, { addon: 'unknown' }],
  ])('%s', (_name, over, expected) => {
    expect(problems(running(HEALTHY, over))).toEqual(expected);
  });
});

describe('NodeLocal DNSCache', () => {
  const labels = { 'k8s-app': 'node-local-dns' };
  const CACHE = `cluster.local:53 {
    cache
    bind 169.254.20.10 172.20.0.10
    forward . __PILLAR__CLUSTER__DNS__ {
      force_tcp
    }
  }
  .:53 {
    forward . __PILLAR__UPSTREAM__SERVERS__
  }`;
  const daemonSet = (over: Partial<DaemonSet> = {}, localip = '169.254.20.10,172.20.0.10') =>
    aDaemonSet({
      name: 'node-local-dns',
      labels,
      selector: { matchLabels: labels },
      containers: [
        {
          name: 'node-cache',
          image: 'node-cache:1.26.4',
          init: false,
          env: {},
          args: ['-localip', localip, '-conf', '/etc/Corefile', '-upstreamsvc', 'kube-dns-upstream'],
        },
      ],
      ...over,
    });
  const agent = (nodeName: string, over: Partial<Pod> = {}) =>
    aPod({
      namespace: 'kube-system',
      name: `node-local-dns-${nodeName}`,
      labels,
      nodeName,
      hostNetwork: true,
      owner: { kind: 'DaemonSet', name: 'node-local-dns' },
      conditions: READY,
      ...over,
    });
  const failing = (nodeName: string) => agent(nodeName, { conditions: UNREADY });
  const AGENTS = [agent('n1'), agent('n2'), agent('n3')];
  const cached = (agents: readonly Pod[] = AGENTS, over: Given = {}): Given =>
    running([...HEALTHY, ...agents], {
      endpointSlices: [endpointsOf(HEALTHY)],
      daemonSets: [awsNode(), daemonSet()],
      services: [aService(), aService({ name: 'kube-dns-upstream', clusterIps: ['172.20.9.9'] })],
      configMaps: [configMap('coredns', COREFILE), configMap('node-local-dns', CACHE)],
      ...over,
    });
  const withFile = (text?: string) => ({ configMaps: [configMap('coredns', COREFILE), configMap('node-local-dns', text)] });
  const tainted = [
    ...nodes(2),
    aNode({
      name: 'n3',
      labels: { 'topology.kubernetes.io/zone': 'eu-west-1c' },
      taints: [{ key: 'gpu', effect: 'NoSchedule' }],
    }),
  ];
  const strict = aPod({ podEni: '[]' });

  test.each<[string, Given, Record<string, Verdict>]>([
    ['works on every node', cached(), {}],
    ['does not work on one', cached([agent('n1'), agent('n2'), failing('n3')]), { daemonset: 'warning' }],
    ['is missing on one', cached([agent('n1'), agent('n2')]), { daemonset: 'warning' }],
    ['works on one of three', cached([agent('n1'), failing('n2'), failing('n3')]), { daemonset: 'critical' }],
    ['its upstream Service is gone', cached(AGENTS, { services: [aService()] }), { daemonset: 'critical' }],
    ['Services were not read', cached(AGENTS, { services: DENIED }), { daemonset: 'unknown' }],
    ['its Corefile is not in the ConfigMap of that name', cached(AGENTS, withFile()), { daemonset: 'unknown' }],
    ['its Corefile breaks off', cached(AGENTS, withFile('. {')), { daemonset: 'warning' }],
    ['it forwards to itself', cached(AGENTS, withFile('.:53 {\n forward . 172.20.0.10\n}')), { daemonset: 'critical' }],
    [
      'it asks the very Service whose address it took',
      cached(AGENTS, {
        daemonSets: [
          daemonSet({
            containers: [
              { ...(daemonSet().containers[0] as DaemonSet['containers'][number]), args: ['-localip=169.254.20.10,172.20.0.10'] },
            ],
          }),
        ],
      }),
      { daemonset: 'critical' },
    ],
    [
      'a node takes none, and the cache has the address of the Service',
      cached([agent('n1'), agent('n2')], { nodes: tainted, daemonSets: [daemonSet({ tolerations: [] })] }),
      {},
    ],
    [
      'a node takes none, and the cache has an address of its own',
      cached([agent('n1'), agent('n2')], { nodes: tainted, daemonSets: [daemonSet({ tolerations: [] }, '169.254.20.10')] }),
      { daemonset: 'warning' },
    ],
    ['pods have security groups of their own, strictly', cached([...AGENTS, strict]), { daemonset: 'warning' }],
    [
      'pods have security groups of their own, in standard mode',
      cached([...AGENTS, strict], { daemonSets: [awsNode({ POD_SECURITY_GROUP_ENFORCING_MODE: 'standard' }), daemonSet()] }),
      {},
    ],
  ])('%s', (_name, given, expected) => {
    expect(problems(given)).toEqual(expected);
  });

  test('tells what it found', () => {
    const finding = judge(cached()).at(-1);
    expect(finding).toEqual({
      verdict: 'ok',
      resource: { kind: 'daemonset', id: 'kube-system/node-local-dns', name: 'node-local-dns' },
      summary: 'NodeLocal DNSCache answers on 3 of 3 nodes, on 169.254.20.10 and 172.20.0.10.',
      evidence: {
        nodeLocalDns: {
          nodes: 3,
          ready: 3,
          failing: [],
          nodesWithout: [],
          listensOn: ['169.254.20.10', '172.20.0.10'],
          answersServiceIp: true,
          upstreamService: 'kube-dns-upstream',
          upstreamExists: true,
          corefile: 'read',
          forceTcp: true,
          strictPods: 0,
        },
      },
    });
  });
});

describe('a cluster without CoreDNS', () => {
  const compute = { 'eks.amazonaws.com/compute-type': 'auto' };
  const auto = nodes(2, { labels: compute });
  const mixed = [...auto, aNode({ name: 'other' })];
  const on = (nodeName: string, over: Partial<Pod> = {}) => [aPod({ nodeName, ...over })];
  const none = (over: Given): Given => ({
    deployments: [],
    endpointSlices: [],
    services: [],
    addons: [],
    configMaps: [],
    cluster: aCluster({ autoMode: true }),
    ...over,
  });
  test.each<[string, Given, Verdict, Options?]>([
    ["every node is Auto Mode's", none({ nodes: auto, pods: on('n1') }), 'not-applicable'],
    [
      'the same, which somebody does not want to trust',
      none({ nodes: auto, pods: on('n1') }),
      'unknown',
      { autoMode: 'unknown' },
    ],
    ['another node beside them, whose pods ask for names', none({ nodes: mixed, pods: on('other') }), 'critical'],
    [
      'another node beside them, whose pods ask nobody',
      none({ nodes: mixed, pods: on('other', { dnsPolicy: 'Default' }) }),
      'not-applicable',
    ],
    ['no Auto Mode', none({ nodes: nodes(2), pods: on('n1') }), 'critical'],
    ['no Auto Mode, and nobody asks yet', none({ nodes: nodes(2), pods: [] }), 'critical'],
    ['no node at all', none({ nodes: [], pods: [] }), 'not-applicable'],
  ])('%s', (_name, given, verdict, options) => {
    expect(judge(given, options)[0]?.verdict).toBe(verdict);
  });
});

test('the finding names the numbers', () => {
  const pods = [coreDnsPod('n1'), crashing('n2', { terminatedReason: 'OOMKilled', exitCode: 137 })];
  const { findings, metrics } = runCheck(check, aSnapshot(running(pods, {}, { desired: 3, updated: 3 })));
  expect(findings[0]).toEqual({
    verdict: 'critical',
    resource: { kind: 'deployment', id: 'kube-system/coredns', name: 'coredns' },
    summary:
      '1 of 3 CoreDNS endpoints are ready on 1 node in 1 zone; 1 of its pods does not work (1 CrashLoopBackOff, 1 OOMKilled); ' +
      '1 ran out of memory (limit 170Mi).',
    evidence: {
      desired: 3,
      ready: 1,
      endpoints: 1,
      zones: ['eu-west-1a'],
      nodes: ['n1'],
      nodesFailing: ['n2'],
      starting: 0,
      failing: 1,
      rolloutInProgress: false,
      restarts: 20,
      crashReasons: { CrashLoopBackOff: 1, OOMKilled: 1 },
      oomKilled: 1,
      memoryLimit: '170Mi',
      version: 'v1.12.4-eksbuild.1',
      addonStatus: 'ACTIVE',
      addonVersion: 'v1.12.4-eksbuild.1',
      addonIssues: [],
      corefile: {
        state: 'read',
        faults: [],
        clusterDomains: ['cluster.local'],
        forwards: ['/etc/resolv.conf'],
        cache: true,
        loop: true,
        reload: false,
        imports: [],
      },
      nodeLocalDns: null,
    },
    timeToImpact: 'immediate',
    remediation: 'restart-coredns',
  });
  expect(metrics).toEqual([{ name: 'DnsEndpointsReady', value: 1 }]);
});
