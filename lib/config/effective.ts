import type { CheckSettings } from '#lib/config/check-settings.ts';
import type { Config } from '#lib/config/schema.ts';
import type { Target } from '#lib/model/target.ts';
import { type ClusterTags, matchesTarget } from '#lib/model/target-match.ts';
import { isWithin } from '#lib/model/time-window.ts';

/**
 * The settings of every check for one cluster: those of the fleet, then each override that matches, in the order of the file, option by
 * option. An override by tags leaves a cluster alone whose tags are not known.
 */
export function effectiveChecks(
  { checks, overrides }: Pick<Config, 'checks' | 'overrides'>,
  target: Target,
  tags: ClusterTags,
): Config['checks'] {
  const effective = new Map(Object.entries(checks));
  for (const override of overrides) {
    if (!matchesTarget(override.match, target, tags)) continue;
    for (const [id, { enabled, options }] of Object.entries(override.checks)) {
      const before = effective.get(id);
      if (before === undefined) continue;
      effective.set(id, { enabled: enabled ?? before.enabled, options: withOptions(before.options, options) });
    }
  }
  return Object.fromEntries(effective);
}

/** Options are objects of independent keys: each keeps its value until a later one is given. */
function withOptions(before: CheckSettings['options'], given: unknown): unknown {
  return given === undefined ? before : { ...(before as object), ...(given as object) };
}

export interface EffectivePolicy {
  readonly policy: 'never' | 'propose' | 'auto';
  /** Why, for whoever asks. */
  readonly because: string;
}

/** What a remediation may do on one cluster at this moment. */
export function remediationPolicy(
  { remediations: { killSwitch, default: otherwise, rules } }: Pick<Config, 'remediations'>,
  { remediation, target, tags, now }: { remediation: string; target: Target; tags: ClusterTags; now: Date },
): EffectivePolicy {
  if (killSwitch) return { policy: 'never', because: 'remediations.killSwitch is on' };
  const index = rules.findLastIndex(
    (rule) => (rule.remediation === remediation || rule.remediation === '*') && matchesTarget(rule.match, target, tags),
  );
  const rule = rules[index];
  if (rule === undefined) return { policy: otherwise, because: 'remediations.default' };
  const because = `remediations.rules.${index}`;
  if (rule.window === undefined || isWithin(rule.window, now)) return { policy: rule.policy, because };
  return { policy: 'propose', because: `${because}, outside its window` };
}
