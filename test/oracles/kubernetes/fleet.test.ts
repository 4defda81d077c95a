import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SliceKey } from '#lib/model/snapshot.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import type { World } from '#lib/sandbox/world.ts';
import { allowDns, besideAutoMode, denyAll, lockCoreDns, policies } from '#test/scenarios/worlds/dns-filters.ts';
import { branches, customNetworking, ENI_CONFIGS, trouble } from '#test/scenarios/worlds/nodes.ts';
import { unlaunchedClaim } from '#test/scenarios/worlds/subnets.ts';
import { type BothSides, KUBERNETES_SLICES, readFromBoth } from './both-sides.ts';
import { comparable } from './comparable.ts';

const fleet = embeddedFleet(new Date());
const KARPENTERS: readonly SliceKey[] = ['nodeClaims', 'nodePools'];

/** The embedded fleet, and worlds with what it does not have. */
const CASES: readonly {
  readonly situation: string;
  readonly world: World;
  readonly at: number;
  readonly slices: readonly SliceKey[];
}[] = [
  ...fleet.clusters.map(({ name }, at) => ({ situation: name, world: fleet, at, slices: KUBERNETES_SLICES })),
  ...Object.entries({
    'pods with security groups of their own': branches(3),
    'custom networking': customNetworking(ENI_CONFIGS),
    'network policies': policies(denyAll, allowDns('UDP'), lockCoreDns),
    'a node that reports trouble': trouble({ event: { reason: 'ConntrackExceededKernel', message: 'too many' } }),
  }).map(([situation, world]) => ({ situation, world, at: 0, slices: KUBERNETES_SLICES })),
  { situation: 'Karpenter', world: unlaunchedClaim(), at: 0, slices: [...KUBERNETES_SLICES, ...KARPENTERS] },
  {
    situation: 'EKS Auto Mode',
    world: besideAutoMode({ networkPolicy: 'DefaultDeny' }),
    at: 0,
    slices: [...KUBERNETES_SLICES, 'nodeClaims', 'nodeClasses'],
  },
];

describe.each(CASES)('$situation', ({ world, at, slices }) => {
  let sandbox: Sandbox;
  let both: BothSides;
  beforeAll(async () => {
    const cluster = world.clusters[at];
    if (cluster === undefined) throw new Error('the world has no such cluster');
    sandbox = await startSandbox(world);
    both = await readFromBoth(sandbox, world, cluster);
  });
  afterAll(() => sandbox?.close());

  test.each(slices)('%s are the same from the sandbox as from a real API server', (key) => {
    expect(both.fromSandbox.slices[key]).toMatchObject({ ok: true });
    expect(comparable(both.fromSandbox.slices[key])).toEqual(comparable(both.fromServer.slices[key]));
  });
});
