/** What a real API server's RBAC answers of aws-node's rights, while its ClusterRole loses them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECKS } from '#lib/checks/index.ts';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { OPT_IN_PERMISSIONS, READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { defaultConfig } from '#lib/config/config.ts';
import { evaluate } from '#lib/evaluate/evaluate.ts';
import type { Finding } from '#lib/model/finding.ts';
import type { KubernetesPermission } from '#lib/model/permissions.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { apply, type KubernetesObject } from './apply.ts';
import { collectFrom, identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

const ASKS = 'cniwatch-asks';
const ASKER = identity('asker', ASKS);
const VIEWER = identity('viewer', VIEWERS);
const ROLE = '/apis/rbac.authorization.k8s.io/v1/clusterroles/aws-node';

/** As the add-on installs it, of the rules that the check asks for. */
const rule = (resources: readonly string[], verbs: readonly string[], apiGroups: readonly string[] = ['']) => ({
  apiGroups,
  resources,
  verbs,
});
const RULES = [rule(['pods', 'nodes', 'namespaces'], ['list', 'watch', 'get']), rule(['events'], ['create', 'patch', 'list'])];
const account = { kind: 'ServiceAccount', name: 'aws-node', namespace: 'kube-system' };
const role = (rules: readonly object[]): KubernetesObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'aws-node' },
  rules,
});
const BINDING: KubernetesObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'aws-node' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'aws-node' },
  subjects: [account],
};
const labels = { 'k8s-app': 'aws-node' };
const DAEMON_SET: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'aws-node', namespace: 'kube-system', labels },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { serviceAccountName: 'aws-node', containers: [{ name: 'aws-node', image: 'amazon-k8s-cni:v1.20.4' }] },
    },
  },
  status: { desiredNumberScheduled: 1, currentNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 },
};

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [ASKER, VIEWER] });
  const read: readonly KubernetesPermission[] = READ_PERMISSIONS.kubernetes;
  const asking = [...read, ...(OPT_IN_PERMISSIONS.accessReviews?.kubernetes ?? [])];
  await apply(api.admin, [...clusterRole(ASKS, asking), ...clusterRole(VIEWERS, read), role(RULES), BINDING, DAEMON_SET]);
});
afterAll(() => api?.stop());

/** Replaces the rules of aws-node's ClusterRole, as an upgrade does. */
async function grant(rules: readonly object[]): Promise<void> {
  const answer = await api.admin.request('PATCH', ROLE, { rules });
  expect(answer.status).toBe(200);
}

async function judged(who = ASKER): Promise<{ snapshot: Snapshot; finding: Finding | undefined }> {
  const snapshot = await collectFrom(api, who, { optIn: ['accessReviews'] });
  const { findings } = evaluate(snapshot, { config: defaultConfig(), checks: CHECKS });
  return { snapshot, finding: findings.find(({ check }) => check === 'cni-permissions') };
}

/** RBAC's own cache follows the change within moments: asked until it does. */
async function until(missing: readonly string[]): Promise<Finding | undefined> {
  for (;;) {
    const { finding } = await judged();
    const named = (finding?.evidence['missing'] ?? []) as { verb: string; resource: string }[];
    const now = named.map(({ verb, resource }) => `${verb} ${resource}`);
    if (JSON.stringify(now) === JSON.stringify(missing)) return finding;
  }
}

test('with its ClusterRole, aws-node has every right, and nothing was kept of the questions', async () => {
  expect(await until([])).toMatchObject({ verdict: 'ok', evidence: { rbac: 'asked', rights: 7 } });
});

test('without watch on nodes, that verb and resource of that service account are named', async () => {
  await grant([
    rule(['pods', 'namespaces'], ['list', 'watch', 'get']),
    rule(['nodes'], ['list', 'get']),
    rule(['events'], ['create']),
  ]);
  expect(await until(['watch nodes'])).toMatchObject({
    verdict: 'critical',
    summary: expect.stringContaining('runs as kube-system/aws-node, which may not watch nodes'),
    remediation: 'reapply-cni',
  });
});

test('without the right to tell, it is a warning', async () => {
  await grant([rule(['pods', 'nodes'], ['list', 'watch', 'get'])]);
  expect(await until(['create events'])).toMatchObject({ verdict: 'warning' });
});

test('without a ClusterRole at all, every right is missing', async () => {
  await api.admin.request('DELETE', ROLE);
  const reading = ['nodes', 'pods'].flatMap((resource) => ['get', 'list', 'watch'].map((verb) => `${verb} ${resource}`));
  expect(await until([...reading, 'create events'])).toMatchObject({ verdict: 'critical' });
});

test('who may only read is refused, and the grant that lacks is named', async () => {
  const { snapshot, finding } = await judged(VIEWER);
  expect(snapshot.slices.accessReviews).toMatchObject({
    ok: false,
    code: 'Forbidden',
    reason: expect.stringMatching(/cannot create resource "subjectaccessreviews"/),
    remedy: expect.stringContaining('create on subjectaccessreviews'),
  });
  expect(finding).toMatchObject({ verdict: 'unknown', evidence: { rbac: 'failed' } });
});
