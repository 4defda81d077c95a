import { canaryManifest } from '#lib/collect/probes/canary-manifest.ts';
import { nodeProbeManifest } from '#lib/collect/probes/node-probe-policy.ts';
import type { CollectSettings } from '#lib/model/collect-settings.ts';
import type { OptInSource } from '#lib/model/collector.ts';

/** What opt-in sources need in a cluster beside their roles, ready to be applied before these: namespaces, and policies that guard them. */
export const OPT_IN_MANIFESTS: Readonly<Partial<Record<OptInSource, (settings: CollectSettings) => readonly object[]>>> = {
  nodeProbes: ({ probes }) => nodeProbeManifest(probes),
  canary: ({ canary }) => canaryManifest(canary),
};
