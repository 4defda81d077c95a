import { CHECKS } from '#lib/checks/index.ts';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { discoverRegion } from '#lib/discover/discover.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import type { Assessment } from '#lib/model/assessment.ts';
import { type CollectSettings, DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { OPT_IN_SOURCES, type OptInSource } from '#lib/model/collector.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import type { World } from '#lib/sandbox/world.ts';
import { enter } from '#test/sandbox/start.ts';

export interface HowToAssess {
  /** AWS operations that are denied, as `ec2:DescribeNetworkInterfaces`. */
  readonly denied?: readonly string[];
  readonly optIn?: readonly OptInSource[];
  readonly settings?: CollectSettings;
}

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** The first cluster of a world, found, read and judged as the command line does it: through the real SDK clients. */
export async function assessWorld(world: World, how?: HowToAssess): Promise<Assessment> {
  return evaluate(await snapshotOf(world, how), { config: defaultConfig(), checks: CHECKS });
}

/** The same, found and read alone. */
export async function snapshotOf(
  world: World,
  { denied = [], optIn = OPT_IN_SOURCES, settings = DEFAULT_COLLECT_SETTINGS }: HowToAssess = {},
): Promise<Snapshot> {
  await using entered = await enter(world);
  const [target] = await discoverRegion({ region: world.region }, entered);
  if (target === undefined) throw new Error('the world has no cluster');
  for (const operation of denied)
    entered.sandbox.inject({ on: operation, answer: { kind: 'error', code: 'AccessDeniedException', status: 403 } });
  const kubernetes = eksAccess({ target, credentials: CREDENTIALS });
  // Awaited here, while the sandbox is open.
  return await collect(target, { aws: entered, kubernetes, deadlineMs: 60_000, optIn, settings });
}
