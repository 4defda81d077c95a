import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import { type BgpPeer, type CalicoNodeStatus, staleness } from '#lib/network/calico/node-status.ts';

/** What keeps a session in a state. Source: RFC 4271, section 8.2.2 (the finite state machine of BGP). */
const CAUSES: Readonly<Record<string, string>> = {
  Idle: 'no TCP connection is tried or it is refused: TCP 179 is shut, or no such peer',
  Connect: 'TCP 179 does not answer',
  Active: 'TCP 179 does not answer, and the peer does not connect either',
  OpenSent: 'the peer answers and does not agree: the AS number differs',
  OpenConfirm: 'the peer answers and does not agree: the AS number differs, or keepalives are lost',
  Close: 'the session was closed',
};

const MOST_LISTED = 20;

export interface BgpExpectation {
  readonly now: Date;
  /** Whether it must have a peer: in a full mesh, wherever there is another node. */
  readonly hasPeers: boolean;
  /** Whether security groups keep TCP 179 between this node and the peer shut, both ways. */
  readonly shut: (peerIp: string) => boolean;
}

export function bgpNodeFinding(status: CalicoNodeStatus, { now, hasPeers, shut }: BgpExpectation): Judgement {
  const node = status.spec.node;
  const peers = status.status.bgp;
  const down = peers.filter(({ state }) => state !== 'Established');
  const bird = [status.status.agent.birdV4.state, status.status.agent.birdV6.state].includes('NotReady');
  const stale = staleness(status, now);
  const verdict = ((): Verdict => {
    if (stale !== undefined) return 'unknown';
    if (bird || (down.length > 0 && down.length === peers.length)) return 'critical';
    if (hasPeers && peers.length === 0) return 'unknown';
    return down.length > 0 ? 'warning' : 'ok';
  })();
  const described = (peer: BgpPeer) => ({
    peer: peer.peerIP,
    type: peer.type,
    state: peer.state,
    since: peer.since ?? null,
    cause: shut(peer.peerIP) ? 'security groups keep TCP 179 shut' : (CAUSES[peer.state] ?? 'a state that is not known'),
  });
  const [first] = down.map(described);
  const clauses = [
    `${peers.length - down.length} of ${peers.length} BGP peers of ${node} are established`,
    ...(hasPeers && peers.length === 0 ? ['it names none, though every node is to speak with every other'] : []),
    ...(bird ? ['BIRD is not ready'] : []),
    ...(first ? [`${first.peer} is ${first.state}${first.since === null ? '' : ` since ${first.since}`} (${first.cause})`] : []),
    ...(stale === undefined ? [] : [`its CalicoNodeStatus ${status.name} is stale: ${stale}`]),
  ];
  return {
    verdict,
    resource: { kind: 'node', id: node, name: node },
    summary: `${clauses.join('; ')}.`,
    evidence: {
      established: peers.length - down.length,
      notEstablished: down.length,
      peersDown: down.slice(0, MOST_LISTED).map(described),
      birdReady: !bird,
      lastUpdated: status.status.lastUpdated ?? null,
    },
    ...(verdict === 'critical' && { timeToImpact: 'immediate', remediation: 'restart-bgp' }),
    ...(verdict === 'warning' && { timeToImpact: 'minutes', remediation: 'restart-bgp' }),
  };
}
