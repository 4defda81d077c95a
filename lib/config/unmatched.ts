import type { Config } from '#lib/config/schema.ts';
import { matchesAny } from '#lib/model/name-pattern.ts';
import type { Target } from '#lib/model/target.ts';

/**
 * Names of clusters and accounts in rules that are of no cluster of the fleet: a rule that was meant to do something and does nothing.
 * Only for a fleet that was seen whole. Sentences without their full stop.
 */
export function unmatchedRules(config: Config, targets: readonly Target[]): string[] {
  const rules = [
    ...config.overrides.map(({ match }, index) => ({ path: `overrides.${index}.match`, ...match })),
    ...config.remediations.rules.map(({ match }, index) => ({ path: `remediations.rules.${index}.match`, ...match })),
    ...config.notifications.map(({ match }, index) => ({ path: `notifications.${index}.match`, ...match })),
    ...config.suppressions.map(({ cluster, account }, index) => ({
      path: `suppressions.${index}`,
      ...(cluster === undefined ? {} : { clusters: [cluster] }),
      ...(account === undefined ? {} : { accounts: [account] }),
    })),
  ];
  return rules.flatMap(({ path, clusters = [], accounts = [] }) => [
    ...clusters
      .filter((pattern) => !targets.some(({ name }) => matchesAny(name, [pattern])))
      .map((pattern) => `${path}: no cluster of the fleet matches ${pattern}`),
    ...accounts
      .filter((id) => !targets.some(({ account }) => account === id))
      .map((id) => `${path}: no cluster of the fleet is in account ${id}`),
  ]);
}
