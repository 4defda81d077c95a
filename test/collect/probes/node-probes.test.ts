/** Pods that look at nodes, from the API server's first answer to the last deletion: on the sandbox, whose reactions stand for kubelets. */
import { describe, expect, it } from 'vitest';
import { collect } from '#lib/collect/collect.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import type { KubernetesList } from '#lib/collect/kubernetes/reader.ts';
import type { CollectOptions } from '#lib/collect/options.ts';
import { probeNode } from '#lib/collect/probes/node-probe.ts';
import { GREETING } from '#lib/collect/probes/node-probe-script.ts';
import { ownLabels, ownName } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { discoverRegion } from '#lib/discover/discover.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import type { NodeFilesSpec } from '#lib/sandbox/builder/spec.ts';
import type { KubernetesObject, World } from '#lib/sandbox/world.ts';
import { enterCluster } from '#test/sandbox/kubernetes-client.ts';
import { type Entered, enter } from '#test/sandbox/start.ts';
import { withCluster, withObjects } from '#test/scenarios/worlds/cni.ts';
import { shop } from '#test/scenarios/worlds/shop.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const NAMESPACE = 'cniwatch-probes';
const shopWith = (nodeFiles: Readonly<Record<number, NodeFilesSpec>> = {}) => shop({ cluster: { nodeFiles } });

/** Reads the cluster, its probes among it; what is left of them afterwards, and the calls that were made. */
async function read(world: World, over: Partial<CollectOptions> & { prepare?: (entered: Entered) => void } = {}) {
  await using entered = await enter(world);
  const [target] = await discoverRegion({ region: world.region }, entered);
  if (target === undefined) throw new Error('the world has no cluster');
  over.prepare?.(entered);
  const options = { aws: entered, kubernetes: eksAccess({ target, credentials: CREDENTIALS }), deadlineMs: 60_000 };
  const { slices } = await collect(target, { ...options, optIn: ['nodeProbes'], ...over });
  const api = await enterCluster(entered, target.name);
  const { body } = await api.get(`/api/v1/namespaces/${NAMESPACE}/pods`);
  const left = ((body as { items?: readonly KubernetesObject[] }).items ?? []).map(({ metadata }) => metadata.name);
  const made =
    Object.entries(entered.sandbox.calls()).find(([call]) => call === `POST /api/v1/namespaces/${NAMESPACE}/pods`)?.[1] ?? 0;
  return { probes: slices.nodeProbes, left, made };
}

const settings = (probes: Partial<(typeof DEFAULT_COLLECT_SETTINGS)['probes']>) => ({
  settings: { ...DEFAULT_COLLECT_SETTINGS, probes: { ...DEFAULT_COLLECT_SETTINGS.probes, ...probes } },
});
const forbidding = (...forbidden: readonly string[]) => withCluster(shopWith(), () => ({ forbidden }));

describe('nodes that are looked at', () => {
  it('each tell what is on them, and no pod is left', async () => {
    const { probes, left, made } = await read(shopWith({ 1: { config: {} } }));
    expect(probes.ok && probes.data.map(({ found }) => found?.configFiles.map(({ name }) => name)).toSorted()).toEqual([
      [],
      ['10-aws.conflist'],
      ['10-aws.conflist'],
      ['10-aws.conflist'],
    ]);
    expect(left).toEqual([]);
    expect(made).toBe(4);
  });

  it('are no more than the configuration says', async () => {
    const { probes, made } = await read(shopWith(), settings({ nodes: 2 }));
    expect(probes.ok && probes.data.length).toBe(2);
    expect(made).toBe(2);
  });
});

describe('a node that cannot be looked at is stated, and the others go on', () => {
  it.each<[string, NodeFilesSpec, RegExp]>([
    [
      'it has no room',
      { podStatus: { phase: 'Failed', reason: 'OutOfpods', message: 'Node didn’t have enough resource: pods' } },
      /^Its pod failed: OutOfpods: Node didn’t have enough resource: pods\.$/,
    ],
    [
      'the image has no shell',
      { podStatus: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 128 } } }] } },
      /^Its pod failed: exit code 128\.$/,
    ],
    [
      'the image cannot be pulled',
      {
        podStatus: {
          phase: 'Pending',
          containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } } }],
        },
      },
      /cannot be had: ImagePullBackOff: not found: probes\.image names it\.$/,
    ],
    ['it tells something else', { overlay: ['what is this'] }, /"what is this", which is not understood/],
  ])('%s', async (_, files, reason) => {
    const { probes, left } = await read(shopWith({ 2: files }));
    const readings = probes.ok ? probes.data : [];
    expect(readings.flatMap(({ unread = [] }) => unread)).toEqual([expect.stringMatching(reason)]);
    expect(readings.filter(({ found }) => found !== undefined)).toHaveLength(3);
    expect(left).toEqual([]);
  });

  it('its pod does not start before the run is to end', async () => {
    const starting = { containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] };
    const world = shopWith({ 2: { podStatus: { phase: 'Pending', ...starting } } });
    const { probes, left } = await read(world, { deadlineMs: 11_000 });
    const unread = (probes.ok ? probes.data : []).flatMap((reading) => reading.unread ?? []);
    expect(unread).toEqual(['Its pod did not run in time: ContainerCreating.']);
    expect(left).toEqual([]);
  });

  it('the run is to end before any pod could tell: none is made', async () => {
    const { probes, made } = await read(shopWith(), { deadlineMs: 9_000 });
    const unread = (probes.ok ? probes.data : []).map((reading) => reading.unread);
    expect(unread).toEqual(Array(4).fill('The time of the run was over before its turn.'));
    expect(made).toBe(0);
  });

  it('its pod does not start, and its kubelet says why', async () => {
    const said = 'hostPath type check failed: /etc/cni/net.d is not a directory.';
    const kubernetes = {
      get: async () => ({ status: { phase: 'Pending' } }),
      list: async (_: KubernetesList, map: (item: object) => unknown) => [map({ reason: 'FailedMount', message: said })],
    };
    const kubernetesWrites = { temporarily: (_: unknown, __: unknown, use: () => Promise<unknown>) => use() };
    const sources = { kubernetes, kubernetesWrites, settings: DEFAULT_COLLECT_SETTINGS, remaining: () => 0 };
    expect(await probeNode(sources as unknown as Sources, 'node-1', () => undefined)).toEqual({
      nodeName: 'node-1',
      unread: `Its pod did not run in time: FailedMount: ${said}`,
    });
  });

  it('the log is longer than any answer', async () => {
    const world = withCluster(shopWith(), ({ reactions = [] }) => ({
      reactions: reactions.map((reaction) => ({ ...reaction, log: `${GREETING}\n${'x'.repeat(1_100_000)}` })),
    }));
    const { probes, left } = await read(world, settings({ nodes: 1 }));
    expect(probes.ok && probes.data[0]?.unread).toMatch(/log/);
    expect(left).toEqual([]);
  });
});

describe('a failure of the source, and not of a node', () => {
  it.each<[string, World, object, number]>([
    ['nobody made the namespace', shop(), { code: 'NotServed', remedy: /makes the namespace/ }, 0],
    ['pods may not be listed there', forbidding('pods'), { code: 'Forbidden' }, 0],
    ['pods may not be created', forbidding('create pods'), { code: 'Forbidden', remedy: /verb create on pods/ }, 1],
    ['logs may not be read', forbidding('pods/log'), { code: 'Forbidden', remedy: /verb get on pods\/log/ }, 4],
    ['nodes were not read', forbidding('nodes'), { code: 'InputMissing' }, 0],
  ])('%s', async (_, world, failure, most) => {
    const { probes, left, made } = await read(world);
    const remedy = 'remedy' in failure ? { remedy: expect.stringMatching(failure.remedy as RegExp) } : {};
    expect(probes).toMatchObject({ ok: false, ...failure, ...remedy });
    expect(left).toEqual([]);
    expect(made).toBeLessThanOrEqual(Math.max(most, 1));
  });
});

describe('what a run leaves behind', () => {
  const stuck = { podStatus: { phase: 'Pending' } };

  it('is nothing when it is cancelled while pods are there', async () => {
    const run = new AbortController();
    const world = shopWith({ 0: stuck, 1: stuck, 2: stuck, 3: stuck });
    const waiting = read(world, {
      signal: run.signal,
      onProgress: ({ key, state }) => key === 'nodeProbes' && state === 'started' && setTimeout(() => run.abort(), 700),
    });
    const { probes, left } = await waiting;
    expect(probes).toMatchObject({ ok: false, code: 'Cancelled' });
    expect(left).toEqual([]);
  });

  it('after a crash is deleted by the next one, and pods of others are not', async () => {
    const aPod = (component: string, minutes: number): KubernetesObject => ({
      metadata: {
        name: ownName(component),
        namespace: NAMESPACE,
        labels: ownLabels(component),
        creationTimestamp: new Date(Date.now() - minutes * 60_000).toISOString(),
      },
      spec: {},
      status: { phase: 'Running' },
    });
    const [old, young, others] = [aPod('node-probe', 30), aPod('node-probe', 1), aPod('another', 30)];
    const { left } = await read(withObjects(shopWith(), 'pods', (items) => [...items, old, young, others]));
    expect(left.toSorted()).toEqual([young, others].map(({ metadata }) => metadata.name).toSorted());
  });
});
