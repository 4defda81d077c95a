/** A Snapshot read back from the world that is made of it. */
import { expect, test } from 'vitest';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { SLICE_KEYS, type SliceKey, type Snapshot } from '#lib/model/snapshot.ts';
import { clusterArn, type Target } from '#lib/model/target.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import type { World } from '#lib/sandbox/world.ts';
import { unreadIn, worldOf } from '#lib/sandbox/world-of/world-of.ts';
import { calicoWhole } from '../scenarios/worlds/calico.ts';
import { ciliumWhole } from '../scenarios/worlds/cilium.ts';
import { agentDown, nodesFull } from '../scenarios/worlds/cni.ts';
import { enter, NOW } from './start.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const fleet = embeddedFleet(NOW);

async function read(world: World, target: Target): Promise<Snapshot> {
  await using entered = await enter(world);
  const { ec2, eks, autoScaling, serviceQuotas } = entered;
  const aws = { ec2, eks, autoScaling, serviceQuotas };
  return await collect(target, { aws, kubernetes: eksAccess({ target, credentials }), deadlineMs: 60_000 });
}

const targetOf = ({ account, region }: World, name: string): Target => ({
  account,
  region,
  name,
  arn: clusterArn(account, region, name),
});

/** What a world serves under another address, and what a Snapshot has of the whole Region. */
function comparable({ slices }: Snapshot, key: SliceKey): unknown {
  const slice = slices[key];
  if (!slice.ok) return { ok: false, code: slice.code };
  if (key === 'cluster') {
    const { endpoint: _endpoint, certificateAuthorityData: _authority, ...data } = slice.data as Record<string, unknown>;
    return { ...slice, data };
  }
  if (key === 'serviceQuotas') return (slice.data as { used?: number }[]).map(({ used: _, ...quota }) => quota);
  const { data } = slice;
  if (!Array.isArray(data)) return slice;
  return { ...slice, data: data.map((item) => JSON.stringify(item, Object.keys(flat(item)).sort())).sort() };
}

/** Every field's name, at whatever depth: for JSON in one order. */
function flat(value: unknown): Record<string, true> {
  if (typeof value !== 'object' || value === null) return {};
  const inner = Object.entries(value).map(([key, each]) => ({ [key]: true as const, ...flat(each) }));
  return Object.assign({}, ...inner);
}

const worlds: readonly (readonly [string, World])[] = [
  ...fleet.clusters.map(({ name }) => [name, fleet] as const),
  ...([calicoWhole('v1'), ciliumWhole(), agentDown(), nodesFull()] as const).map(
    (world) => [world.clusters[0]?.name ?? '', world] as const,
  ),
];

test.each(worlds)('%s is the same in the world of its Snapshot', async (name, world) => {
  const target = targetOf(world, name);
  const before = await read(world, target);
  const after = await read(worldOf(before), target);
  for (const key of SLICE_KEYS) {
    if (key === 'podMetrics') continue;
    expect({ key, slice: comparable(after, key) }).toEqual({ key, slice: comparable(before, key) });
  }
});

test('what was refused is refused again, and named as unread', async () => {
  const [first] = fleet.clusters;
  const world = { ...fleet, clusters: fleet.clusters.map((cluster) => ({ ...cluster, forbidden: ['pods'] })) };
  const target = targetOf(fleet, first?.name ?? '');
  const before = await read(world, target);
  const after = await read(worldOf(before), target);
  expect(after.slices.pods).toMatchObject({ ok: false, code: 'Forbidden' });
  expect(unreadIn(before)).toContain('pods');
});
