import { expect, test } from 'vitest';
import type { ConfigMap } from '#lib/model/kubernetes.ts';
import { collectSmall, KUBERNETES } from '#test/collect/a-small-cluster.ts';
import { type Reply, sendJson, status } from '#test/collect/kubernetes/an-api-server.ts';

const COREDNS = '/api/v1/namespaces/kube-system/configmaps/coredns';

/** The ConfigMap coredns where its path is answered so. */
async function coreDns(reply: Reply): Promise<ConfigMap | undefined> {
  const kubernetes: Reply = (response, url, count) => (url.pathname === COREDNS ? reply : KUBERNETES)(response, url, count);
  const { snapshot } = await collectSmall({ kubernetes });
  const { configMaps } = snapshot.slices;
  return configMaps.ok ? configMaps.data.find(({ name }) => name === 'coredns') : undefined;
}

const at = { namespace: 'kube-system', name: 'coredns' };
const found = (data: unknown): Reply => {
  return (response) => sendJson(response, { kind: 'ConfigMap', metadata: at, data });
};
const long = 'x'.repeat(64 * 1024 + 1);

test.each<[string, Reply, Partial<ConfigMap>]>([
  ['its data', found({ Corefile: '.:53 {}' }), { data: { Corefile: '.:53 {}' }, omitted: [] }],
  ['one without data', found(undefined), { data: {}, omitted: [] }],
  ['a value too long to keep, by its key alone', found({ Corefile: long, a: 'b' }), { data: { a: 'b' }, omitted: ['Corefile'] }],
  [
    'one that the server refuses, beside others that it gives',
    (response) => sendJson(response, status(403, 'configmaps "coredns" is forbidden'), 403),
    { omitted: [], unread: expect.stringContaining('is forbidden') },
  ],
  [
    'an answer that is no object',
    (response) => sendJson(response, { kind: 'List', items: [] }),
    { omitted: [], unread: expect.stringContaining('metadata.name') },
  ],
  [
    'a path that something else answers with 404',
    (response) => sendJson(response, { message: 'no such page' }, 404),
    { omitted: [], unread: expect.stringContaining('404') },
  ],
  [
    'an answer that is cut off, every time',
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"metadata":{"name":"coredns"'),
    { omitted: [], unread: expect.stringContaining('was cut off in the middle') },
  ],
  [
    'an object larger than any',
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(' '.repeat(5 * 1024 * 1024)),
    { omitted: [], unread: expect.stringContaining('more than the 4194304 bytes') },
  ],
])('%s', async (_name, reply, kept) => {
  expect(await coreDns(reply)).toEqual({ ...at, ...kept });
});

test('one that the cluster does not have is there without data', async () => {
  const { snapshot } = await collectSmall();
  expect(snapshot.slices.configMaps).toMatchObject({
    data: [
      { name: 'coredns', data: {} },
      { ...at, name: 'node-local-dns', omitted: [] },
      { name: 'amazon-vpc-cni', omitted: [] },
      { name: 'kube-proxy-config', omitted: [] },
    ],
  });
  const absent = snapshot.slices.configMaps.ok ? snapshot.slices.configMaps.data.slice(1) : [];
  for (const configMap of absent) expect(configMap).not.toHaveProperty('data');
});

test('all of them refused is a failure of the source', async () => {
  const kubernetes: Reply = (response, url, count) =>
    url.pathname.includes('/configmaps/') ? sendJson(response, status(403, 'forbidden'), 403) : KUBERNETES(response, url, count);
  const { snapshot } = await collectSmall({ kubernetes });
  expect(snapshot.slices.configMaps).toMatchObject({
    ok: false,
    code: 'Forbidden',
    remedy: expect.stringContaining('the verb get on configmaps'),
  });
});

test.each([
  { agent: 'cilium', container: 'cilium-agent', namespace: 'cilium-system', name: 'cilium-config' },
  { agent: 'kube-flannel-ds', container: 'kube-flannel', namespace: 'kube-flannel', name: 'kube-flannel-cfg' },
])('$name is read in the namespace of its agent', async ({ agent, container, namespace, name }) => {
  const template = { spec: { containers: [{ name: container, image: 'agent:1' }] } };
  const daemonSet = { metadata: { name: agent, namespace }, spec: { template } };
  const own = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const kubernetes: Reply = (response, url, count) => {
    if (url.pathname === '/apis/apps/v1/daemonsets')
      return sendJson(response, { kind: 'List', metadata: {}, items: [daemonSet] });
    if (url.pathname === own) return sendJson(response, { kind: 'ConfigMap', metadata: { name, namespace }, data: { a: 'b' } });
    return KUBERNETES(response, url, count);
  };
  const { snapshot } = await collectSmall({ kubernetes });
  const read = snapshot.slices.configMaps.ok ? snapshot.slices.configMaps.data.at(-1) : undefined;
  expect(read).toEqual({ namespace, name, data: { a: 'b' }, omitted: [] });
});
