import * as z from 'zod';
import { type Match, match } from '#lib/config/match.ts';
import type { Area, Check } from '#lib/model/check.ts';

export interface CheckSettings {
  readonly enabled: boolean;
  /** As the check's own schema gives them, defaults filled in. */
  readonly options: unknown;
}

/** Unknown keys of a check's options are refused too: a misspelt threshold must not silently keep its default. */
function strict(options: z.ZodType): z.ZodType {
  return options instanceof z.ZodObject ? options.strict() : options;
}

/** The options of a check where any may be left out, and none gets its default. */
function partial(options: z.ZodType): z.ZodType {
  if (!(options instanceof z.ZodObject)) return options.optional();
  const shape = Object.entries(options.shape as Readonly<Record<string, z.ZodType>>).map(([key, option]) => {
    const given = withoutDefault(option).optional();
    return [key, option.description === undefined ? given : given.describe(option.description)];
  });
  return z.strictObject(Object.fromEntries(shape));
}

function withoutDefault(schema: z.ZodType): z.ZodType {
  const wrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? withoutDefault(schema.unwrap() as z.ZodType) : schema;
}

const byId = (checks: readonly Check[], settings: (check: Check) => z.ZodType) =>
  z.strictObject(Object.fromEntries(checks.map((check) => [check.id, settings(check)]))).prefault({});

/** Settings of single checks for the whole fleet. A check that says nothing of `enabled` does as its area does. */
export function checkSettings(checks: readonly Check[]) {
  return byId(checks, (check) =>
    z
      .strictObject({
        enabled: z.boolean().optional().describe('whether this check runs (default: as its area, else true)'),
        options: strict(check.options).prefault({}).describe('thresholds and switches of this check'),
      })
      .prefault({})
      .describe(check.title),
  ).describe('settings of single checks, by check id');
}

/** Switches of whole areas. */
export function areaSwitches(checks: readonly Check[]) {
  const areas = [...new Set(checks.map(({ area }) => area))];
  const switches = areas.map((area) => [
    area,
    z
      .strictObject({ enabled: z.boolean().describe('whether the checks of this area run') })
      .optional()
      .describe(`the checks of the area ${area}`),
  ]);
  return z
    .strictObject(Object.fromEntries(switches))
    .prefault({})
    .describe('switches whole areas of checks; a check that has an `enabled` of its own keeps that');
}

/** What is different for some clusters. */
export function overrides(checks: readonly Check[]) {
  const override = z.strictObject({
    match,
    areas: areaSwitches(checks),
    checks: byId(checks, (check) =>
      z
        .strictObject({
          enabled: z.boolean().optional().describe('whether this check runs'),
          options: partial(check.options).optional().describe('thresholds and switches that differ'),
        })
        .optional()
        .describe(check.title),
    ).describe('settings of single checks, by check id'),
  });
  return z
    .array(override)
    .default([])
    .describe('settings for some clusters: of several that match, the later wins, option by option');
}

/** One entry of `overrides`. */
export interface Override {
  readonly match: Match;
  /** Options that are not here stay as they are. */
  readonly checks: Readonly<Record<string, { readonly enabled?: boolean; readonly options?: unknown }>>;
}

interface Written extends Pick<Override, 'checks'> {
  readonly areas: Readonly<Partial<Record<Area, { readonly enabled: boolean }>>>;
}

/** Writes the switches of areas into the checks that they switch, so that one place says what runs. */
export function settleAreas(
  checks: readonly Check[],
  { areas, checks: own, overrides }: Written & { readonly overrides: readonly (Written & Pick<Override, 'match'>)[] },
): { readonly checks: Readonly<Record<string, CheckSettings>>; readonly overrides: readonly Override[] } {
  const settled = checks.map(({ id, area }): [string, CheckSettings] => {
    const { enabled = areas[area]?.enabled ?? true, options } = own[id] ?? {};
    return [id, { enabled, options }];
  });
  return {
    checks: Object.fromEntries(settled),
    overrides: overrides.map(({ match, ...written }) => ({ match, checks: switched(checks, written) })),
  };
}

function switched(checks: readonly Check[], { areas, checks: own }: Written): Override['checks'] {
  const byArea = checks.flatMap(({ id, area }) => {
    const enabled = areas[area]?.enabled;
    return enabled === undefined ? [] : [[id, { enabled, ...own[id] }] as const];
  });
  return { ...own, ...Object.fromEntries(byArea) };
}
