/** What becomes of canary pods, in the words of the people who look at them: the sandbox has no kubelet of its own. */
import { PEER_PORTS } from '#lib/collect/probes/canary-script.ts';
import { namespaceObject } from '#lib/sandbox/builder/objects.ts';
import type { JsonObject, Reaction, World } from '#lib/sandbox/world.ts';
import { withCluster, withObjects } from './cni.ts';
import { type Situation, shop } from './shop.ts';

export const OUTSIDE = 'partner.example.com:443';
export const OTHER_OUTSIDE = 'updates.example.com:443';
export const NO_ADDRESS =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container';

export type Fate = 'runs' | 'has no node' | 'has no network' | 'has no image' | 'crashes';
type Answered = 'answered' | 'silent' | 'in part';
type Reached = 'reached' | 'silent' | 'unresolved';

/** A healthy canary but for these. */
export interface CanarySituation {
  readonly server?: Fate;
  readonly client?: Fate;
  readonly secondsToNetwork?: number;
  /** The pod's resolver, kube-dns, and CoreDNS's own pods. */
  readonly resolver?: Answered;
  readonly coreDns?: Answered;
  readonly msToAnswer?: number;
  readonly outside?: Reached;
  readonly otherOutside?: Reached;
  /** The API server, by its Service. */
  readonly apiServer?: 'reached' | 'silent';
  /** The first attempt at the other pod's address is in vain. */
  readonly hesitates?: boolean;
  readonly routes?: 'default' | 'none' | 'unread';
  /** The ways that are open between the pods. */
  readonly ways?: readonly ('tcp by pod' | 'udp by pod' | 'tcp by service' | 'udp by service')[];
  /** The image lacks the tools. */
  readonly tools?: 'there' | 'missing';
  /** It ends in the middle. */
  readonly cut?: boolean;
}

const ALL_WAYS = ['tcp by pod', 'udp by pod', 'tcp by service', 'udp by service'] as const;
const RESOLVER = '10.100.0.10';
const CORE_DNS = ['10.0.0.20', '10.0.4.20'];
const CLUSTER_IP = '10.100.77.7';
const SERVER_IP = '10.0.0.99';

/** A shop where canary pods may be made, and fare so. */
export function canary(situation: CanarySituation = {}, around?: Situation): World {
  return withCanary(shop(around), situation);
}

/** The same in any world. */
export function withCanary(around: World, situation: CanarySituation = {}): World {
  const world = withObjects(around, 'namespaces', (items) => [
    ...items,
    namespaceObject('cniwatch-canary', '2026-01-01T00:00:00Z'),
  ]);
  return withCluster(world, ({ kubernetes, reactions = [] }) => {
    const nodes = kubernetes.find(({ plural }) => plural === 'nodes')?.items.map(({ metadata }) => metadata.name) ?? [];
    const own = [service, podOf('server', nodes[0], situation), podOf('client', nodes.at(-1), situation)];
    return { reactions: [...reactions, ...own] };
  });
}

const service: Reaction = { kind: 'Service', steps: [{ afterMs: 0, merge: { spec: { clusterIP: CLUSTER_IP } } }] };

function podOf(role: 'server' | 'client', nodeName: string | undefined, situation: CanarySituation): Reaction {
  const fate = situation[role] ?? 'runs';
  return {
    kind: 'Pod',
    labels: { 'cniwatch/role': role },
    steps: [{ afterMs: 0, merge: fateOf(fate, nodeName ?? '', situation.secondsToNetwork ?? 2) }],
    ...(role === 'client' ? { log: logOf(situation) } : {}),
    ...(fate === 'has no network' ? { events: [{ reason: 'FailedCreatePodSandBox', message: NO_ADDRESS }] } : {}),
  };
}

const held = (type: string, secondsAfter: number) => ({ type, status: 'True', lastTransitionTime: { secondsAfter } });

function fateOf(fate: Fate, nodeName: string, seconds: number): JsonObject {
  const waiting = (reason: string) => ({ containerStatuses: [{ name: 'client', state: { waiting: { reason } } }] });
  if (fate === 'has no node') {
    const message =
      '0/4 nodes are available: 4 Insufficient cpu. preemption: 0/4 nodes are available: 4 No preemption victims found.';
    return {
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] },
    };
  }
  const spec = { nodeName };
  const scheduled = held('PodScheduled', 1);
  if (fate === 'has no network')
    return { spec, status: { phase: 'Pending', conditions: [scheduled], ...waiting('ContainerCreating') } };
  const network = held('PodReadyToStartContainers', 1 + seconds);
  const address = { podIP: SERVER_IP, podIPs: [{ ip: SERVER_IP }] };
  if (fate === 'has no image')
    return { spec, status: { phase: 'Pending', conditions: [scheduled, network], ...address, ...waiting('ImagePullBackOff') } };
  if (fate === 'crashes') {
    const state = { terminated: { exitCode: 127, reason: 'Error' } };
    return {
      spec,
      status: { phase: 'Failed', conditions: [scheduled], ...address, containerStatuses: [{ name: 'server', state }] },
    };
  }
  return {
    spec,
    status: { phase: 'Running', conditions: [scheduled, network, held('ContainersReady', 2 + seconds)], ...address },
  };
}

const line = (test: string, fields: object, exit: number, said = '', ms = 10) =>
  JSON.stringify({ test, ...fields, exit, ms, said });
const missing = (test: string, fields: object) =>
  line(test, fields, 127, 'timeout: failed to run command: No such file or directory');

/** Exit code and words of nc. */
type Answers<T extends string> = Readonly<Record<T, readonly [exit: number, said: string]>>;

/** What the script writes in this situation. */
export function logOf({
  resolver = 'answered',
  coreDns = 'answered',
  msToAnswer = 10,
  outside = 'reached',
  otherOutside = 'reached',
  apiServer = 'reached',
  hesitates = false,
  routes = 'default',
  ways = ALL_WAYS,
  tools = 'there',
  cut = false,
}: CanarySituation): string {
  const tried: typeof line = tools === 'there' ? line : missing;
  const lookups = (of: string, server: string, answered: Answered) =>
    [1, 2, 3].map((attempt) => {
      const good = answered === 'answered' || (answered === 'in part' && attempt > 1);
      const fields = { of, server, name: 'kubernetes.default.svc.cluster.local' };
      return good ? tried('lookup', fields, 0, '', msToAnswer) : tried('lookup', fields, 143, '', 4_000);
    });
  const connected: Answers<'reached' | 'silent'> = { reached: [0, 'open'], silent: [1, 'Connection timed out'] };
  const search = resolver === 'silent' ? tried('search', {}, 143, '', 6_000) : tried('search', {}, ...connected[apiServer]);
  const outsides: Answers<Reached> = { ...connected, unresolved: [1, "nc: bad address 'partner'"] };
  const target = (name: string, reached: Reached) => tried('egress', { target: name }, ...outsides[reached]);
  const peers = ALL_WAYS.map((way) => {
    const [protocol = '', by] = way.split(' by ');
    const address = by === 'pod' ? SERVER_IP : CLUSTER_IP;
    const good = ways.includes(way);
    const word = protocol === 'udp' ? 'cniwatch' : `${address} (${address}:${PEER_PORTS.tcp}) open`;
    const silent = protocol === 'udp' ? [0, ''] : [1, 'Connection timed out'];
    return tried('peer', { protocol, by, address }, good ? 0 : Number(silent[0]), good ? word : String(silent[1]));
  });
  const lines = [
    ...(routes === 'unread'
      ? [missing('routes', { family: 'ipv4' })]
      : [
          line(
            'routes',
            { family: 'ipv4' },
            0,
            routes === 'none' ? '' : 'default via 169.254.1.1 dev eth0 ;169.254.1.1 dev eth0 scope link ',
          ),
        ]),
    search,
    ...lookups('resolver', RESOLVER, resolver),
    ...CORE_DNS.flatMap((address) => lookups('coredns', address, coreDns)),
    target(OUTSIDE, outside),
    target(OTHER_OUTSIDE, otherOutside),
    ...(hesitates ? [tried('peer', { protocol: 'tcp', by: 'pod', address: SERVER_IP }, ...connected.silent)] : []),
    ...peers,
  ];
  return [...(cut ? lines.slice(0, 4) : [...lines, '{"test":"done"}']), ''].join('\n');
}
