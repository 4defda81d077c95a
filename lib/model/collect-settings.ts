import * as z from 'zod';
import { type CanarySettings, canarySettings } from '#lib/model/canary-settings.ts';

/**
 * How pods of the opt-in source nodeProbes look. The image needs a POSIX shell with base64, head, readlink, sed, stat and tr, and no
 * entry point of its own; Amazon's mirror of BusyBox is public, and needs no account and no Docker Hub.
 */
export const probeSettings = z
  .strictObject({
    image: z
      .string()
      .regex(/^[\w.\-/:@]+$/)
      .default('public.ecr.aws/docker/library/busybox:1.37.0')
      .describe('image of the pods that look at nodes: BusyBox, or any with a shell and its usual tools; by digest if you can'),
    nodes: z.number().int().min(1).max(50).default(5).describe('most nodes that are looked at in one run'),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
      .default('cniwatch-probes')
      .describe('where these pods are made; docs/permissions.md has its manifest'),
  })
  .prefault({})
  .describe('the opt-in source nodeProbes');
export type ProbeSettings = Readonly<z.output<typeof probeSettings>>;

/** What the configuration says of sources that make pods of their own. */
export interface CollectSettings {
  readonly probes: ProbeSettings;
  readonly canary: CanarySettings;
}

export const DEFAULT_COLLECT_SETTINGS: CollectSettings = {
  probes: probeSettings.parse({}),
  canary: canarySettings.parse({}),
};
