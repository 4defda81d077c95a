/** Pods of our own on a real API server, under nothing but the Role of one namespace. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { connect } from '#lib/collect/kubernetes/connection.ts';
import { eksToken } from '#lib/collect/kubernetes/eks-token.ts';
import { kubernetesReader } from '#lib/collect/kubernetes/reader.ts';
import { kubernetesWriter } from '#lib/collect/kubernetes/writer.ts';
import { followPod, hasEnded, phaseOf } from '#lib/collect/probes/follow-pod.ts';
import { ownLabels, ownName, podsOf, sweepPods } from '#lib/collect/probes/own-pods.ts';
import { startTally } from '#lib/collect/progress.ts';
import { apply } from './apply.ts';
import { identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer } from './server.ts';

const [MAKERS, OWN, ELSEWHERE] = ['makers', 'own-pods', 'elsewhere'];
const MAKER = identity('maker', MAKERS);
const rule = { apiGroup: '', resources: ['pods'], verbs: ['create', 'get', 'list', 'delete'], namespace: OWN } as const;
const namespace = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [MAKER] });
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await apply(api.admin, [namespace(OWN, restricted), namespace(ELSEWHERE), ...clusterRole(MAKERS, [rule])]);
});
afterAll(() => api?.stop());

function sources() {
  const authorization = async () =>
    `Bearer ${await eksToken({ region: TARGET.region, clusterName: TARGET.name, credentials: MAKER })}`;
  const connection = connect({ server: api.server, tls: { ca: api.certificate.cert }, authorization });
  const { signal } = new AbortController();
  const cluster = { connection, advice: { unreachable: '', unauthorized: '' }, signal };
  const tally = startTally(() => undefined);
  return { signal, kubernetes: kubernetesReader(cluster, tally), kubernetesWrites: kubernetesWriter(cluster, tally) };
}

const aPod = (name: string, securityContext: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: ownLabels('test') },
  spec: {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'probe',
        image: 'probe:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, ...securityContext },
      },
    ],
  },
});

test('a pod is made, followed and deleted within its namespace', async () => {
  const name = ownName('test');
  const { kubernetesWrites } = sources();
  await kubernetesWrites.temporarily(podsOf(OWN), aPod(name), async (created) => {
    expect(phaseOf(created)).toBe('Pending');
    expect(await followPod(sources(), { namespace: OWN, name, until: hasEnded, timeout: 0 })).toMatchObject({ met: false });
    expect(await kubernetesWrites.create(podsOf(OWN), aPod(name)).catch((error) => error)).toMatchObject({
      code: 'AlreadyExists',
    });
  });
  expect(await kubernetesWrites.remove(podsOf(OWN), name)).toBe(false);
});

test.each([
  ['RBAC, in another namespace', ELSEWHERE, {}, /cannot create resource/, /Grant the verb create on pods/],
  ['Pod Security, what is not restricted', OWN, { allowPrivilegeEscalation: true }, /violates PodSecurity/, /admission policy/],
])('a refusal of %s, is told apart', async (_, where, context, reason, remedy) => {
  const { kubernetesWrites } = sources();
  expect(await kubernetesWrites.create(podsOf(where), aPod(ownName('test'), context)).catch((error) => error)).toMatchObject({
    code: 'Forbidden',
    message: expect.stringMatching(reason),
    remedy: expect.stringMatching(remedy),
  });
});

test('what a crashed run left is swept', async () => {
  const { kubernetesWrites } = sources();
  await kubernetesWrites.create(podsOf(OWN), aPod(ownName('test')));
  const sweep = (ahead: number) =>
    sweepPods(sources(), { namespace: OWN, probe: 'test', olderThan: 600_000, now: new Date(Date.now() + ahead) });
  expect([await sweep(0), await sweep(700_000), await sweep(700_000)]).toEqual([0, 1, 0]);
});
