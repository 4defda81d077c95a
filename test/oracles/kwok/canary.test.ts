/** Canary pods on a real API server: under Pod Security, the quota and the Role of the manifest, with kwok for the kubelets. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check as canaryDns } from '#lib/checks/canary/canary-dns.ts';
import { check as canaryPod } from '#lib/checks/canary/canary-pod.ts';
import { check as canaryPodToPod } from '#lib/checks/canary/canary-pod-to-pod.ts';
import { check as canaryRoutes } from '#lib/checks/canary/canary-routes.ts';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { OPT_IN_MANIFESTS } from '#lib/collect/opt-in-manifests.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { logOf } from '#test/scenarios/worlds/canary.ts';
import { apply, type KubernetesObject } from '../kubernetes/apply.ts';
import { collectFrom, identity, TARGET } from '../kubernetes/collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from '../kubernetes/server.ts';
import { eventually, statusOf } from './eventually.ts';
import { type Kwok, startKwok } from './kwok.ts';

const CANARIES = 'canaries';
const VIEWER = identity('viewer', VIEWERS);
const CANARY = { ...identity('canary', VIEWERS), groups: [VIEWERS, CANARIES] };
const { namespace } = DEFAULT_COLLECT_SETTINGS.canary;
const PLACE = `/api/v1/namespaces/${namespace}`;
const NODES = { n1: 'eu-west-1a', n2: 'eu-west-1b' } as const;

/** Canary pods go on until they are deleted, where others that are not restarted end. */
const GO_ON = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: canary-goes-on}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchLabels: {app.kubernetes.io/component: canary}
    matchExpressions:
    - {key: '.status.phase', operator: In, values: [Running]}
  weight: 1
  delay: {durationMilliseconds: 3600000}
  next: {}
`;

/** No controller counts what a quota holds: it begins empty. */
function counted(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'ResourceQuota') return object;
  const { hard } = object['spec'] as { hard: Readonly<Record<string, string>> };
  return { ...object, status: { hard, used: Object.fromEntries(Object.keys(hard).map((name) => [name, '0'])) } };
}

let api: KubeApiServer;
let kwok: Kwok;
const scheduling = new AbortController();
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER, CANARY] });
  kwok = await startKwok(api, { stages: [GO_ON], logs: [{ namespace, text: logOf({}) }] });
  const manifest = OPT_IN_MANIFESTS.canary?.(DEFAULT_COLLECT_SETTINGS) ?? [];
  await apply(api.admin, [
    ...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes),
    ...Object.entries(NODES).map(([name, zone]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': zone } },
      status: { nodeInfo: { operatingSystem: 'linux', architecture: 'amd64' } },
    })),
  ]);
  // In the order of the manifest, as kubectl applies it: what is in the namespace needs it.
  for (const object of manifest as readonly KubernetesObject[]) await apply(api.admin, [counted(object)]);
  await apply(api.admin, clusterRole(CANARIES, OPT_IN_PERMISSIONS.canary?.kubernetes ?? []));
  for (const name of Object.keys(NODES))
    await eventually(api.admin, `/api/v1/nodes/${name}`, (body) => statusOf(body)['addresses'] !== undefined);
  schedule().catch(() => undefined);
});
afterAll(async () => {
  scheduling.abort();
  await kwok?.stop();
  await api?.stop();
});

/** There is no scheduler: servers go to one node, clients to the other. */
async function schedule(): Promise<void> {
  while (!scheduling.signal.aborted) {
    const { body } = await api.admin.request('GET', `${PLACE}/pods`);
    const pods = (body as { items?: readonly KubernetesObject[] }).items ?? [];
    const unbound = pods.filter((pod) => (pod['spec'] as { nodeName?: string }).nodeName === undefined);
    for (const { metadata } of unbound) {
      const labels = metadata['labels'] as Readonly<Record<string, string>>;
      const target = { apiVersion: 'v1', kind: 'Node', name: labels['cniwatch/role'] === 'server' ? 'n1' : 'n2' };
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: metadata.name }, target };
      await api.admin.request('POST', `${PLACE}/pods/${metadata.name}/binding`, binding);
    }
    await sleep(50);
  }
}

test('restricted pods are made, timed, read and deleted; then the quota is at its end', async () => {
  const snapshot = await collectFrom(api, CANARY, { optIn: ['canary'] });
  const { canary } = snapshot.slices;
  expect(canary).toMatchObject({
    ok: true,
    data: {
      podToPod: 'tried',
      pods: [
        { role: 'server', nodeName: 'n1', zone: 'eu-west-1a', networkAt: expect.any(String), runningAt: expect.any(String) },
        { role: 'client', nodeName: 'n2', zone: 'eu-west-1b', scheduledAt: expect.any(String) },
      ],
      reports: [{ nodeName: 'n2', complete: true }],
    },
  });
  for (const check of [canaryPod, canaryPodToPod, canaryDns, canaryRoutes])
    expect(runCheck(check, snapshot).findings).toMatchObject([{ verdict: 'ok' }]);
  for (const kind of ['pods', 'services'])
    expect(await api.admin.request('GET', `${PLACE}/${kind}`)).toMatchObject({ body: { items: [] } });

  // Nothing lowers what the quota counts here, as a controller would: to it, the first run's pods are still there.
  const { slices } = await collectFrom(api, CANARY, { optIn: ['canary'] });
  expect(slices.canary).toMatchObject({
    ok: false,
    code: 'Forbidden',
    reason: expect.stringContaining('exceeded quota'),
    remedy: expect.stringContaining('The quota of the namespace is used up'),
  });
  expect(await api.admin.request('GET', `${PLACE}/pods`)).toMatchObject({ body: { items: [] } });
});

test('whoever may only read is told which verb is missing', async () => {
  const { slices } = await collectFrom(api, VIEWER, { optIn: ['canary'] });
  expect(slices.canary).toMatchObject({
    ok: false,
    code: 'Forbidden',
    remedy: expect.stringMatching(/(list|create) on (pods|services)/),
  });
});
