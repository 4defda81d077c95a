import { matchesAny } from '#lib/model/name-pattern.ts';
import type { Target } from '#lib/model/target.ts';

/** Tags of an EKS cluster; undefined where nobody could read them. */
export type ClusterTags = Readonly<Record<string, string>> | undefined;
/** A value, or several of which one must be there, by tag key; `*` stands for any characters. */
export type TagPatterns = Readonly<Record<string, string | readonly string[]>>;

/** Which clusters a rule is for: all that is given must hold. */
export interface TargetMatch {
  readonly clusters?: readonly string[] | undefined;
  readonly accounts?: readonly string[] | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly tags?: TagPatterns | undefined;
}

/** Whether a rule is for this cluster. Tags that are not known match no pattern. */
export function matchesTarget(
  { clusters, accounts, regions, tags: wanted }: TargetMatch,
  target: Target,
  tags: ClusterTags,
): boolean {
  return (
    (clusters === undefined || matchesAny(target.name, clusters)) &&
    (accounts === undefined || accounts.includes(target.account)) &&
    (regions === undefined || regions.includes(target.region)) &&
    (wanted === undefined || Object.keys(wanted).every((key) => hasTag(tags, key, wanted[key])))
  );
}

/** Whether a cluster has a tag with one of these values. */
export function hasTag(tags: ClusterTags, key: string, values: string | readonly string[] = []): boolean {
  if (tags === undefined || !Object.hasOwn(tags, key)) return false;
  return matchesAny(tags[key] ?? '', typeof values === 'string' ? [values] : values);
}
