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
  const named = Object.entries(config.checks).map(([id, settings]) => [
    id,
    ids?.includes(id) ? { ...settings, enabled: true } : settings,
  ]);
  const effective: Config = { ...config, checks: Object.fromEntries(named) };
  const checks = wanted.filter(({ id }) => effective.checks[id]?.enabled !== false);
  if (checks.length > 0) return { checks, config: effective };
  throw new UsageError(
    wanted.length > 0
      ? 'every check of this selection is disabled in the configuration'
      : 'no check is in all of what was selected',
  );
}

function requireKnown(kind: 'check' | 'area', given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    const hint =
      didYouMean(name, known) || (kind === 'area' ? `: there are ${known.join(', ')}` : ': `cniwatch explain --list` names them');
    throw new UsageError(`there is no ${kind} "${name}"${hint}`);
  }
}
