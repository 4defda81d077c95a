import type { Verdict } from '#lib/model/verdict.ts';
import { type DnsPath, type Judged, type Reach, reachOf, worstReach } from '#lib/network/dns/reachability.ts';
import type { SourceClass } from '#lib/network/dns/source-classes.ts';
import type { TransportProtocol } from '#lib/network/security-groups.ts';

/**
 * How bad the worst way of a class to CoreDNS is.
 * @param needed the protocol without which names do not resolve at all
 */
export function classVerdict(source: SourceClass, paths: readonly DnsPath[], needed: TransportProtocol): Verdict {
  const reach = worstReach(paths, needed);
  const verdict = reachVerdict(reach, needed === 'udp' ? worstReach(paths, 'tcp') : reach);
  // These nodes answer DNS themselves, so a gap on the way to CoreDNS may hurt nobody.
  if (source.mode === 'auto-mode' && verdict !== 'ok') return 'unknown';
  return verdict === 'ok' && source.podsBesideCache > 0 ? 'warning' : verdict;
}

/** Names resolve over UDP, and over TCP where an answer is long: what the other protocol lacks is never more than a warning. */
export function reachVerdict(needed: Reach, other: Reach): Verdict {
  if (needed === 'none') return 'critical';
  if (needed === 'unknown') return 'unknown';
  if (needed === 'partial' || other === 'partial' || other === 'none') return 'warning';
  return other === 'unknown' ? 'unknown' : 'ok';
}

/** Pods that reach no endpoint at all over the protocol that they need. */
export function podsBlocked(paths: readonly Judged[], needed: TransportProtocol): number {
  const members = Map.groupBy(
    paths.filter(({ protocol }) => protocol === needed),
    ({ member }) => member,
  );
  return [...members].reduce((sum, [member, ways]) => sum + (reachOf(ways) === 'none' ? member.pods : 0), 0);
}
