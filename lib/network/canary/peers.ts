import type { CanaryReport, ConnectionOutcome } from '#lib/model/canary.ts';
import { failedAttempts, lastWords, outcomeOf } from '#lib/network/canary/attempts.ts';

const WAYS = [
  ['pod', 'tcp'],
  ['pod', 'udp'],
  ['service', 'tcp'],
  ['service', 'udp'],
] as const;

/** One way from a client to the server. */
export interface PeerPath {
  readonly node: string;
  readonly zone: string | null;
  readonly by: 'pod' | 'service';
  readonly protocol: 'tcp' | 'udp';
  /** Null where the way was not tried. */
  readonly address: string | null;
  readonly outcome: ConnectionOutcome;
  readonly failed: number;
  readonly said: string | null;
}

/** All four ways of each client; one that was not tried is unclear. */
export function peerPaths(reports: readonly CanaryReport[]): readonly PeerPath[] {
  return reports.flatMap(({ nodeName: node, zone = null, peers }) =>
    WAYS.map(([by, protocol]) => {
      const way = peers.find((peer) => peer.by === by && peer.protocol === protocol);
      const tried = way ?? { attempts: [] };
      return {
        node,
        zone,
        by,
        protocol,
        address: way?.address ?? null,
        outcome: outcomeOf(tried, 'reached'),
        failed: failedAttempts(tried, 'reached'),
        said: lastWords(tried),
      };
    }),
  );
}
