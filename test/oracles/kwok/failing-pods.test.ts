import { afterAll, beforeAll, expect, test } from 'vitest';
import { check as cniAgents } from '#lib/checks/cni/cni-agents.ts';
import { check as cniMemory } from '#lib/checks/cni/cni-memory.ts';
import { check as podSandboxFailures } from '#lib/checks/cni/pod-sandbox-failures.ts';
import { check as podsAwaitingNetwork } from '#lib/checks/cni/pods-awaiting-network.ts';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { Snapshot } from '#lib/model/snapshot.ts';
import { runCheck } from '#test/scenarios/run-check.ts';
import { apply, type KubernetesObject } from '../kubernetes/apply.ts';
import { collectFrom, identity, TARGET } from '../kubernetes/collect-from.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from '../kubernetes/server.ts';
import { eventually, statusOf } from './eventually.ts';
import { type Kwok, startKwok } from './kwok.ts';

const VIEWER = identity('viewer', VIEWERS);
const NODES = ['n1', 'n2', 'n3', 'n4'];
/** So long ago that nobody takes it for a start. */
const SINCE = new Date(Date.now() - 20 * 60_000).toISOString().replace(/\.\d+/, '');

const pod = (namespace: string, name: string, nodeName: string, { fate = '', agent = false }): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    namespace,
    name,
    ...(agent ? { labels: { 'k8s-app': 'aws-node' }, ownerReferences: [OWNER] } : {}),
    ...(fate === '' ? {} : { annotations: { 'cniwatch.test/fate': fate, 'cniwatch.test/since': SINCE } }),
  },
  spec: { nodeName, hostNetwork: agent, containers: [{ name: agent ? 'aws-node' : 'web', image: 'cni:v1.20.1' }] },
});
const OWNER = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'aws-node', uid: 'of-nobody', controller: true };
const labels = { 'k8s-app': 'aws-node' };
const OBJECTS: readonly KubernetesObject[] = [
  ...NODES.map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' } },
  })),
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'aws-node', namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { hostNetwork: true, containers: [{ name: 'aws-node', image: 'cni:v1.20.1' }] },
      },
    },
    status: { desiredNumberScheduled: 4, currentNumberScheduled: 4, numberReady: 3, numberMisscheduled: 0 },
  },
  ...NODES.map((node) => pod('kube-system', `aws-node-${node}`, node, { agent: true, fate: fateOf(node) })),
  pod('shop', 'web', 'n1', {}),
  ...['stuck-1', 'stuck-2', 'stuck-3'].map((name) => pod('shop', name, 'n2', { fate: 'no-sandbox' })),
];

function fateOf(node: string): string {
  return { n2: 'crash-loop', n3: 'out-of-memory' }[node] ?? '';
}

let api: KubeApiServer;
let kwok: Kwok;
let snapshot: Snapshot;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER] });
  kwok = await startKwok(api);
  await apply(api.admin, [...clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes), ...OBJECTS]);
  const settled = ({ items }: { readonly items?: unknown }) =>
    (items as readonly KubernetesObject[]).every((one) => statusOf(one)['containerStatuses'] !== undefined);
  await eventually(api.admin, '/api/v1/pods', settled);
  await eventually(api.admin, '/api/v1/namespaces/shop/events', ({ items }) => (items as readonly unknown[]).length >= 3);
  snapshot = await collectFrom(api, VIEWER);
});
afterAll(async () => {
  await kwok?.stop();
  await api?.stop();
});

test('pods that never get a sandbox are found, with how long they wait', () => {
  const { findings } = runCheck(podsAwaitingNetwork, snapshot);
  expect(findings).toEqual([
    expect.objectContaining({
      verdict: 'critical',
      evidence: expect.objectContaining({ awaiting: 3, awaitingCritical: 3, pods: 4, nodes: ['n2'] }),
    }),
  ]);
  expect(findings[0]?.evidence['longestSeconds']).toBeGreaterThanOrEqual(20 * 60);
});

test('why they get none is told by their events', () => {
  const { findings } = runCheck(podSandboxFailures, snapshot);
  expect(findings.filter(({ verdict }) => verdict !== 'ok')).toMatchObject([{ evidence: { cause: 'no-free-address' } }]);
});

test('the agent in a crash loop is found, on the node where pods wait', () => {
  const { findings } = runCheck(cniAgents, snapshot);
  expect(findings.map(({ verdict, resource }) => [verdict, resource.kind, resource.name])).toEqual([
    ['critical', 'daemonset', 'aws-node'],
    ['critical', 'node', 'n2'],
  ]);
});

test('the agent that was killed for want of memory is found', () => {
  const { findings } = runCheck(cniMemory, snapshot);
  expect(findings).toMatchObject([{ verdict: 'warning', evidence: { outOfMemory: 1, nodes: ['n3'] } }]);
});
