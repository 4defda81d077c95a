import { afterEach, beforeEach, expect, test } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';
import { APPLY, JSON_PATCH, MERGE, STRATEGIC, send } from './api-writes.ts';
import { type ApiAnswer, type ApiClient, enterCluster } from './kubernetes-client.ts';
import { type Entered, enter, NOW } from './start.ts';

const AWS_NODE = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
const COREDNS = '/apis/apps/v1/namespaces/kube-system/deployments/coredns';
let elapsed = 0;
let entered: Entered;
let api: ApiClient;
beforeEach(async () => {
  elapsed = 0;
  entered = await enter(embeddedFleet(NOW), { elapsed: () => elapsed });
  api = await enterCluster(entered, 'shop-prod');
});
afterEach(() => entered?.[Symbol.asyncDispose]());

interface Workload {
  readonly metadata: {
    readonly generation: number;
    readonly resourceVersion?: string;
    readonly annotations?: Record<string, string>;
  };
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string; readonly env?: readonly JsonObject[] }[] };
    };
  };
  readonly status: Readonly<Record<string, number>>;
}
interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly ownerReferences?: readonly { readonly name: string }[];
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string; readonly podIP?: string };
}
const workload = async (path: string) => (await api.get(path)).body as Workload;
const podsOf = async (selector: string) =>
  ((await api.get(`/api/v1/pods?labelSelector=${selector}`)).body as { items: readonly Pod[] }).items;
const patch = (path: string, body: unknown, type: string) => send(api, 'PATCH', path, body, type);
const env = (name: string, value: string) => ({
  spec: { template: { spec: { containers: [{ name: 'aws-node', env: [{ name, value }] }] } } },
});
const restarted = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } };

test('a strategic merge patch changes one variable, and the agents are replaced a few at a time', async () => {
  const before = await workload(AWS_NODE);
  expect((await patch(AWS_NODE, env('WARM_IP_TARGET', '4'), STRATEGIC)).status).toBe(200);
  const after = await workload(AWS_NODE);
  const variables = ({ spec }: Workload) => spec.template.spec.containers.flatMap((each) => each.env ?? []);
  expect(variables(after)).toHaveLength(variables(before).length + 1);
  expect(after.metadata.generation).toBe(before.metadata.generation + 1);
  expect(after.status['observedGeneration']).toBe(before.metadata.generation);
  const desired = before.status['desiredNumberScheduled'] ?? 0;
  for (const at of [600, 1_200, 6_000, 7_000, 12_000]) {
    elapsed = at;
    const { status } = await workload(AWS_NODE);
    expect(desired - (status['numberReady'] ?? 0)).toBeLessThanOrEqual(Math.ceil(desired / 10));
  }
  elapsed = 3_600_000;
  expect((await workload(AWS_NODE)).status).toMatchObject({ updatedNumberScheduled: desired, numberReady: desired });
});

test('nodes give back what a smaller warm target leaves over', async () => {
  const held = async () => {
    const { DescribeNetworkInterfacesCommand } = await import('@aws-sdk/client-ec2');
    const { NetworkInterfaces = [] } = await entered.ec2.send(new DescribeNetworkInterfacesCommand({}));
    return NetworkInterfaces.reduce((sum, { PrivateIpAddresses = [] }) => sum + PrivateIpAddresses.length, 0);
  };
  const before = await held();
  await patch(AWS_NODE, env('WARM_IP_TARGET', '1'), STRATEGIC);
  elapsed = 3_600_000;
  expect(await held()).toBeLessThan(before);
});

test('a deleted agent comes back on its node, and nothing else is replaced', async () => {
  const before = await podsOf('k8s-app=aws-node');
  const [first] = before;
  await send(api, 'DELETE', `/api/v1/namespaces/kube-system/pods/${first?.metadata.name}`, {});
  expect(await podsOf('k8s-app=aws-node')).toHaveLength(before.length - 1);
  elapsed = 60_000;
  const after = await podsOf('k8s-app=aws-node');
  const names = new Set(before.map(({ metadata }) => metadata.name));
  const made = after.filter(({ metadata }) => !names.has(metadata.name));
  expect(made).toMatchObject([{ spec: { nodeName: first?.spec.nodeName }, status: { phase: 'Running' } }]);
  expect(after).toHaveLength(before.length);
});

test('CoreDNS is restarted without fewer pods than it wants, and its endpoints follow', async () => {
  const before = await podsOf('k8s-app=kube-dns');
  await patch(COREDNS, restarted, STRATEGIC);
  for (const at of [600, 3_000, 6_000, 9_000]) {
    elapsed = at;
    expect((await workload(COREDNS)).status['readyReplicas']).toBeGreaterThanOrEqual(before.length);
  }
  elapsed = 3_600_000;
  const after = await podsOf('k8s-app=kube-dns');
  expect(after).toHaveLength(before.length);
  expect(after.map(({ metadata }) => metadata.name)).not.toContain(before[0]?.metadata.name);
  const slices = (await api.get('/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices')).body as {
    items: readonly { readonly endpoints: readonly { readonly addresses: readonly string[] }[] }[];
  };
  const addresses = slices.items.flatMap(({ endpoints }) => endpoints.flatMap((each) => each.addresses));
  expect(addresses.sort()).toEqual(after.map(({ status }) => status.podIP).sort());
});

const budget = (spec: JsonObject) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'dns' },
  spec: { selector: { matchLabels: { 'k8s-app': 'kube-dns' } }, ...spec },
});
const evict = (name = '') =>
  send(api, 'POST', `/api/v1/namespaces/kube-system/pods/${name}/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace: 'kube-system' },
  });

test.each<[string, JsonObject, number[]]>([
  ['one at a time', { maxUnavailable: 1 }, [201, 429]],
  ['half of them', { minAvailable: '50%' }, [201, 429]],
  ['none', { minAvailable: '100%' }, [429, 429]],
])('a disruption budget lets %s go', async (_, spec, statuses) => {
  await send(api, 'POST', '/apis/policy/v1/namespaces/kube-system/poddisruptionbudgets', budget(spec));
  const pods = await podsOf('k8s-app=kube-dns');
  const answers: ApiAnswer[] = [];
  for (const { metadata } of pods.slice(0, 2)) answers.push(await evict(metadata.name));
  expect(answers.map(({ status }) => status)).toEqual(statuses);
});

test('an evicted pod is replaced, and a cordoned node gets none', async () => {
  const [pod] = await podsOf('k8s-app=kube-dns');
  await patch(`/api/v1/nodes/${pod?.spec.nodeName}`, { spec: { unschedulable: true } }, MERGE);
  const before = await podsOf('k8s-app=kube-dns');
  expect((await evict(pod?.metadata.name)).status).toBe(201);
  elapsed = 60_000;
  const after = await podsOf('k8s-app=kube-dns');
  expect(after).toHaveLength(before.length);
  const names = new Set(before.map(({ metadata }) => metadata.name));
  const made = after.find(({ metadata }) => !names.has(metadata.name));
  expect(made?.spec.nodeName).not.toBe(pod?.spec.nodeName);
  expect(entered.sandbox.writes().map(({ operation }) => operation.split(' ')[0])).toEqual(['PATCH', 'POST']);
});

const warm = (value: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'aws-node', namespace: 'kube-system', annotations: { 'example.com/warm': value } },
});
const applied = (manager: string, value: string, query = '') =>
  patch(`${AWS_NODE}?fieldManager=${manager}${query}`, warm(value), APPLY);

test('whoever applies what another manager has otherwise is told so, unless it is forced', async () => {
  expect((await applied('one', 'a')).status).toBe(200);
  expect(await applied('two', 'b')).toMatchObject({
    status: 409,
    body: {
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .metadata.annotations.example.com/warm',
    },
  });
  expect((await applied('two', 'b', '&force=true')).status).toBe(200);
  expect((await applied('one', 'a')).status).toBe(409);
  const nothing = { ...warm(''), metadata: { name: 'aws-node', namespace: 'kube-system' } };
  await patch(`${AWS_NODE}?fieldManager=two`, nothing, APPLY);
  expect((await workload(AWS_NODE)).metadata.annotations?.['example.com/warm']).toBeUndefined();
});

test('a dry run changes nothing', async () => {
  const before = await workload(AWS_NODE);
  expect((await patch(`${AWS_NODE}?dryRun=All`, env('WARM_IP_TARGET', '4'), STRATEGIC)).status).toBe(200);
  expect(await workload(AWS_NODE)).toEqual(before);
  expect(entered.sandbox.writes()).toEqual([]);
});

test.each<[string, string, unknown, string, number]>([
  ['an object that is not there', `${AWS_NODE}s`, {}, MERGE, 404],
  ['a media type that is none', AWS_NODE, {}, 'application/json', 415],
  ['a JSON patch of a path that is not there', AWS_NODE, [{ op: 'remove', path: '/spec/none' }], JSON_PATCH, 422],
  ['a JSON patch whose test fails', AWS_NODE, [{ op: 'test', path: '/metadata/name', value: 'a' }], JSON_PATCH, 422],
  ['an apply of nobody', AWS_NODE, warm('a'), APPLY, 422],
])('a patch of %s is refused', async (_, path, body, type, status) => {
  expect((await patch(path, body, type)).status).toBe(status);
});

test('a replacement of an object that has changed since is a conflict', async () => {
  await patch(AWS_NODE, { metadata: { labels: { a: 'b' } } }, MERGE);
  const read = await workload(AWS_NODE);
  await patch(AWS_NODE, { metadata: { labels: { a: 'c' } } }, MERGE);
  expect((await send(api, 'PUT', AWS_NODE, read)).status).toBe(409);
  expect((await send(api, 'PUT', AWS_NODE, await workload(AWS_NODE))).status).toBe(200);
});
