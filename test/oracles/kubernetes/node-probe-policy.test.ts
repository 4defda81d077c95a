/** What the policy of the probes' namespace lets in, as a real API server reads it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeProbePod } from '#lib/collect/probes/node-probe-pod.ts';
import { nodeProbeManifest } from '#lib/collect/probes/node-probe-policy.ts';
import { DEFAULT_COLLECT_SETTINGS } from '#lib/model/collect-settings.ts';
import { eventually } from '../kwok/eventually.ts';
import { apply, type KubernetesObject } from './apply.ts';
import { type KubeApiServer, startKubeApiServer } from './server.ts';

const { probes } = DEFAULT_COLLECT_SETTINGS;
const { namespace, image } = probes;
const PODS = `/api/v1/namespaces/${namespace}/pods`;

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: 'probes', identities: [] });
  await apply(api.admin, nodeProbeManifest(probes) as readonly KubernetesObject[]);
  // A policy holds a moment after it was made.
  while ((await create(withSpec({ hostPID: true }))).status === 201) await sleep(100);
});
afterAll(() => api?.stop());

type Fields = { readonly [field: string]: unknown };
const create = (pod: Fields) => api.admin.request('POST', `${PODS}?dryRun=All`, pod);
const ours = () =>
  nodeProbePod({ namespace, node: 'n1', image }) as unknown as Fields & { spec: Fields & { containers: readonly Fields[] } };

/** The probe with other fields of its `spec`. */
const withSpec = (over: Fields) => ({ ...ours(), spec: { ...ours().spec, ...over } });
const withContainer = (over: Fields) => withSpec({ containers: [{ ...ours().spec.containers[0], ...over }] });
const withContext = (over: Fields) =>
  withContainer({ securityContext: { ...(ours().spec.containers[0]?.['securityContext'] as Fields), ...over } });
const volume = (over: Fields) => ({ name: 'more', hostPath: { path: '/etc/cni/net.d' }, ...over });
const mounts = ours().spec.containers[0]?.['volumeMounts'] as readonly Fields[];

test('the probe itself is let in', async () => {
  expect(await create(ours())).toMatchObject({ status: 201 });
});

test.each<[string, Fields, RegExp]>([
  ['privilege', withContext({ privileged: true, allowPrivilegeEscalation: undefined }), /no privilege/],
  ['a way to more privilege', withContext({ allowPrivilegeEscalation: true }), /no privilege/],
  ['a capability', withContext({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }), /no capability/],
  ['the usual capabilities', withContext({ capabilities: {} }), /no capability/],
  ['a root file system to write on', withContext({ readOnlyRootFilesystem: false }), /nothing to write on/],
  ['no security context at all', withContainer({ securityContext: undefined }), /no privilege/],
  ['no seccomp profile', withContext({ seccompProfile: { type: 'Unconfined' } }), /no privilege/],
  ['no seccomp profile for the pod', withSpec({ securityContext: { runAsUser: 0 } }), /seccomp/],
  [
    'a host path to write on',
    withContainer({ volumeMounts: mounts.map(({ readOnly: _, ...mount }) => mount) }),
    /each to be read only/,
  ],
  [
    'another host path',
    withSpec({ volumes: [volume({ hostPath: { path: '/etc' } }), ...(ours().spec['volumes'] as [])] }),
    /no volume but/,
  ],
  [
    'a Secret',
    withSpec({ volumes: [volume({ hostPath: undefined, secret: { secretName: 's' } }), ...(ours().spec['volumes'] as [])] }),
    /no volume but/,
  ],
  ['a token', withSpec({ automountServiceAccountToken: true }), /no token/],
  ['a token by default', withSpec({ automountServiceAccountToken: undefined }), /no token/],
  ['the processes of the node', withSpec({ hostPID: true }), /no namespaces of the node/],
  ['the IPC of the node', withSpec({ hostIPC: true }), /no namespaces of the node/],
  [
    'another image',
    withContainer({ image: 'public.ecr.aws/docker/library/busybox:1.37.0@sha256:0' }),
    /the image of this policy/,
  ],
  ['another command', withContainer({ command: ['sh', '-c', 'wget http://169.254.169.254/'] }), /the command of cniwatch/],
  ['a variable for the shell', withContainer({ env: [{ name: 'ENV', value: '/host/cni/bin/x' }] }), /the command of cniwatch/],
  ['arguments', withContainer({ args: ['x'] }), /the command of cniwatch/],
  [
    'something to do at its end',
    withContainer({ lifecycle: { preStop: { exec: { command: ['x'] } } } }),
    /the command of cniwatch/,
  ],
  ['another container', withSpec({ containers: [...ours().spec.containers, { name: 'more', image }] }), /one container/],
  ['a container before it', withSpec({ initContainers: [{ name: 'more', image }] }), /one container/],
  ['no end', withSpec({ activeDeadlineSeconds: undefined }), /an end within/],
  ['a late end', withSpec({ activeDeadlineSeconds: 3_600 }), /an end within/],
  ['another start', withSpec({ restartPolicy: 'Always' }), /an end within/],
])('a pod with %s is refused', async (_, pod, why) => {
  const { status, body } = await create(pod);
  expect([status, (body as { message?: string }).message]).toEqual([expect.toBeOneOf([403, 422]), expect.stringMatching(why)]);
});

test('a container that is put into the running probe is refused', async () => {
  const pod = ours();
  const { name } = pod['metadata'] as { name: string };
  expect(await api.admin.request('POST', PODS, pod)).toMatchObject({ status: 201 });
  const path = `${PODS}/${name}`;
  await eventually(api.admin, path, (body) => body['spec'] !== undefined);
  const ephemeralContainers = [{ name: 'debug', image: 'busybox' }];
  const answer = await api.admin.request('PATCH', `${path}/ephemeralcontainers`, { spec: { ephemeralContainers } });
  expect(answer).toMatchObject({ body: { message: expect.stringMatching(/one container, and no other/) } });
});

test('pods of other namespaces are left alone', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'web' }] } };
  await apply(api.admin, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'some', namespace: 'shop' } }]);
  expect(await api.admin.request('POST', '/api/v1/namespaces/shop/pods?dryRun=All', pod)).toMatchObject({ status: 201 });
});
