/** CalicoNodeStatus objects of a run's own, on the sandbox, whose reactions stand for the agents. */
import { describe, expect, it } from 'vitest';
import { collect } from '#lib/collect/collect.ts';
import { askCalicoNodes } from '#lib/collect/kubernetes/ask-calico-nodes.ts';
import { eksAccess } from '#lib/collect/kubernetes/eks-access.ts';
import { ownLabels } from '#lib/collect/probes/own-pods.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { discoverRegion } from '#lib/discover/discover.ts';
import type { CalicoNodeReading } from '#lib/model/calico-node-status.ts';
import { ReadFailure } from '#lib/model/failure.ts';
import type { JsonObject, World } from '#lib/sandbox/world.ts';
import { enterCluster } from '#test/sandbox/kubernetes-client.ts';
import { enter } from '#test/sandbox/start.ts';
import { calico, calicoAgents } from '#test/scenarios/worlds/calico.ts';
import { withObjects } from '#test/scenarios/worlds/cni.ts';
import { shop } from '#test/scenarios/worlds/shop.ts';

const V1 = '/apis/crd.projectcalico.org/v1/caliconodestatuses';
const V3 = '/apis/projectcalico.org/v3/caliconodestatuses';
const UP = () => ['Established', 'Established', 'Established'];

/** The slice; the requests that changed something, as `POST caliconodestatuses` and how many; and what stands there afterwards. */
async function read(world: World, path = V1) {
  await using entered = await enter(world);
  const [target] = await discoverRegion({ region: world.region }, entered);
  if (target === undefined) throw new Error('the world has no cluster');
  const kubernetes = eksAccess({ target, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } });
  const snapshot = await collect(target, { aws: entered, kubernetes, deadlineMs: 60_000, optIn: ['calicoNodeStatus'] });
  const report = snapshot.collectors.find(({ id }) => id === 'calicoNodeStatus');
  const count = (method: string) =>
    Object.entries(report?.calls ?? {})
      .filter(([operation]) => operation.startsWith(method))
      .reduce((sum, [, calls]) => sum + calls, 0);
  const left = await (await enterCluster(entered, target.name)).get(path);
  const items = (left.body as { items?: readonly { metadata: { name: string } }[] }).items ?? [];
  const slice = snapshot.slices.calicoNodeStatus;
  return {
    slice,
    readings: slice.ok ? slice.data : [],
    created: count('POST'),
    deleted: count('DELETE'),
    left: items.map(({ metadata }) => metadata.name),
  };
}

const statesOf = ({ resource }: CalicoNodeReading) =>
  (resource?.status as { bgp: { peersV4: readonly { state: string }[] } } | undefined)?.bgp.peersV4.map(({ state }) => state);

describe('asking the agents', () => {
  it.each([
    ['classic', 'v1', V1],
    ['native', 'v3', V3],
  ] as const)('makes an object for each node by the %s API, reads what it tells, and deletes it', async (_name, group, path) => {
    const asked = await read(calicoAgents({ group, agents: (_, at) => (at === 1 ? ['Idle', 'Connect', 'Active'] : UP()) }), path);
    expect(asked.readings.map(statesOf).toSorted()).toEqual([UP(), UP(), UP(), ['Idle', 'Connect', 'Active']]);
    // One deletion finds out that it may.
    expect(asked).toMatchObject({ created: 4, deleted: 5, left: [] });
  });

  it('asks by the native API where both are served', async () => {
    const world = calicoAgents({ agents: UP });
    const both: World = {
      ...world,
      clusters: world.clusters.map((cluster) => ({
        ...cluster,
        kubernetes: cluster.kubernetes.flatMap((kind) =>
          kind.plural === 'caliconodestatuses' ? [kind, { ...kind, apiVersion: 'projectcalico.org/v3' }] : kind,
        ),
      })),
    };
    const { readings } = await read(both);
    expect(new Set(readings.map(({ resource }) => resource?.apiVersion))).toEqual(new Set(['projectcalico.org/v3']));
  });

  const told = (node: string, ageSeconds: number): JsonObject => ({
    spec: { node, classes: ['Agent', 'BGP'], updatePeriodSeconds: 60 },
    status: { lastUpdated: new Date(Date.now() - 1000 * ageSeconds).toISOString(), bgp: { peersV4: [] } },
  });
  it('does not ask a node of which somebody else keeps a fresh object, or an old one whose agent is ready', async () => {
    const [first = '', second = '', third = ''] = nodeNames(calicoAgents({ agents: UP }));
    const statuses = { kept: told(first, 10), stale: told(second, 600), unchanged: told(third, 600) };
    const notReady = withObjects(calicoAgents({ agents: UP, statuses }), 'pods', (items) =>
      items.map((item) => (item.metadata.name === 'calico-node-1' ? { ...item, status: { phase: 'Running' } } : item)),
    );
    const asked = await read(notReady);
    expect(asked.readings.map(({ node }) => node).filter((node) => node === first || node === third)).toEqual([]);
    expect(asked).toMatchObject({ created: 2, left: ['kept', 'stale', 'unchanged'] });
  });

  it('does not ask a node that is not Ready, and says so', async () => {
    const world = calicoAgents({ agents: UP, nodes: (node, at) => (at === 0 ? withoutConditions(node) : node) });
    const asked = await read(world);
    expect(asked.readings.filter(({ unread }) => unread !== undefined)).toMatchObject([
      { unread: expect.stringMatching(/not Ready/) },
    ]);
    expect(asked.created).toBe(3);
  });

  it('deletes what a crashed run left, and nothing that is young or of others', async () => {
    const aged = (minutes: number, labels: JsonObject): JsonObject => ({
      spec: { node: 'gone', classes: ['BGP'], updatePeriodSeconds: 5 },
      metadata: { creationTimestamp: new Date(Date.now() - 60_000 * minutes).toISOString(), labels },
    });
    const ours = ownLabels('calico-node-status');
    const statuses = {
      crashed: aged(20, ours),
      running: aged(2, ours),
      other: aged(20, { ...ours, 'app.kubernetes.io/managed-by': 'x' }),
    };
    const named = Object.fromEntries(
      Object.entries(statuses).map(([name, { metadata, ...rest }]) => [
        name,
        { ...rest, metadata: { ...(metadata as object), name } },
      ]),
    );
    expect((await read(calicoAgents({ agents: UP, statuses: named }))).left).toEqual(['running', 'other']);
  });
});

describe('nothing is made', () => {
  it.each([
    [
      'where it may not delete',
      calicoAgents({ agents: UP, forbidden: ['delete caliconodestatuses'] }),
      /verb delete on caliconodestatuses/,
    ],
    [
      'where it may not create',
      calicoAgents({ agents: UP, forbidden: ['create caliconodestatuses'] }),
      /verb create on caliconodestatuses/,
    ],
  ])('%s: the remedy names the verb', async (_name, world, remedy) => {
    const { slice, left } = await read(world);
    expect(slice).toMatchObject({ ok: false, code: 'Forbidden', remedy: expect.stringMatching(remedy) });
    expect(left).toEqual([]);
  });

  it.each<[string, World, object]>([
    ['where there is no Calico', shop(), { ok: true, data: [] }],
    ['where every pool is VXLAN', calico({ blocks: [1] }), { ok: true, data: [] }],
    [
      'where the kind is not served',
      calico({ pools: { pods: { cidr: '10.244.0.0/24', ipipMode: 'Always' } }, blocks: [1] }),
      { ok: true, absent: true },
    ],
  ])('%s', async (_name, world, expected) => {
    const asked = await read(world);
    expect(asked.slice).toMatchObject(expected);
    expect(asked).toMatchObject({ created: 0, deleted: 0 });
  });
});

describe('agents that are silent', () => {
  const AT = {
    path: V1,
    apiGroup: 'crd.projectcalico.org',
    resource: 'caliconodestatuses',
    apiVersion: 'crd.projectcalico.org/v1',
  };
  const PATIENCE = { first: 1, silence: 3, most: 20 };
  /** A server that fills the objects of these nodes alone, and refuses to make those of others. */
  const sources = (fills: readonly string[], refuses: Readonly<Record<string, ReadFailure>> = {}, remaining = 60_000) => {
    const standing = new Map<string, JsonObject>();
    return {
      standing,
      sources: {
        signal: new AbortController().signal,
        remaining: () => remaining,
        kubernetes: {
          list: async (_at: unknown, map: (item: JsonObject) => unknown) => [...standing.values()].map((item) => map(item)),
        },
        kubernetesWrites: {
          temporarily: async (_at: unknown, body: JsonObject, use: (created: JsonObject) => Promise<unknown>) => {
            const { name } = body['metadata'] as { name: string };
            const { node } = body['spec'] as { node: string };
            const refusal = refuses[node];
            if (refusal) throw refusal;
            standing.set(name, fills.includes(node) ? { ...body, status: { lastUpdated: '2026-11-24T03:00:00Z' } } : body);
            try {
              return await use(body);
            } finally {
              standing.delete(name);
            }
          },
        },
      } as unknown as Sources,
    };
  };
  const failure = (code: 'AlreadyExists' | 'Forbidden') => new ReadFailure(code, `${code} it is.`, 'what to do');

  it('leave their object as it is, and the others are read', async () => {
    const server = sources(['a', 'c']);
    const readings = await askCalicoNodes(server.sources, AT, ['a', 'b', 'c'], PATIENCE);
    expect(readings.map(({ node, resource }) => [node, resource?.status !== undefined])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
    expect(server.standing.size).toBe(0);
  });

  it('are not waited for beyond the deadline of the run, less the time to delete', async () => {
    const server = sources(['a'], {}, 5_000);
    const readings = await askCalicoNodes(server.sources, AT, ['a', 'b'], { first: 1, silence: 60_000, most: 60_000 });
    expect(readings.map(({ resource }) => resource?.status !== undefined)).toEqual([true, false]);
    expect(server.standing.size).toBe(0);
  });

  it('one whose object cannot be made is stated', async () => {
    const { sources: given } = sources(['a'], { b: failure('AlreadyExists') });
    expect(await askCalicoNodes(given, AT, ['a', 'b'], PATIENCE)).toMatchObject([
      { node: 'a' },
      { node: 'b', unread: 'AlreadyExists it is.' },
    ]);
  });

  it('where the first cannot be made, no other is tried', async () => {
    const { sources: given } = sources(['a', 'b'], { a: failure('AlreadyExists') });
    expect(await askCalicoNodes(given, AT, ['a', 'b'], PATIENCE)).toEqual([
      { node: 'a', unread: 'AlreadyExists it is.' },
      { node: 'b', unread: 'AlreadyExists it is.' },
    ]);
  });

  it('where nobody may make them, the source fails', async () => {
    const { sources: given } = sources([], { a: failure('Forbidden') });
    await expect(askCalicoNodes(given, AT, ['a', 'b'], PATIENCE)).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it('no node, no request', async () => {
    expect(await askCalicoNodes({} as Sources, AT, [])).toEqual([]);
  });
});

function nodeNames({ clusters }: World): readonly string[] {
  return clusters[0]?.kubernetes.find(({ plural }) => plural === 'nodes')?.items.map(({ metadata }) => metadata.name) ?? [];
}

function withoutConditions<T extends JsonObject>(node: T): T {
  return { ...node, status: { ...(node['status'] as JsonObject), conditions: [] } };
}
