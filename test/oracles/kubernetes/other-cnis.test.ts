/** Worlds of the other CNIs, whose kinds the API server holds to what their own definitions say. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SliceKey } from '#lib/model/snapshot.ts';
import { type Sandbox, startSandbox } from '#lib/sandbox/sandbox.ts';
import { calicoWhole } from '#test/scenarios/worlds/calico.ts';
import { ciliumWhole } from '#test/scenarios/worlds/cilium.ts';
import { flannel } from '#test/scenarios/worlds/flannel.ts';
import { type BothSides, KUBERNETES_SLICES, readFromBoth } from './both-sides.ts';
import { comparable } from './comparable.ts';

const CALICO = {
  IPPool: 2,
  IPAMBlock: 3,
  BlockAffinity: 1,
  IPReservation: 1,
  BGPPeer: 2,
  BGPConfiguration: 1,
  FelixConfiguration: 1,
  CalicoNodeStatus: 4,
};

/**
 * A server for each group that serves Calico's kinds; the first has the objects of the two other CNIs too, which do not meet.
 * How many of each kind there are stands beside: what nobody read would be the same as well.
 */
const CASES = [
  {
    situation: 'Cilium, flannel, and Calico by crd.projectcalico.org/v1',
    world: calicoWhole('v1', flannel({}, ciliumWhole())),
    kinds: { CiliumNode: 4, CiliumPodIPPool: 1, IPAMConfig: 1, ...CALICO },
  },
  { situation: 'Calico by projectcalico.org/v3', world: calicoWhole('v3'), kinds: { IPAMConfiguration: 1, ...CALICO } },
] as const;

describe.each(CASES)('$situation', ({ world, kinds }) => {
  let sandbox: Sandbox;
  let both: BothSides;
  beforeAll(async () => {
    const [cluster] = world.clusters;
    if (cluster === undefined) throw new Error('the world has no cluster');
    sandbox = await startSandbox(world);
    both = await readFromBoth(sandbox, world, cluster);
  });
  afterAll(() => sandbox?.close());

  test.each<SliceKey>([...KUBERNETES_SLICES])('%s are the same from the sandbox as from a real API server', (key) => {
    expect(both.fromSandbox.slices[key]).toMatchObject({ ok: true });
    expect(comparable(both.fromServer.slices[key])).toEqual(comparable(both.fromSandbox.slices[key]));
  });

  test('every kind of its own was read', () => {
    const { cniResources } = both.fromServer.slices;
    const read = cniResources.ok ? Map.groupBy(cniResources.data, ({ kind }) => kind) : new Map<string, readonly unknown[]>();
    expect(Object.fromEntries([...read].map(([kind, objects]) => [kind, objects.length]))).toEqual(kinds);
  });
});
