/** Canary pods from the first list to the last deletion: on the sandbox, whose reactions stand for a scheduler and kubelets. */
import { describe, expect, it } from 'vitest';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import { CANARY } from '#lib/collect/probes/canary-pods.ts';
import { ownLabels } from '#lib/collect/probes/own-pods.ts';
import { discoverRegion } from '#lib/discover/discover.ts';
import { type CanarySettings, canarySettings } from '#lib/model/canary-settings.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import type { KubernetesObject, World } from '#lib/sandbox/world.ts';
import { enterCluster } from '#test/sandbox/kubernetes-client.ts';
import { type Entered, enter } from '#test/sandbox/start.ts';
import { canary, NO_ADDRESS } from '#test/scenarios/worlds/canary.ts';
import { withCluster, withObjects } from '#test/scenarios/worlds/cni.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const PLACE = '/api/v1/namespaces/cniwatch-canary';

type How = Partial<CollectOptions> & { readonly canary?: Partial<CanarySettings>; prepare?(entered: Entered): void };

/** Runs the canary, once or several times at once; what it tells, and what is left in the cluster. */
async function read(world: World, { canary: over = {}, prepare, ...options }: How = {}, times = 1) {
  await using entered = await enter(world);
  const [target] = await discoverRegion({ region: world.region }, entered);
  if (target === undefined) throw new Error('the world has no cluster');
  prepare?.(entered);
  const settings = { ...DEFAULT_COLLECT_SETTINGS, canary: { ...canarySettings.parse({}), timeoutSeconds: 0.4, ...over } };
  const kubernetes = eksAccess({ target, credentials: CREDENTIALS });
  const all = { aws: entered, kubernetes, deadlineMs: 60_000, optIn: [CANARY] as const, settings, ...options };
  const snapshots = await Promise.all(Array.from({ length: times }, () => collect(target, all)));
  const api = await enterCluster(entered, target.name);
  const names = async (kind: string) => {
    const { body } = await api.get(`${PLACE}/${kind}`);
    return ((body as { items?: readonly KubernetesObject[] }).items ?? []).map(({ metadata }) => metadata.name);
  };
  const calls = entered.sandbox.calls();
  return {
    slices: snapshots.map(({ slices }) => slices),
    canary: snapshots[0]?.slices.canary,
    left: [...(await names('pods')), ...(await names('services'))],
    made: calls[`POST ${PLACE}/pods`] ?? 0,
  };
}

const leftover = (hoursAgo: number): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'cniwatch-canary-old',
    namespace: 'cniwatch-canary',
    labels: ownLabels(CANARY),
    creationTimestamp: new Date(Date.now() - hoursAgo * 3_600_000).toISOString(),
  },
});
const withPod = (pod: KubernetesObject) => withObjects(canary(), 'pods', (items) => [...items, pod]);

describe('the canary', () => {
  it('makes two pods on two nodes and a Service, reads what they saw, and leaves nothing', async () => {
    const { canary: seen, left, made } = await read(canary());
    expect(seen).toMatchObject({
      ok: true,
      data: {
        podToPod: 'tried',
        ipFamily: 'ipv4',
        pods: [
          { role: 'server', zone: 'eu-west-1a', podIps: ['10.0.0.99'], gone: false },
          { role: 'client', zone: 'eu-west-1b' },
        ],
        reports: [{ complete: true, routes: { ipv4: ['default via 169.254.1.1 dev eth0', expect.any(String)] } }],
      },
    });
    const { pods = [] } = seen?.ok ? seen.data : {};
    expect(new Set(pods.map(({ nodeName }) => nodeName)).size).toBe(2);
    expect([made, left]).toEqual([2, []]);
  });

  it('is over before its pods are listed for anybody else', async () => {
    const { slices } = await read(canary());
    const listed = slices[0]?.pods.ok ? slices[0].pods.data : [];
    expect(listed.filter(({ namespace }) => namespace === 'cniwatch-canary')).toEqual([]);
  });

  it.each([
    [{ podToPod: false }, ['client']],
    [{ nodes: 3 }, ['server', 'client', 'client', 'client']],
    [{ nodes: 2, mode: 'pinned', podToPod: false }, ['client', 'client']],
    [{ nodes: 3, mode: 'pinned' }, ['server', 'client', 'client', 'client']],
  ] as const)('makes the pods of %j', async (over, roles) => {
    const { canary: seen, left, made } = await read(canary(), { canary: over });
    const pods = seen?.ok ? seen.data.pods : [];
    expect(pods.map(({ role }) => role)).toEqual(roles);
    expect(pods.map(({ pinnedTo }) => pinnedTo === undefined)).toEqual(roles.map(() => !('mode' in over)));
    expect(new Set(pods.flatMap(({ pinnedTo }) => pinnedTo ?? [])).size).toBe('mode' in over ? roles.length : 0);
    expect([made, left]).toEqual([roles.length, []]);
  });

  it('tells where pods stopped, in the words of whoever stopped them', async () => {
    const { canary: seen, left } = await read(canary({ server: 'has no network', client: 'has no node' }));
    expect(seen).toMatchObject({
      data: {
        podToPod: 'no-server',
        pods: [{ sandboxFailure: NO_ADDRESS }, { unschedulable: expect.stringContaining('Insufficient cpu') }],
        reports: [],
      },
    });
    expect(left).toEqual([]);
  });

  it('does not take a server that ended for one that is not reached', async () => {
    expect((await read(canary({ server: 'crashes' }))).canary).toMatchObject({
      data: { podToPod: 'no-server', pods: [{ failure: 'Error: exit code 127' }, {}] },
    });
  });

  it('says of a log that cannot be read that it was not', async () => {
    const { canary: seen, left } = await read(withCluster(canary(), () => ({ forbidden: ['pods/log'] })));
    expect(seen).toMatchObject({
      ok: true,
      data: { reports: [{ complete: false, unread: expect.stringContaining('pods/log') }] },
    });
    expect(left).toEqual([]);
  });
});

describe('beside another run', () => {
  it('makes nothing while its pods are there', async () => {
    const { canary: seen, made } = await read(withPod(leftover(0)));
    expect(seen).toMatchObject({ ok: false, code: 'AlreadyExists', reason: expect.stringContaining('cniwatch-canary-old') });
    expect(made).toBe(0);
  });

  it('deletes what a crashed one left', async () => {
    const { canary: seen, left } = await read(withPod(leftover(2)));
    expect(seen?.ok).toBe(true);
    expect(left).toEqual([]);
  });

  it('says what stays where nobody may delete, and keeps what it saw', async () => {
    const { canary: seen, left } = await read(withCluster(canary(), () => ({ forbidden: ['delete pods'] })));
    expect(seen?.ok).toBe(true);
    expect(left).toHaveLength(2);
    const again = await read(withCluster(withPod(leftover(2)), () => ({ forbidden: ['delete pods'] })));
    expect(again.canary).toMatchObject({
      code: 'AlreadyExists',
      remedy: expect.stringContaining('kubectl -n cniwatch-canary delete pod'),
    });
  });

  it('neither leaves anything, whichever comes first', async () => {
    const { slices, left } = await read(canary(), {}, 3);
    const codes = slices.map(({ canary: one }) => (one.ok ? 'ok' : one.code));
    expect(codes.every((code) => code === 'ok' || code === 'AlreadyExists')).toBe(true);
    expect(left).toEqual([]);
  });
});

describe('a run that', () => {
  it.each<[string, World, string, RegExp]>([
    ['may not create pods', withCluster(canary(), () => ({ forbidden: ['create pods'] })), 'Forbidden', /create on pods/],
    [
      'may not create Services',
      withCluster(canary(), () => ({ forbidden: ['create services'] })),
      'Forbidden',
      /create on services/,
    ],
    [
      'finds no namespace',
      withObjects(canary(), 'namespaces', (items) => items.filter(({ metadata }) => metadata.name !== 'cniwatch-canary')),
      'NotServed',
      /docs\/permissions\.md/,
    ],
  ])('%s says what to do', async (_, world, code, remedy) => {
    const { canary: seen, left } = await read(world);
    expect(seen).toMatchObject({ ok: false, code, remedy: expect.stringMatching(remedy) });
    expect(left).toEqual([]);
  });

  it('has no time left makes nothing', async () => {
    const { canary: seen, made, left } = await read(canary(), { deadlineMs: 9_900 });
    expect(seen).toMatchObject({
      ok: false,
      code: 'DeadlineExceeded',
      remedy: expect.stringContaining('collect.deadlineSeconds'),
    });
    expect([made, left]).toEqual([0, []]);
  });

  it('is cancelled in the middle leaves nothing', async () => {
    const stop = new AbortController();
    const prepare = ({ sandbox }: Entered) => {
      const look = setInterval(() => {
        if (sandbox.calls()[`POST ${PLACE}/pods`] === undefined) return;
        clearInterval(look);
        stop.abort();
      }, 5);
    };
    const world = canary({ server: 'has no network' });
    const { canary: seen, left } = await read(world, { signal: stop.signal, prepare, canary: { timeoutSeconds: 40 } });
    expect(seen).toMatchObject({ ok: false, code: 'Cancelled' });
    expect(left).toEqual([]);
  });

  it('cannot read the nodes still makes pods where the scheduler puts them', async () => {
    const { canary: seen } = await read(withCluster(canary(), () => ({ forbidden: ['nodes'] })));
    expect(seen).toMatchObject({ ok: true, data: { podToPod: 'tried' } });
  });
});
