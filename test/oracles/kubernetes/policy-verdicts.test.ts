/** What the check of network policies says of policies that a real API server took. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '#lib/checks/dns/dns-network-policy.ts';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { type Verdict, worstVerdict } from '#lib/model/verdict.ts';
import type { World } from '#lib/sandbox/world.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { allowDns, denyAll, lockCoreDns, policies } from '#test/scenarios/worlds/dns-filters.ts';
import { apply, defineKinds, type KubernetesObject } from './apply.ts';
import { collectFrom, identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

const VIEWER = identity('viewer', VIEWERS);
const AROUND = ['Namespace', 'Node', 'Pod', 'DaemonSet', 'ConfigMap', 'Service', 'EndpointSlice'];

const objectsOf = ({ clusters }: World, ...kinds: readonly string[]): readonly KubernetesObject[] =>
  clusters.flatMap(({ kubernetes }) =>
    kubernetes
      .filter(({ kind }) => kinds.includes(kind))
      .flatMap(({ apiVersion, kind, items }) => items.map((item): KubernetesObject => ({ ...item, apiVersion, kind }))),
  );

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER], serviceCidr: '10.100.0.0/16' });
  await apply(api.admin, clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes));
  await apply(api.admin, objectsOf(policies(), ...AROUND));
});
afterAll(() => api?.stop());

const verdictOf = (snapshot: Snapshot): Verdict => worstVerdict(runCheck(check, snapshot).findings.map(({ verdict }) => verdict));

/** With these policies and no others. */
async function verdictWith(objects: readonly KubernetesObject[]): Promise<Verdict> {
  await apply(api.admin, objects);
  const verdict = verdictOf(await collectFrom(api, VIEWER));
  for (const { metadata } of objects) {
    const path = `/apis/networking.k8s.io/v1/namespaces/${metadata.namespace}/networkpolicies/${metadata.name}`;
    expect((await api.admin.request('DELETE', path)).status).toBe(200);
  }
  return verdict;
}

describe('NetworkPolicies', () => {
  test.each<[string, World, Verdict]>([
    ['none', policies(), 'ok'],
    ['everything denied', policies(denyAll), 'critical'],
    ['DNS allowed', policies(denyAll, allowDns('UDP', 'TCP')), 'ok'],
    ['DNS allowed over UDP alone', policies(denyAll, allowDns('UDP')), 'warning'],
    ['CoreDNS lets nobody in', policies(lockCoreDns), 'critical'],
  ])('%s', async (_situation, world, verdict) => {
    expect(await verdictWith(objectsOf(world, 'NetworkPolicy'))).toBe(verdict);
  });
});

test('nobody who asks', async () => {
  const { slices, ...rest } = await collectFrom(api, VIEWER);
  if (!slices.pods.ok) throw new Error(slices.pods.reason);
  const servers = slices.pods.data.filter(({ labels }) => labels['k8s-app'] === 'kube-dns');
  expect(verdictOf({ ...rest, slices: { ...slices, pods: { ok: true, data: servers } } })).toBe('not-applicable');
});

test('a policy of a kind that is not evaluated', async () => {
  const group = 'networking.k8s.aws';
  const kind = { version: 'v1alpha1', kind: 'ClusterNetworkPolicy', plural: 'clusternetworkpolicies', namespaced: false };
  await defineKinds(api.admin, [{ group, ...kind }]);
  const egress = [{ action: 'Deny', to: [{ namespaces: {} }] }];
  const spec = { priority: 1, tier: 'Admin', subject: { namespaces: {} }, egress };
  await apply(api.admin, [{ apiVersion: `${group}/v1alpha1`, kind: kind.kind, metadata: { name: 'deny' }, spec }]);
  expect(verdictOf(await collectFrom(api, VIEWER))).toBe('unknown');
});
