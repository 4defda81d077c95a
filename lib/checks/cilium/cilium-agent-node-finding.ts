import type { CiliumAgentReading } from '#lib/model/cilium-agent.ts';
import { asClause } from '#lib/model/failure.ts';
import type { Judgement } from '#lib/model/finding.ts';
import { plural } from '#lib/model/plural.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { AgentProblem, AgentProblemKind } from '#lib/network/cilium/agent-problems.ts';
import type { UnreachablePeer } from '#lib/network/cilium/unreachable-peers.ts';

export interface AgentNode {
  readonly nodeName: string;
  /** Undefined where its agent was not asked, and others tell of it. */
  readonly reading: CiliumAgentReading | undefined;
  readonly problems: readonly AgentProblem[];
  /** Pairs that are told of this node. */
  readonly unreachable: readonly UnreachablePeer[];
}

/** Names that a summary and its evidence hold. */
const MOST_NAMES = 20;

export function agentNodeFinding(node: AgentNode): Judgement {
  const { nodeName, reading, problems, unreachable } = node;
  const unread = unreadParts(node);
  const verdict = agentVerdict(node);
  const said = [...problems.map(({ clause }) => clause), ...peersClause(node), ...unread];
  const states = reading?.status?.components.map(({ name, state }) => [name, state]) ?? [];
  return {
    verdict,
    resource: { kind: 'node', id: nodeName, name: nodeName },
    summary: `Cilium's agent on ${nodeName}: ${said.length > 0 ? said.join('; ') : allWell(reading)}.`,
    evidence: {
      cni: 'cilium',
      problems: [...problems.map(({ kind }) => kind), ...(unreachable.length > 0 ? ['peers-unreachable'] : [])],
      components: Object.fromEntries(states),
      bpfMounted: reading?.bpfMounted ?? null,
      controllers: reading?.status?.controllers ?? null,
      controllersFailing: reading?.status?.failing ?? null,
      failingControllers: (reading?.status?.failingControllers ?? [])
        .slice(0, MOST_NAMES)
        .map(({ name, failures }) => ({ name, failures })),
      stale: reading?.status?.stale.map(({ name }) => name) ?? [],
      ipam: reading?.status?.ipam ?? null,
      peers: reading?.peers?.peers ?? null,
      peersUnreachable: othersOf(node).slice(0, MOST_NAMES),
      peersUnreachableCount: othersOf(node).length,
      lastWords: reading?.lastWords ?? null,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate' as const }),
    ...(verdict === 'warning' && { timeToImpact: 'hours' as const }),
    ...remedy(problems),
  };
}

export function agentVerdict(node: AgentNode): Verdict {
  const unread = unreadParts(node).length > 0 ? (['unknown'] as const) : [];
  return worstVerdict(['ok', ...node.problems.map((problem) => problem.verdict), ...peersVerdict(node), ...unread]);
}

/** One peer in one direction may be a lost probe. */
function peersVerdict(node: AgentNode): readonly Verdict[] {
  const pods = node.unreachable.filter(({ what }) => what === 'pods');
  if (pods.some(({ back }) => back !== 'works') || (pods.length > 0 && othersOf(node).length > 1)) return ['critical'];
  return node.unreachable.length > 0 ? ['warning'] : [];
}

/** Clauses: what could not be read of it. */
function unreadParts({ reading, problems }: AgentNode): readonly string[] {
  if (reading === undefined) return [];
  const { unread, lastWords, bpfUnread, peersUnread, peers } = reading;
  const known = problems.length > 0 && unread !== undefined;
  return [
    ...(unread === undefined ? [] : [asClause(unread)]),
    ...(lastWords === undefined || known ? [] : [`its last words were: ${asClause(lastWords)}`]),
    ...(bpfUnread === undefined ? [] : [`whether a BPF filesystem is mounted was not read: ${asClause(bpfUnread)}`]),
    ...(peersUnread === undefined ? [] : [`its peers were not read: ${asClause(peersUnread)}`]),
    ...(peers !== undefined && peers.peers > 0 && peers.unprobed === peers.peers ? ['it has not probed any peer yet'] : []),
  ];
}

function othersOf({ nodeName, unreachable }: AgentNode): readonly string[] {
  return [...new Set(unreachable.map(({ from, to }) => (from === nodeName ? to : from)))].sort();
}

function peersClause(node: AgentNode): readonly string[] {
  const others = othersOf(node);
  const first = node.unreachable.find(({ what }) => what === 'pods') ?? node.unreachable[0];
  if (first === undefined) return [];
  const more = others.length > 3 ? ` and ${others.length - 3} more` : '';
  const oneWay = node.unreachable.every(({ back }) => back === 'works') ? ' in one direction' : '';
  const names = `${others.slice(0, 3).join(', ')}${more}`;
  const reason = first.reason.replace(/\s+/g, ' ').slice(0, 200);
  const what = first.what === 'pods' ? 'its pods and those on' : 'the health ports of it and of';
  return [`${what} ${plural(others.length, 'peer')} (${names}) cannot reach each other${oneWay} (${asClause(reason)})`];
}

function allWell(reading: CiliumAgentReading | undefined): string {
  const { status, peers } = reading ?? {};
  const controllers = status === undefined ? '' : `, ${plural(status.controllers, 'controller')}`;
  const failing =
    peers?.failing.filter(({ node, endpoint }) => node.http !== undefined || endpoint.http !== undefined).length ?? 0;
  const reached =
    peers === undefined
      ? ', no probes of peers'
      : `, ${peers.peers - peers.unprobed - failing} of ${plural(peers.peers, 'peer')} reached`;
  return `all well${controllers}${reached}`;
}

const REMEDIES: Readonly<Partial<Record<AgentProblemKind, string>>> = {
  'bpf-not-mounted': 'mount-bpf',
  'addresses-full': 'add-ip-pool',
  'agent-failing': 'restart-cni',
  'kubernetes-unreachable': 'restart-cni',
  'controllers-failing': 'restart-cni',
  stale: 'restart-cni',
};

/** Of the first problem that has one: they stand in the order of their weight. */
export function remedy(problems: readonly AgentProblem[]): Pick<Judgement, 'remediation'> {
  const remediation = problems.map(({ kind }) => REMEDIES[kind]).find((id) => id !== undefined);
  return remediation === undefined ? {} : { remediation };
}
