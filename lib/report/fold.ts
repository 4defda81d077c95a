import type { Finding } from '#lib/model/finding.ts';

/** What of a finding tells it from another. */
type Foldable = Pick<
  Finding,
  'check' | 'verdict' | 'resource' | 'summary' | 'remediation' | 'timeToImpact' | 'suppressionExpired'
>;

/** Findings that a reader takes in as one. */
export interface Problem<T extends Foldable = Finding> {
  /** Of several alike, the first. */
  readonly finding: T;
  /** Checks that say the very same of the same resource. */
  readonly checks: readonly string[];
  /** The findings that say the same of other resources, in their own names. */
  readonly others: readonly T[];
}

/**
 * Folds what repeats itself: several checks that say the very same of one resource (an input that none of them could read), and one
 * check that says the same of many resources, as of the nodes of a rollout that failed. In the order of their first.
 */
export function fold<T extends Foldable>(findings: readonly T[]): readonly Problem<T>[] {
  const same = groups(findings, ({ verdict, resource: { kind, id }, summary }) => [verdict, kind, id, summary]);
  const problems = same.map(([finding, ...more]) => ({ finding, checks: [finding, ...more].map(({ check }) => check) }));
  const alike = groups(problems, ({ finding, checks }) => [
    checks,
    finding.verdict,
    finding.resource.kind,
    finding.remediation ?? null,
    finding.timeToImpact ?? null,
    finding.suppressionExpired ?? null,
    withoutName(finding),
  ]);
  return alike.map(([first, ...others]) => ({ ...first, others: others.map(({ finding }) => finding) }));
}

/** The summary less the names of its resource. */
function withoutName({ summary, resource: { id, name } }: Foldable): string {
  const unnamed = summary.replaceAll(id, '*');
  return name === undefined || name === '' ? unnamed : unnamed.replaceAll(name, '*');
}

function groups<T>(items: readonly T[], key: (item: T) => unknown): readonly (readonly [T, ...T[]])[] {
  return [...Map.groupBy(items, (item) => JSON.stringify(key(item))).values()] as unknown as readonly [T, ...T[]][];
}
