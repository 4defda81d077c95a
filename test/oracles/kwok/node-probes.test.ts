/** Probes of nodes on a real API server, under its own policy and the Role of the manifest, with kwok for the kubelets. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { OPT_IN_MANIFESTS } from '#lib/collect/opt-in-manifests.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { scriptOn } from '#test/collect/probes/a-node.ts';
import { apply, type KubernetesObject } from '../kubernetes/apply.ts';
import { collectFrom, identity, TARGET } from '../kubernetes/collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from '../kubernetes/server.ts';
import { eventually, statusOf } from './eventually.ts';
import { type Kwok, startKwok } from './kwok.ts';

const PROBERS = 'probers';
const VIEWER = identity('viewer', VIEWERS);
const PROBER = { ...identity('prober', VIEWERS), groups: [VIEWERS, PROBERS] };
const { namespace } = DEFAULT_COLLECT_SETTINGS.probes;
const PODS = `/api/v1/namespaces/${namespace}/pods`;
const content = '{"name":"aws-cni","plugins":[{"type":"aws-cni"}]}';

let api: KubeApiServer;
let kwok: Kwok;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER, PROBER] });
  const text = await scriptOn({ config: { '10-aws.conflist': content }, binaries: { 'aws-cni': {} }, bpf: 'bpf' });
  kwok = await startKwok(api, { logs: [{ namespace, text }] });
  const node = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/os': 'linux' } },
  });
  await apply(api.admin, [
    ...((OPT_IN_MANIFESTS.nodeProbes?.(DEFAULT_COLLECT_SETTINGS) ?? []) as readonly KubernetesObject[]),
    ...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes),
    ...clusterRole(PROBERS, OPT_IN_PERMISSIONS.nodeProbes?.kubernetes ?? []),
    node('n1'),
    node('n2'),
  ]);
  for (const name of ['n1', 'n2'])
    await eventually(api.admin, `/api/v1/nodes/${name}`, (body) => statusOf(body)['addresses'] !== undefined);
});
afterAll(async () => {
  await kwok?.stop();
  await api?.stop();
});

test('nodes tell what is on them, and no pod is left', async () => {
  const { slices } = await collectFrom(api, PROBER, { optIn: ['nodeProbes'] });
  const found = {
    configFiles: [{ name: '10-aws.conflist', content }],
    binaries: [{ name: 'aws-cni', mode: '755' }],
    bpfFileSystem: 'bpf',
    routes: [{ cidr: '0.0.0.0/0', device: 'eth0' }],
  };
  expect(slices.nodeProbes).toMatchObject({
    ok: true,
    data: [
      { nodeName: 'n1', found },
      { nodeName: 'n2', found },
    ],
  });
  expect(await api.admin.request('GET', PODS)).toMatchObject({ body: { items: [] } });
});

test('whoever may only read is told which verb is missing', async () => {
  const { slices } = await collectFrom(api, VIEWER, { optIn: ['nodeProbes'] });
  expect(slices.nodeProbes).toMatchObject({ ok: false, code: 'Forbidden', remedy: expect.stringMatching(/pods/) });
});
