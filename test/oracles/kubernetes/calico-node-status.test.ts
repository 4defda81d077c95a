/** CalicoNodeStatus objects of a run's own on a real API server, under the rules that the source declares and no others. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { askCalicoNodes } from '#lib/collect/kubernetes/ask-calico-nodes.ts';
import { calicoNodeStatus } from '#lib/collect/kubernetes/calico-node-status.ts';
import { sweepCalicoNodeStatuses } from '#lib/collect/kubernetes/calico-node-statuses.ts';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { eksToken } from '#lib/collect/kubernetes/eks-token.ts';
import { kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { kubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import { startTally } from '#lib/collect/progress.ts';
import type { Sources } from '#lib/collect/sources.ts';
import { apply, defineKinds } from './apply.ts';
import { identity, TARGET } from './collect-from.ts';
import type { EksIdentity } from './eks-authenticator.ts';
import { type KubeApiServer, startKubeApiServer } from './server.ts';

const [ASKERS, CREATORS] = ['askers', 'creators'];
const ASKER = identity('asker', ASKERS);
/** May create and not delete. */
const CREATOR = identity('creator', CREATORS);
const KIND = { kind: 'CalicoNodeStatus', plural: 'caliconodestatuses', namespaced: false };
const V1 = { ...KIND, group: 'crd.projectcalico.org', version: 'v1' };
const V3 = { ...KIND, group: 'projectcalico.org', version: 'v3' };

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [ASKER, CREATOR] });
  const { kubernetes } = calicoNodeStatus.permissions;
  const withoutDelete = kubernetes.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== 'delete') }));
  await defineKinds(api.admin, [V1]);
  await apply(api.admin, [...clusterRole(ASKERS, kubernetes), ...clusterRole(CREATORS, withoutDelete)]);
});
afterAll(() => api?.stop());

function sources(credentials: EksIdentity): Sources {
  const authorization = async () => `Bearer ${await eksToken({ region: TARGET.region, clusterName: TARGET.name, credentials })}`;
  const connection = connect({ server: api.server, tls: { ca: api.certificate.cert }, authorization });
  const { signal } = new AbortController();
  const cluster = { connection, advice: { unreachable: '', unauthorized: '' }, signal };
  const tally = startTally(() => undefined);
  const reader = { kubernetes: kubernetesReader(cluster, tally), kubernetesWrites: kubernetesWriter(cluster, tally) };
  return { signal, now: () => new Date(), remaining: () => 60_000, ...reader } as unknown as Sources;
}

interface Standing {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly node: string };
  readonly status?: unknown;
}

const pathOf = ({ group, version, plural }: typeof V1) => `/apis/${group}/${version}/${plural}`;
const standing = async (kind: typeof V1) =>
  ((await api.admin.request('GET', pathOf(kind))).body as { items: readonly Standing[] }).items;

/** Fills every object that is made while `work` goes on, as calico-node of each node would. */
async function whileAgentsFill<T>(kind: typeof V1, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const settled = work.finally(() => done.abort());
  settled.catch(() => undefined);
  while (!done.signal.aborted) {
    for (const { metadata, status } of await standing(kind)) {
      if (status === undefined) await api.admin.request('PATCH', `${pathOf(kind)}/${metadata.name}`, { status: FILLED });
    }
    await sleep(50);
  }
  return settled;
}

const FILLED = {
  lastUpdated: '2026-11-24T03:00:00Z',
  agent: { birdV4: { state: 'Ready' } },
  bgp: {
    numberEstablishedV4: 0,
    numberNotEstablishedV4: 1,
    numberEstablishedV6: 0,
    numberNotEstablishedV6: 0,
    peersV4: [{ peerIP: '10.0.0.2', type: 'NodeMesh', state: 'Idle', since: '02:41:00' }],
  },
};

test('nothing is made by one who may not delete', async () => {
  await expect(sweepCalicoNodeStatuses(sources(CREATOR))).rejects.toMatchObject({
    code: 'Forbidden',
    remedy: expect.stringMatching(/^Grant the verb delete on caliconodestatuses \(API group crd\.projectcalico\.org\)/),
  });
  expect(await standing(V1)).toEqual([]);
});

async function ask(kind: typeof V1) {
  const asker = sources(ASKER);
  const at = await sweepCalicoNodeStatuses(asker);
  if (at === undefined) throw new Error('the kind is not served');
  expect(at.path).toBe(pathOf(kind));
  return whileAgentsFill(kind, askCalicoNodes(asker, at, ['n1', 'n2', 'n3']));
}

test('the objects are made, filled, read and deleted by crd.projectcalico.org/v1', async () => {
  const readings = await ask(V1);
  expect(readings.map(({ node, resource }) => [node, resource?.status])).toEqual(
    ['n1', 'n2', 'n3'].map((node) => [node, FILLED]),
  );
  expect(await standing(V1)).toEqual([]);
});

test('and by projectcalico.org/v3 where both are served', async () => {
  await defineKinds(api.admin, [V3]);
  const readings = await ask(V3);
  expect(readings.map(({ resource }) => resource?.apiVersion)).toEqual(Array(3).fill('projectcalico.org/v3'));
  expect(await standing(V3)).toEqual([]);
});
