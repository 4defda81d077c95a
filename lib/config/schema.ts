import * as z from 'zod';
import {
  areaSwitches,
  type CheckSettings,
  checkSettings,
  type Override,
  overrides,
  settleAreas,
} from '#lib/config/check-settings.ts';
import { type AccountEntry, accounts, type FleetEntry, fleet, type Organization, organization } from '#lib/config/fleet.ts';
import { metrics } from '#lib/config/metrics.ts';
import { type NotificationTarget, notifications } from '#lib/config/notifications.ts';
import { type RemediationSettings, remediations } from '#lib/config/remediations.ts';
import { type Runner, runners } from '#lib/config/runners.ts';
import { type Schedules, schedules } from '#lib/config/schedules.ts';
import { type StatePolicy, state } from '#lib/config/state.ts';
import { type Suppression, suppressions } from '#lib/config/suppressions.ts';
import { type CanarySettings, canarySettings } from '#lib/model/canary-settings.ts';
import type { Check } from '#lib/model/check.ts';
import { type ProbeSettings, probeSettings } from '#lib/model/collect-settings.ts';
import { OPT_IN_SOURCES, type OptInSource } from '#lib/model/collector.ts';
import type { MetricChoice } from '#lib/model/metric.ts';

const collect = z
  .strictObject({
    deadlineSeconds: z
      .number()
      .min(5)
      .max(840)
      .default(120)
      .describe('how long the reading of one cluster may take, in seconds; what was not read by then is unknown'),
    optIn: z
      .array(z.enum(OPT_IN_SOURCES))
      .default([])
      .describe('sources to read besides, each with a permission of its own: docs/permissions.md'),
  })
  .prefault({})
  .describe('how clusters are read');

/** cniwatch.yaml with every default filled in. */
export interface Config {
  readonly fleet: readonly FleetEntry[];
  readonly accounts: readonly AccountEntry[];
  readonly organization?: Organization | undefined;
  /** By check id: every check of the registry, for clusters that no override matches. */
  readonly checks: Readonly<Record<string, CheckSettings>>;
  readonly overrides: readonly Override[];
  readonly suppressions: readonly Suppression[];
  readonly collect: { readonly deadlineSeconds: number; readonly optIn: readonly OptInSource[] };
  readonly probes: ProbeSettings;
  readonly canary: CanarySettings;
  readonly remediations: RemediationSettings;
  readonly schedules: Schedules;
  readonly state: StatePolicy;
  readonly metrics: { readonly publish: MetricChoice };
  readonly notifications: readonly NotificationTarget[];
  readonly runners: readonly Runner[];
}

/**
 * The schema of cniwatch.yaml for a set of checks; strict at every level. What it gives is a Config, and may be parsed again: the
 * switches of areas are by then written into the checks.
 */
export function configSchema(checks: readonly Check[]) {
  return z
    .strictObject({
      fleet,
      accounts,
      organization,
      areas: areaSwitches(checks),
      checks: checkSettings(checks),
      overrides: overrides(checks),
      suppressions: suppressions(checks),
      collect,
      probes: probeSettings,
      canary: canarySettings,
      remediations,
      schedules,
      state,
      metrics,
      notifications,
      runners,
    })
    .describe('cniwatch.yaml')
    .transform(({ areas, ...written }) => ({
      ...written,
      ...settleAreas(checks, { ...written, areas } as Parameters<typeof settleAreas>[1]),
    }));
}

/** JSON Schema (draft 7, which editors read) of cniwatch.yaml. */
export function configJsonSchema(checks: readonly Check[]): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(configSchema(checks), { io: 'input', target: 'draft-7' });
}
