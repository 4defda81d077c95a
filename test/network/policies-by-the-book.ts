/**
 * NetworkPolicy as its documentation words it, sentence by sentence: slow, over whole lists, and sharing nothing with the engine that it
 * is held against.
 */
import ipaddr from 'ipaddr.js';
import type { LabelSelector, Namespace, NetworkPolicy, Pod } from '#lib/model/kubernetes.ts';

export interface BookWorld {
  readonly policies: readonly NetworkPolicy[];
  readonly namespaces: readonly Namespace[];
  /** Whether selectors of rules match pods on the host network. */
  readonly selectsHostNetwork: boolean;
}

export interface Question {
  readonly source: Pod | string;
  readonly destination: Pod | string;
  readonly port: number;
  readonly protocol: string;
}

type Rule = NetworkPolicy['ingress'][number];
type Peer = Rule['peers'][number];
type Labels = Readonly<Record<string, string>>;

export function mayConnect(world: BookWorld, question: Question): boolean {
  const { source, destination } = question;
  const pods = [source, destination].filter((end) => typeof end !== 'string');
  const [a, b] = pods;
  if (a !== undefined && a === b) return true;
  // "traffic to and from the node where a Pod is running is always allowed"
  if (a !== undefined && b !== undefined && a.nodeName === b.nodeName && a.hostNetwork !== b.hostNetwork) return true;
  return sideAllows(world, question, 'Egress') && sideAllows(world, question, 'Ingress');
}

function sideAllows(world: BookWorld, question: Question, type: 'Egress' | 'Ingress'): boolean {
  const own = type === 'Egress' ? question.source : question.destination;
  const other = type === 'Egress' ? question.destination : question.source;
  if (typeof own === 'string' || own.hostNetwork) return true;
  const applying = world.policies.filter(
    (policy) =>
      policy.policyTypes.includes(type) && policy.namespace === own.namespace && matchesSelector(policy.podSelector, own.labels),
  );
  if (applying.length === 0) return true;
  return applying.some((policy) =>
    (type === 'Egress' ? policy.egress : policy.ingress).some(
      (rule) => rulePeers(rule, policy, other, question, world) && rulePorts(rule, question),
    ),
  );
}

function rulePeers(rule: Rule, policy: NetworkPolicy, other: Pod | string, question: Question, world: BookWorld): boolean {
  if (rule.peers.length === 0) return true;
  return rule.peers.some((peer) => {
    if (peer.ipBlock !== undefined) return inBlock(peer.ipBlock, addressOf(other, question));
    if (typeof other === 'string') return false;
    if (other.hostNetwork && !world.selectsHostNetwork) return false;
    const namespace = world.namespaces.find(({ name }) => name === other.namespace)?.labels ?? {};
    const rightNamespace = peer.namespaceSelector
      ? matchesSelector(peer.namespaceSelector, namespace)
      : other.namespace === policy.namespace;
    return rightNamespace && (!peer.podSelector || matchesSelector(peer.podSelector, other.labels));
  });
}

/** Every entry of matchLabels "is equivalent to an element of matchExpressions" with operator In and one value. */
function matchesSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  const expressions = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In', values: [value] })),
    ...matchExpressions,
  ];
  const entries = new Map(Object.entries(labels));
  for (const { key, operator, values = [] } of expressions) {
    const has = entries.has(key);
    const among = has && values.includes(entries.get(key) ?? '');
    if (operator === 'In' && !among) return false;
    if (operator === 'NotIn' && among) return false;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
  }
  return true;
}

/** The address of the family that the connection is of: that of an end that is no pod, else the destination's first. */
function addressOf(end: Pod | string, { source, destination }: Question): string {
  if (typeof end === 'string') return end;
  const leading = typeof source === 'string' ? source : typeof destination === 'string' ? destination : destination.podIps[0];
  return end.podIps.find((ip) => ip.includes(':') === leading?.includes(':')) ?? 'none';
}

function inBlock({ cidr, except }: NonNullable<Peer['ipBlock']>, address: string): boolean {
  return within(cidr, address) && !except.some((hole) => within(hole, address));
}

function within(cidr: string, address: string): boolean {
  const [of, at] = [ipaddr.parseCIDR(cidr), ipaddr.parse(address)];
  return of[0].kind() === at.kind() && at.match(of);
}

function rulePorts(rule: Rule, { port, protocol, destination }: Question): boolean {
  if (rule.ports.length === 0) return true;
  return rule.ports.some((allowed) => {
    if (allowed.protocol !== protocol) return false;
    if (allowed.port === undefined) return true;
    if (typeof allowed.port === 'number') {
      const last = allowed.endPort ?? allowed.port;
      return port >= allowed.port && port <= last;
    }
    if (typeof destination === 'string') return false;
    const named = destination.containers
      .flatMap((container) => container.ports)
      .find((one) => one.name === allowed.port && one.protocol === protocol);
    return named !== undefined && named.containerPort === port;
  });
}
