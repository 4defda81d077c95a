/** What a real API server says of metrics.k8s.io without a metrics server, and with one that is registered and does not answer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import { apply, type KubernetesObject } from './apply.ts';
import { collectFrom, identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

const VIEWER = identity('viewer', VIEWERS);
const labels = { 'k8s-app': 'aws-node' };
const AWS_NODE: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'aws-node', namespace: 'kube-system', labels },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'aws-node', image: 'amazon-k8s-cni:v1.20.4' }] } },
  },
};
/** As the metrics server's manifest registers it; no such Service is there. */
const METRICS: KubernetesObject = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io' },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { namespace: 'kube-system', name: 'metrics-server', port: 443 },
  },
};

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER] });
  await apply(api.admin, [...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes), AWS_NODE]);
});
afterAll(() => api?.stop());

test('without a metrics server there is nothing to read', async () => {
  const { slices } = await collectFrom(api, VIEWER);
  expect(slices.podMetrics).toEqual({ ok: true, data: [], absent: true });
});

test('one that does not answer is a stated failure', async () => {
  await apply(api.admin, [METRICS]);
  // The API server learns of the registration in its own time.
  for (;;) {
    const { slices } = await collectFrom(api, VIEWER);
    if (slices.podMetrics.ok) continue;
    expect(slices.podMetrics).toMatchObject({ code: 'ServiceError', reason: expect.stringMatching(/metrics\.k8s\.io.*503/) });
    expect(slices.pods).toMatchObject({ ok: true });
    break;
  }
});
