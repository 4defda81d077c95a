import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../kubernetes/apply.ts';
import { type KubeApiServer, startKubeApiServer } from '../kubernetes/server.ts';
import { eventually, statusOf } from './eventually.ts';
import { type Kwok, startKwok } from './kwok.ts';

const ENDS_ILL = `
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-fails}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchLabels: {ends: ill}
    matchExpressions:
    - {key: '.status.phase', operator: In, values: [Pending]}
  weight: 1
  next:
    statusTemplate: |
      phase: Failed
      reason: Evicted
`;
const pod = (
  name: string,
  { fate, restartPolicy = 'Always', labels = {} }: Partial<Record<'fate' | 'restartPolicy', string>> & { labels?: object },
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels, annotations: fate === undefined ? {} : { 'cniwatch.test/fate': fate } },
  spec: { nodeName: 'n1', restartPolicy, containers: [{ name: 'web', image: 'web:1' }] },
});

let api: KubeApiServer;
let kwok: Kwok;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: 'kwok', identities: [] });
  kwok = await startKwok(api, {
    stages: [ENDS_ILL],
    logs: [
      { namespace: 'shop', text: 'first line\nwithout an end' },
      { namespace: 'shop', pod: 'ends', text: '{"answer":42}\n' },
    ],
  });
  await apply(api.admin, [
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } },
    pod('runs', {}),
    pod('ends', { restartPolicy: 'Never' }),
    pod('evicted', { restartPolicy: 'Never', labels: { ends: 'ill' } }),
    pod('stuck', { fate: 'no-sandbox' }),
    pod('crashing', { fate: 'crash-loop' }),
    pod('killed', { fate: 'out-of-memory' }),
  ]);
});
afterAll(async () => {
  await kwok?.stop();
  await api?.stop();
});

const path = (name: string) => `/api/v1/namespaces/shop/pods/${name}`;
const condition = (type: string, status: string) => expect.arrayContaining([expect.objectContaining({ type, status })]);
const waiting = (reason: string) => ({ containerStatuses: [{ state: { waiting: { reason } } }] });

test('a node becomes ready, with a kubelet on the loopback address', async () => {
  const node = await eventually(api.admin, '/api/v1/nodes/n1', (body) => statusOf(body)['addresses'] !== undefined);
  expect(statusOf(node)).toMatchObject({
    conditions: [{ type: 'Ready', status: 'True' }],
    addresses: [{ type: 'ExternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: expect.any(Number) } },
  });
});

describe('a pod', () => {
  const READY = condition('PodReadyToStartContainers', 'True');
  test.each<[string, string, object]>([
    ['runs', 'Running', { conditions: READY, podIP: expect.stringMatching(/^10\./) }],
    ['ends', 'Succeeded', { containerStatuses: [{ state: { terminated: { exitCode: 0 } } }] }],
    ['evicted', 'Failed', { reason: 'Evicted' }],
    ['stuck', 'Pending', { conditions: condition('PodReadyToStartContainers', 'False'), ...waiting('ContainerCreating') }],
    ['crashing', 'Running', { conditions: condition('Ready', 'False'), ...waiting('CrashLoopBackOff') }],
    ['killed', 'Running', { conditions: READY, containerStatuses: [{ lastState: { terminated: { reason: 'OOMKilled' } } }] }],
  ])('%s: %s', async (name, phase, status) => {
    const settled = await eventually(api.admin, path(name), (body) => {
      const { conditions, phase: now, reason } = statusOf(body);
      return now === phase && (conditions !== undefined || reason !== undefined);
    });
    expect(statusOf(settled)).toMatchObject(status);
  });

  test('without a sandbox has the event of it', async () => {
    const isThere = ({ items }: { readonly items?: unknown }) => (items as readonly unknown[]).length > 0;
    const events = await eventually(api.admin, '/api/v1/namespaces/shop/events', isThere);
    expect(events).toMatchObject({ items: [{ reason: 'FailedCreatePodSandBox', involvedObject: { name: 'stuck' } }] });
  });

  test.each([
    ['runs', 'first line\nwithout an end'],
    ['ends', '{"answer":42}\n'],
  ])('%s has its log', async (name, text) => {
    await eventually(api.admin, path(name), (body) => statusOf(body)['containerStatuses'] !== undefined);
    expect(await api.admin.request('GET', `${path(name)}/log`)).toEqual({ status: 200, body: text });
  });

  test('is gone once it is deleted', async () => {
    await api.admin.request('DELETE', path('runs'));
    const gone = await eventually(api.admin, path('runs'), ({ reason }) => reason === 'NotFound');
    expect(gone).toMatchObject({ code: 404 });
  });
});
