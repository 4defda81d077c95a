import { CHECKS } from '#lib/checks/index.ts';
import { UsageError } from '#lib/cli/usage-error.ts';
import type { Config } from '#lib/config/config.ts';
import { didYouMean } from '#lib/config/nearest.ts';
import type { Check } from '#lib/model/check.ts';

export interface CheckSelection {
  /** Check ids; all of them without. */
  readonly check?: readonly string[];
  readonly area?: readonly string[];
}

/**
 * The checks to run, in the order of the registry, and the configuration under which they run: a check that is named runs even
 * where the file disables it.
 * @throws UsageError for an id or an area that there is not, and for a selection that leaves nothing to run
 */
export function selectChecks(
  { check: ids, area: areas }: CheckSelection,
  config: Config,
  registry: readonly Check[] = CHECKS,
): { readonly checks: readonly Check[]; readonly config: Config } {
  requireKnown(
    'check',
    ids ?? [],
    registry.map(({ id }) => id),
  );
  requireKnown('area', areas ?? [], [...new Set(registry.map(({ area }) => area))]);
  const wanted = registry.filter(({ id, area }) => (!ids || ids.includes(id)) && (!areas || areas.includes(area)));
  const effective = enabling(ids ?? [], config);
  // One that runs on some clusters only is left to evaluate, which knows the cluster.
  const runs = (id: string): boolean =>
    effective.checks[id]?.enabled !== false || effective.overrides.some(({ checks: some }) => some[id]?.enabled === true);
  const checks = wanted.filter(({ id }) => runs(id));
  if (checks.length > 0) return { checks, config: effective };
  throw new UsageError(
    wanted.length > 0
      ? 'every check of this selection is disabled in the configuration'
      : 'no check is in all of what was selected',
  );
}

/** The configuration with these checks enabled, on every cluster. */
function enabling(ids: readonly string[], config: Config): Config {
  const checks = Object.entries(config.checks).map(([id, each]) => [id, ids.includes(id) ? { ...each, enabled: true } : each]);
  const overrides = config.overrides.map(({ match, checks: own }) => {
    const kept = Object.entries(own).map(([id, { enabled, ...others }]) => [
      id,
      ids.includes(id) || enabled === undefined ? others : { enabled, ...others },
    ]);
    return { match, checks: Object.fromEntries(kept) };
  });
  return { ...config, checks: Object.fromEntries(checks), overrides };
}

function requireKnown(kind: 'check' | 'area', given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    const hint =
      didYouMean(name, known) || (kind === 'area' ? `: there are ${known.join(', ')}` : ': `cniwatch explain --list` names them');
    throw new UsageError(`there is no ${kind} "${name}"${hint}`);
  }
}
