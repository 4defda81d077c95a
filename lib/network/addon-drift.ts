import { parse } from 'yaml';
import * as z from 'zod';
import type { Addon } from '#lib/model/eks.ts';
import { asClause } from '#lib/model/failure.ts';
import type { DaemonSet } from '#lib/model/kubernetes.ts';
import type { Slice } from '#lib/model/slice.ts';

/** What an add-on's stored configuration sets in the environment of its agent. */
type StoredEnvironment =
  | { readonly kind: 'read'; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** A setting that the add-on's configuration and the running DaemonSet have differently; null where one leaves it out. */
export interface SettingDrift {
  readonly setting: string;
  readonly configured: string | null;
  readonly running: string | null;
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const configuration = z.object({ env: z.record(z.string(), scalar).optional() }).nullish();

/**
 * Reads the environment out of `configurationValues`, which is JSON or YAML; none at all sets nothing.
 * Source: Amazon EKS API Reference, DescribeAddon, `configurationValues`.
 */
function storedEnvironment(configurationValues: string | undefined): StoredEnvironment {
  try {
    const parsed = configuration.safeParse(parse(configurationValues ?? ''));
    if (parsed.success) return { kind: 'read', env: parsed.data?.env ?? {} };
    return { kind: 'unreadable', reason: `at ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}` };
  } catch (error) {
    return { kind: 'unreadable', reason: (error as Error).message };
  }
}

/**
 * What the add-on itself sets of a node's pool where its configuration says nothing; null where it sets nothing.
 * Source: amazon-vpc-cni-k8s charts/aws-vpc-cni/values.yaml.
 */
const POOL_DEFAULTS: Readonly<Record<string, string | null>> = {
  ENABLE_PREFIX_DELEGATION: 'false',
  WARM_ENI_TARGET: '1',
  WARM_PREFIX_TARGET: '1',
  WARM_IP_TARGET: null,
  MINIMUM_IP_TARGET: null,
};

/**
 * Where aws-node runs with something else than the add-on's configuration says. A value edited by hand may outlive updates, or be
 * undone by the next, as `resolveConflicts` decides.
 * Source: Amazon EKS User Guide, "Determine fields you can customize for Amazon EKS add-ons".
 */
function environmentDrift(stored: Readonly<Record<string, string>>, daemonSet: DaemonSet): readonly SettingDrift[] {
  const running = daemonSet.containers.find(({ name, init }) => !init && name === 'aws-node')?.env ?? {};
  const expected: Record<string, string | null> = { ...POOL_DEFAULTS, ...stored };
  return Object.entries(expected).flatMap(([setting, configured]) => {
    const has = running[setting] ?? null;
    // A default that the DaemonSet leaves out is the add-on's older manifest, not somebody's edit.
    if (has === configured || (has === null && stored[setting] === undefined)) return [];
    return [{ setting, configured, running: has }];
  });
}

/** The drift of the add-on vpc-cni from its DaemonSet: none where the CNI is self-managed, and `gap`, a clause, where it cannot be told. */
export function addonDrift(
  addons: Slice<readonly Addon[]>,
  daemonSet: DaemonSet,
): { readonly drift: readonly SettingDrift[]; readonly gap?: string } {
  if (!addons.ok) return { drift: [], gap: `the add-ons were not read (${asClause(addons.reason)})` };
  const addon = addons.data.find(({ addonName }) => addonName === 'vpc-cni');
  if (addon === undefined) return { drift: [] };
  const stored = storedEnvironment(addon.configurationValues);
  if (stored.kind === 'unreadable')
    return { drift: [], gap: `the configuration of the add-on cannot be read (${stored.reason})` };
  return { drift: environmentDrift(stored.env, daemonSet) };
}
