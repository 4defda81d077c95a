/** The same patches to the sandbox and to a real API server make the same objects and the same refusals. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eksToken } from '#lib/collect/kubernetes/eks-token.ts';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import { APPLY, JSON_PATCH, MERGE, STRATEGIC, send } from '../../sandbox/api-writes.ts';
import { enterCluster } from '../../sandbox/kubernetes-client.ts';
import { type Entered, enter } from '../../sandbox/start.ts';
import { apply } from './apply.ts';
import { identity, TARGET } from './collect-from.ts';
import { type KubeApiServer, startKubeApiServer } from './server.ts';

const WRITERS = 'patchers';
const WRITER = identity('patcher', WRITERS);
const COLLECTION = '/apis/apps/v1/namespaces/default/daemonsets';
const labels = { app: 'agent' };
const daemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          { name: 'agent', image: 'agent:1', env: [env('A', '1'), env('B', '2'), env('C', '3')] },
          { name: 'helper', image: 'helper:1' },
        ],
      },
    },
  },
};

function env(name: string, value: string) {
  return { name, value };
}

let api: KubeApiServer;
let entered: Entered;
let sides: readonly Parameters<typeof send>[0][];
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [WRITER] });
  const subjects = [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: WRITERS }];
  const roleRef = { kind: 'ClusterRole', apiGroup: 'rbac.authorization.k8s.io', name: 'cluster-admin' };
  await apply(api.admin, [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: WRITERS }, roleRef, subjects },
  ]);
  entered = await enter(embeddedFleet(new Date()));
  const token = await eksToken({ region: TARGET.region, clusterName: TARGET.name, credentials: WRITER });
  sides = [await enterCluster(entered, 'shop-prod'), { server: api.server, ca: api.certificate.cert, token }];
  for (const side of sides) expect((await send(side, 'POST', `${COLLECTION}?fieldManager=maker`, daemonSet)).status).toBe(201);
});
afterAll(async () => {
  await api?.stop();
  await entered?.[Symbol.asyncDispose]();
});

interface Patched {
  readonly metadata?: { readonly labels?: unknown; readonly annotations?: unknown };
  readonly spec?: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly name: string; readonly env?: unknown }[] } };
  };
  readonly reason?: string;
}

/** What is written, without the server's own defaults, or why it was refused. */
async function patched(side: Parameters<typeof send>[0], query: string, body: unknown, type: string) {
  const { status, body: answer } = await send(side, 'PATCH', `${COLLECTION}/agent${query}`, body, type);
  const { metadata, spec, reason } = answer as Patched;
  if (status >= 400) return { status, reason };
  const containers = spec?.template.spec.containers.map(({ name, env: variables }) => ({ name, variables }));
  return { status, labels: metadata?.labels, containers };
}

const containers = (...variables: object[]) => ({
  spec: { template: { spec: { containers: [{ name: 'agent', env: variables }] } } },
});
const applied = (value: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default', labels: { mine: value } },
});

test.each<[string, string, unknown, string]>([
  ['a variable that is there', '', containers(env('B', '9')), STRATEGIC],
  ['new variables among others', '', containers(env('Z', '0'), env('C', '4'), env('Y', '0')), STRATEGIC],
  ['a variable deleted', '', containers({ name: 'A', $patch: 'delete' }), STRATEGIC],
  ['labels merged', '', { metadata: { labels: { a: 'b', c: 'd' } } }, MERGE],
  ['a label taken away', '', { metadata: { labels: { a: null } } }, MERGE],
  ['a JSON patch', '', [{ op: 'replace', path: '/metadata/labels/c', value: 'e' }], JSON_PATCH],
  ['a JSON patch of nothing', '', [{ op: 'remove', path: '/metadata/labels/none' }], JSON_PATCH],
  ['an apply', '?fieldManager=one', applied('x'), APPLY],
  ['an apply that conflicts', '?fieldManager=two', applied('y'), APPLY],
  ['an apply that is forced', '?fieldManager=two&force=true', applied('y'), APPLY],
  ['an apply of nobody', '', applied('y'), APPLY],
  ['an unknown media type', '', {}, 'application/json'],
])('%s', async (_, query, body, type) => {
  const [sandbox, server] = await Promise.all(sides.map((side) => patched(side, query, body, type)));
  expect(sandbox).toEqual(server);
});
