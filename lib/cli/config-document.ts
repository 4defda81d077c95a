import { type Config, defaultConfig } from '#lib/config/config.ts';
import { effectiveChecks } from '#lib/config/effective.ts';
import { configHash } from '#lib/config/hash.ts';
import { hasEnded } from '#lib/config/suppressions.ts';
import { identityOf, type Target } from '#lib/model/target.ts';

/** Where a check's settings are others than its own defaults. */
export interface ChangedCheck {
  readonly check: string;
  readonly enabled: boolean;
  /** Options that differ. */
  readonly options: Readonly<Record<string, { readonly value: unknown; readonly default: unknown }>>;
}

/** What `cniwatch config check --output json` prints. */
export interface ConfigDocument {
  readonly schemaVersion: 1;
  readonly file: string;
  readonly configHash: string;
  /** For clusters that no override matches. */
  readonly changed: readonly ChangedCheck[];
  /** What each override sets, by its place in the file. */
  readonly overrides: Config['overrides'];
  readonly suppressions: readonly (Config['suppressions'][number] & { readonly expired: boolean })[];
  readonly remediations: Config['remediations'];
  /** Only with `--clusters`. */
  readonly clusters?: readonly (ReturnType<typeof identityOf> & { readonly changed: readonly ChangedCheck[] })[];
  readonly warnings: readonly string[];
}

/** What the configuration comes to, for the fleet and for the clusters that were looked up. */
export function configDocument(
  config: Config,
  { file, now, targets, warnings }: { file: string; now: Date; targets?: readonly Target[]; warnings: readonly string[] },
): ConfigDocument {
  return {
    schemaVersion: 1,
    file,
    configHash: configHash(config),
    changed: changedChecks(config.checks),
    overrides: config.overrides,
    suppressions: config.suppressions.map((each) => ({ ...each, expired: hasEnded(each, now) })),
    remediations: config.remediations,
    ...(targets && {
      clusters: targets.map((target) => ({
        ...identityOf(target),
        changed: changedChecks(effectiveChecks(config, target, target.tags)),
      })),
    }),
    warnings,
  };
}

function changedChecks(checks: Config['checks'], defaults: Config['checks'] = defaultConfig().checks): ChangedCheck[] {
  return Object.entries(checks).flatMap(([check, { enabled, options }]) => {
    const usual = (defaults[check]?.options ?? {}) as Readonly<Record<string, unknown>>;
    const changed = Object.entries(options as Readonly<Record<string, unknown>>)
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]))
      .map(([name, value]) => [name, { value, default: usual[name] }] as const);
    return enabled && changed.length === 0 ? [] : [{ check, enabled, options: Object.fromEntries(changed) }];
  });
}
