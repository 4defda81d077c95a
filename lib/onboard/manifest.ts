import { clusterRole, READER_GROUP } from '#lib/collect/cluster-role.ts';
import { OPT_IN_MANIFESTS } from '#lib/collect/opt-in-manifests.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { type CollectSettings, DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import type { OptInSource } from '#lib/model/collector.ts';

export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** On every object that onboarding makes, so that offboarding takes away those and no others. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'cniwatch' } as const;

/** What lets the reader's group read a cluster: a ClusterRole of all lists, and Roles where one namespace is enough. */
export function readerManifest(): readonly ManifestObject[] {
  return clusterRole(READER_GROUP, READ_PERMISSIONS.kubernetes).map(managed);
}

/** What one opt-in source needs besides: roles of its own, so that granting and revoking them leaves the reader's alone. */
export function sourceManifest(
  source: OptInSource,
  settings: CollectSettings = DEFAULT_COLLECT_SETTINGS,
): readonly ManifestObject[] {
  const guards = (OPT_IN_MANIFESTS[source]?.(settings) ?? []) as readonly ManifestObject[];
  const rules = OPT_IN_PERMISSIONS[source]?.kubernetes ?? [];
  return [...guards, ...clusterRole(READER_GROUP, rules, `${READER_GROUP}-${source}`)].map(managed);
}

/** Everything, in an order in which it can be applied. */
export function onboardingManifest(sources: readonly OptInSource[], settings: CollectSettings): readonly ManifestObject[] {
  return [...readerManifest(), ...sources.flatMap((source) => sourceManifest(source, settings))];
}

function managed(object: ManifestObject): ManifestObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...MANAGED_BY } } };
}
