import type { FindingNotice } from '#lib/model/notification.ts';
import type { NotificationTarget } from '#lib/model/notification-target.ts';
import { type ClusterTags, matchesTarget } from '#lib/model/target-match.ts';

/**
 * Whether a target is to know of this. Every finding that closes is taken, whatever `resolved` says: it takes back what waits to be told.
 * Tags that nobody could read keep nobody from being told: better told twice than never.
 */
export function isWanted(
  { verdict, cluster }: FindingNotice,
  { minimumSeverity, match }: NotificationTarget,
  tags: ClusterTags,
): boolean {
  if (minimumSeverity !== 'warning' && verdict === 'warning') return false;
  return tags === undefined ? matchesTarget({ ...match, tags: undefined }, cluster, tags) : matchesTarget(match, cluster, tags);
}
