import type { NetworkPolicy } from '#lib/model/kubernetes.ts';
import { type Address, type Cidr, cidrContains, parseCidr } from '#lib/network/address.ts';
import type { PolicyRef } from '#lib/network/policy/decision.ts';
import type { End } from '#lib/network/policy/ends.ts';
import type { PolicyEngine } from '#lib/network/policy/engines.ts';
import { allOf, anyOf, type Match, not } from '#lib/network/policy/match.ts';
import { type PolicyTraffic, portsMatch } from '#lib/network/policy/ports.ts';
import { type CompiledSelector, compileSelector, type LabelRead } from '#lib/network/policy/selectors.ts';
import type { Translation } from '#lib/network/policy/translations.ts';

type Rule = NetworkPolicy['ingress'][number];
type Peer = Rule['peers'][number];

export interface CompiledPolicy {
  readonly ref: PolicyRef;
  readonly policy: NetworkPolicy;
  /** Of a policy for the whole cluster, which its namespace is not. */
  readonly namespaces: CompiledSelector | undefined;
  readonly selector: CompiledSelector;
  readonly egress: readonly CompiledPolicyRule[];
  readonly ingress: readonly CompiledPolicyRule[];
  /** Of every selector of pods in it, its peers' too. */
  readonly podReads: readonly LabelRead[];
}

export interface CompiledPolicyRule {
  /** Where it stands among the policy's rules of its direction. */
  readonly index: number;
  readonly ports: Rule['ports'];
  readonly peers: readonly CompiledPeer[];
}

type CompiledPeer =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'pods'; readonly namespaces: CompiledSelector | string; readonly pods: CompiledSelector }
  | { readonly kind: 'block'; readonly contains: (address: Address) => Match }
  | { readonly kind: 'unreadable' };

/** Source: Kubernetes API reference, "NetworkPolicySpec". */
export function compilePolicy(policy: NetworkPolicy, other: Partial<Omit<Translation, 'policy'>> = {}): CompiledPolicy {
  const { ref = { kind: 'NetworkPolicy', namespace: policy.namespace, name: policy.name } } = other;
  const namespaces = other.namespaces && compileSelector(other.namespaces);
  const selector = compileSelector(policy.podSelector);
  const [egress, ingress] = [compileRules(policy.egress, policy), compileRules(policy.ingress, policy)];
  const peers = [...egress, ...ingress].flatMap((rule) => rule.peers);
  const podReads = [...selector.reads, ...peers.flatMap((peer) => (peer.kind === 'pods' ? peer.pods.reads : []))];
  return { ref, policy, namespaces, selector, egress, ingress, podReads };
}

function compileRules(rules: readonly Rule[], { namespace }: NetworkPolicy): CompiledPolicyRule[] {
  return rules.map(({ ports, peers }, index) => ({
    index,
    ports,
    // No peers at all are everyone, within the cluster and outside.
    peers: peers.length === 0 ? [{ kind: 'everyone' }] : peers.map((peer) => compilePeer(peer, namespace)),
  }));
}

function compilePeer({ podSelector, namespaceSelector, ipBlock }: Peer, namespace: string): CompiledPeer {
  if (ipBlock !== undefined) return { kind: 'block', contains: compileBlock(ipBlock) };
  if (podSelector === undefined && namespaceSelector === undefined) return { kind: 'unreadable' };
  return {
    kind: 'pods',
    // A podSelector by itself stays within the policy's namespace.
    namespaces: namespaceSelector === undefined ? namespace : compileSelector(namespaceSelector),
    pods: compileSelector(podSelector ?? {}),
  };
}

function compileBlock({ cidr, except }: NonNullable<Peer['ipBlock']>): (address: Address) => Match {
  const [whole, ...holes] = [cidr, ...except].map((text) => contains(parseCidr(text)));
  return (address) => allOf([whole?.(address) ?? 'unreadable', not(anyOf(holes, (hole) => hole(address)))]);
}

function contains(cidr: Cidr | undefined): (address: Address) => Match {
  return (address) => (cidr === undefined ? 'unreadable' : cidrContains(cidr, address));
}

export interface RuleContext {
  readonly engine: PolicyEngine;
  /** Whose named ports count, whichever side the rule is of. */
  readonly destination: End;
  readonly traffic: PolicyTraffic;
}

/** Whether a rule lets traffic with this peer pass: some peer of it and some port of it must match. */
export function ruleMatches(
  { peers, ports }: CompiledPolicyRule,
  end: End,
  { engine, destination, traffic }: RuleContext,
): Match {
  const named = destination.podClass?.namedPorts;
  return anyOf(peers, (peer) => {
    const resolves = peer.kind === 'pods' || engine.namesPortsWithoutSelector;
    const covered = portsMatch(ports, traffic, resolves ? named : undefined);
    return covered === false ? false : allOf([covered, peerMatches(peer, end, engine)]);
  });
}

function peerMatches(peer: CompiledPeer, end: End, engine: PolicyEngine): Match {
  switch (peer.kind) {
    case 'everyone':
      return true;
    case 'unreadable':
      return 'unreadable';
    case 'block':
      if (!engine.blocksMatchCluster && (end.podClass !== undefined || end.asNode !== undefined)) return false;
      return end.address === undefined ? 'no-address' : peer.contains(end.address);
    case 'pods':
      return end.podClass === undefined ? false : selected(peer, end.podClass, engine);
  }
}

function selected(
  { namespaces, pods }: CompiledPeer & { readonly kind: 'pods' },
  { namespace, hostNetwork, labels, namespaceLabels }: NonNullable<End['podClass']>,
  { selectsHostNetwork }: PolicyEngine,
): Match {
  const inNamespace = typeof namespaces === 'string' ? namespaces === namespace : namespaces.matches(namespaceLabels);
  if (inNamespace === false) return false;
  const heard: Match = hostNetwork ? (selectsHostNetwork ?? 'host-network') : true;
  return allOf([heard, inNamespace, pods.matches(labels)]);
}

/** The blocks of these rules that tell addresses apart. */
export function blocksOf(rules: readonly CompiledPolicyRule[]): readonly ((address: Address) => Match)[] {
  return rules.flatMap(({ peers }) => peers.flatMap((peer) => (peer.kind === 'block' ? [peer.contains] : [])));
}
