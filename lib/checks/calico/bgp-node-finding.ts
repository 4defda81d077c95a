import { bgpCause } from '#lib/checks/calico/bgp-cause.ts';
import type { Judgement } from '#lib/model/finding.ts';
import type { Verdict } from '#lib/model/verdict.ts';
import type { BgpWay } from '#lib/network/calico/bgp-ways.ts';
import type { BgpPeer, CalicoNodeStatus } from '#lib/network/calico/node-status.ts';

const MOST_LISTED = 20;

export interface BgpExpectation {
  /** Why what the object says is not to be believed, a clause; undefined where it is. */
  readonly stale: string | undefined;
  /** Families of the pools' addresses. */
  readonly families: ReadonlySet<4 | 6>;
  /** `any`: it must have a peer. `none`: nothing gives it one, and it needs one. `not-needed`: it has no need of any. */
  readonly peers: 'any' | 'none' | 'not-needed';
  readonly way: (peerIp: string) => BgpWay;
  /** On which nodes listen. */
  readonly port: number;
  /** What is known of a peer whose AS number is another than what is expected of it; a clause. */
  readonly disagreement: (peerIp: string) => string | undefined;
}

export function bgpNodeFinding(
  status: CalicoNodeStatus,
  { stale, families, peers: expected, way, port, disagreement }: BgpExpectation,
): Judgement {
  const node = status.spec.node;
  const peers = status.status.bgp;
  const down = peers.filter(({ state }) => state !== 'Established');
  const { birdV4, birdV6 } = status.status.agent;
  // Of a family that nobody speaks it is rightly not ready.
  const speaks = (family: 4 | 6) => families.has(family) || peers.some(({ peerIP }) => peerIP.includes(':') === (family === 6));
  const bird = (birdV4.state === 'NotReady' && speaks(4)) || (birdV6.state === 'NotReady' && speaks(6));
  const verdict = ((): Verdict => {
    if (stale !== undefined) return 'unknown';
    if (bird || (down.length > 0 && down.length === peers.length)) return 'critical';
    if (expected === 'any' && peers.length === 0) return 'unknown';
    return down.length > 0 || (expected === 'none' && peers.length === 0) ? 'warning' : 'ok';
  })();
  const described = (peer: BgpPeer) => ({
    peer: peer.peerIP,
    type: peer.type,
    state: peer.state,
    since: peer.since ?? null,
    securityGroups: way(peer.peerIP),
    cause: bgpCause(peer, { way: way(peer.peerIP), port, disagreement: disagreement(peer.peerIP) }),
  });
  const [first] = down.map(described);
  const clauses = [
    `${peers.length - down.length} of ${peers.length} BGP peers of ${node} are established`,
    ...(peers.length === 0 ? NO_PEER[expected] : []),
    ...(bird ? ['BIRD is not ready'] : []),
    ...(first ? [`${first.peer} is ${first.state}${first.since === null ? '' : ` since ${first.since}`} (${first.cause})`] : []),
    ...(stale === undefined ? [] : [stale]),
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
    ...(verdict === 'warning' && { timeToImpact: 'minutes', ...(down.length > 0 && { remediation: 'restart-bgp' }) }),
  };
}

const NO_PEER: Readonly<Record<BgpExpectation['peers'], readonly string[]>> = {
  any: ['it names none, though it is to speak with others'],
  none: ['the mesh is off and no BGPPeer selects it: it learns no route to the pods of other nodes'],
  'not-needed': [],
};
