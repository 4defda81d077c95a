/** How the VPC CNI's add-on and its DaemonSet hang together. */
import type { Configuration } from '#lib/sandbox/addon-configuration.ts';
import { MANIFEST_ENV } from '#lib/sandbox/builder/system.ts';
import { agentEnv } from '#lib/sandbox/controllers/ipamd.ts';
import type { LiveCluster } from '#lib/sandbox/live-world.ts';
import type { JsonObject, KubernetesObject } from '#lib/sandbox/world.ts';

/** A variable that somebody set by hand, and that the update would set otherwise. */
export interface Drift {
  readonly env: string;
  readonly value: string;
}

export function driftOf(cluster: LiveCluster, before: Configuration, wanted: Configuration): readonly Drift[] {
  const live = agentEnv(cluster) ?? {};
  const given: Readonly<Record<string, string>> = { ...MANIFEST_ENV, ...before.env };
  const next: Readonly<Record<string, string>> = { ...MANIFEST_ENV, ...wanted.env };
  return Object.entries(next).flatMap(([env, value]) => {
    const is = live[env];
    return is === undefined || is === given[env] || is === value ? [] : [{ env, value: is }];
  });
}

/**
 * The DaemonSet as the add-on has it. Whether PRESERVE keeps what was set by hand where the configuration names it too is not
 * documented: here it does, so that nothing is promised that may not come.
 */
export function writeAgent(
  daemonSet: KubernetesObject,
  { env }: Configuration,
  { drift, version }: { readonly drift: readonly Drift[]; readonly version: string | undefined },
): KubernetesObject {
  const wanted: Readonly<Record<string, string>> = {
    ...MANIFEST_ENV,
    ...env,
    ...Object.fromEntries(drift.map(({ env: name, value }) => [name, value])),
  };
  const { template, ...spec } = daemonSet['spec'] as {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
  const containers = template.spec.containers.map((container) =>
    container.name === 'aws-node' ? { ...container, ...imageOf(container, version), env: envOf(container, wanted) } : container,
  );
  return { ...daemonSet, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } };
}

interface Container extends JsonObject {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** What no configuration sets stays: variables from the node, and the cluster's own. */
function envOf({ env = [] }: Container, wanted: Readonly<Record<string, string>>): Container['env'] {
  const present = new Set(env.map(({ name }) => name));
  return [
    ...env.map((each) =>
      each.value === undefined || wanted[each.name] === undefined ? each : { name: each.name, value: wanted[each.name] ?? '' },
    ),
    ...Object.entries(wanted)
      .filter(([name]) => !present.has(name))
      .map(([name, value]) => ({ name, value })),
  ];
}

function imageOf({ image = '' }: Container, version: string | undefined): { readonly image?: string } {
  return version === undefined ? {} : { image: image.replace(/:[^:/]*$/, `:${version}`) };
}
