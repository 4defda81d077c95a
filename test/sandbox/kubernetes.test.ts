import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedFleet } from '#lib/sandbox/fleet.ts';
import type { KubernetesObject, World } from '#lib/sandbox/world.ts';
import { type ApiClient, enterCluster } from './kubernetes-client.ts';
import { type Entered, enter } from './start.ts';

interface List {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number; readonly resourceVersion: string };
  readonly items: readonly KubernetesObject[];
}

const fleet = embeddedFleet(new Date());
const world: World = {
  ...fleet,
  clusters: fleet.clusters.map((cluster) => ({ ...cluster, ...(cluster.name === 'shop-prod' ? { forbidden: ['events'] } : {}) })),
};

let entered: Entered;
let media: ApiClient;
let shop: ApiClient;
beforeAll(async () => {
  entered = await enter(world);
  [media, shop] = [await enterCluster(entered, 'media-staging'), await enterCluster(entered, 'shop-prod')];
});
afterAll(() => entered?.[Symbol.asyncDispose]());

async function list(path: string): Promise<List> {
  const { status, body } = await media.get(path);
  expect(status).toBe(200);
  return body as List;
}

const namesOf = ({ items }: List) => items.map(({ metadata }) => metadata.name).sort();

describe('a list', () => {
  it('comes whole without a limit', async () => {
    const pods = await list('/api/v1/pods');
    expect(pods).toMatchObject({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' } });
    expect(pods.items).toHaveLength(180);
    expect(pods.metadata).not.toHaveProperty('continue');
  });

  it('comes page by page, each saying how many are left', async () => {
    const names: string[] = [];
    const left: (number | undefined)[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: List = await list(`/api/v1/pods?limit=50&continue=${encodeURIComponent(next)}`);
      names.push(...page.items.map(({ metadata }) => metadata.name));
      left.push(page.metadata.remainingItemCount);
      next = page.metadata.continue;
    }
    expect(left).toEqual([130, 80, 30, undefined]);
    expect(names.sort()).toEqual(namesOf(await list('/api/v1/pods')));
  });

  it.each(['0', '-1', '', '1000'])('comes whole with a limit of %j', async (limit) => {
    const pods = await list(`/api/v1/pods?limit=${limit}`);
    expect(pods.items).toHaveLength(180);
    expect(pods.metadata).not.toHaveProperty('continue');
  });

  it('does not say how many are left where a selector chooses', async () => {
    const page = await list('/api/v1/pods?limit=5&labelSelector=k8s-app%3Daws-node');
    expect(page.metadata).toMatchObject({ continue: expect.any(String) });
    expect(page.metadata).not.toHaveProperty('remainingItemCount');
  });

  it('of one namespace holds no other', async () => {
    const system = await list('/api/v1/namespaces/kube-system/pods');
    expect(new Set(system.items.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['kube-system']));
    expect(system.items).toHaveLength(22);
    expect((await list('/api/v1/namespaces/none/pods')).items).toEqual([]);
  });

  it('of a built-in kind leaves out of its elements what it says itself, one of a custom kind does not', async () => {
    const [node] = (await list('/api/v1/nodes')).items;
    expect(node).not.toHaveProperty('kind');
    const { body } = await (await enterCluster(entered, 'payments-prod')).get('/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs');
    expect((body as List).items[0]).toMatchObject({ kind: 'ENIConfig', apiVersion: 'crd.k8s.amazonaws.com/v1alpha1' });
  });
});

describe('selectors', () => {
  it.each([
    ['/api/v1/nodes?fieldSelector=metadata.name%3Dnone', 0],
    ['/api/v1/events?fieldSelector=type%3DWarning', 20],
    ['/api/v1/events?fieldSelector=type!%3DWarning', 0],
    ['/api/v1/events?fieldSelector=type%3DWarning,reason%3DFailedCreatePodSandBox,involvedObject.kind%3DPod', 20],
    ['/api/v1/pods?fieldSelector=status.phase%3DPending', 20],
    ['/api/v1/pods?fieldSelector=metadata.namespace%3Dkube-system', 22],
    ['/api/v1/pods?labelSelector=k8s-app%3Daws-node', 10],
    ['/api/v1/pods?labelSelector=k8s-app%3D%3Daws-node', 10],
    ['/api/v1/pods?labelSelector=k8s-app%20in%20(aws-node,kube-dns)', 12],
    ['/api/v1/pods?labelSelector=k8s-app%20notin%20(aws-node)', 170],
    ['/api/v1/pods?labelSelector=k8s-app', 22],
    ['/api/v1/pods?labelSelector=!k8s-app', 158],
    ['/api/v1/pods?labelSelector=k8s-app!%3Daws-node', 170],
    ['/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices?labelSelector=kubernetes.io/service-name%3Dkube-dns', 1],
  ])('%s chooses %i', async (path, count) => {
    expect((await list(path)).items).toHaveLength(count);
  });

  it('the pods of a node are those that run there', async () => {
    const [node] = (await list('/api/v1/nodes')).items;
    const pods = await list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node?.metadata.name}`);
    expect(pods.items).toHaveLength(18);
  });
});

describe('a single object', () => {
  it.each([
    [
      '/api/v1/namespaces/kube-system/configmaps/coredns',
      { kind: 'ConfigMap', apiVersion: 'v1', data: { Corefile: expect.any(String) } },
    ],
    ['/api/v1/namespaces/kube-system', { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'kube-system' } }],
  ])('%s comes with its kind', async (path, object) => {
    expect(await media.get(path)).toMatchObject({ status: 200, body: object });
  });

  it('that is not there is named in the answer', async () => {
    expect(await media.get('/api/v1/namespaces/kube-system/configmaps/none')).toMatchObject({
      status: 404,
      body: { message: 'configmaps "none" not found', details: { name: 'none', kind: 'configmaps' } },
    });
  });
});

describe('what is refused', () => {
  const authorization = () => `Bearer ${media.token}`;
  it.each<[string, string, number, string]>([
    ['a kind that is not installed', '/apis/cilium.io/v2/ciliumnodes', 404, 'NotFound'],
    ['a version that is not served', '/apis/apps/v1beta1/daemonsets', 404, 'NotFound'],
    ['an object that is not there', '/api/v1/namespaces/kube-system/configmaps/none', 404, 'NotFound'],
    ['a path that is none', '/healthy', 404, 'NotFound'],
    ['a kind without namespaces in one', '/api/v1/namespaces/kube-system/nodes', 404, 'NotFound'],
    ['a token of no page', '/api/v1/pods?limit=5&continue=none', 400, 'BadRequest'],
    ['a field that cannot be selected by', '/api/v1/pods?fieldSelector=spec.image%3Dx', 400, 'BadRequest'],
    ['a field of another kind', '/api/v1/nodes?fieldSelector=spec.nodeName%3Dx', 400, 'BadRequest'],
    ['a field without a value', '/api/v1/pods?fieldSelector=metadata.name', 400, 'BadRequest'],
    ['labels that cannot be read', '/api/v1/pods?labelSelector=a%20in%20b', 400, 'BadRequest'],
    ['a page behind the last', `/api/v1/pods?continue=${btoa('sandbox:100000')}`, 410, 'Expired'],
  ])('%s', async (_, path, code, reason) => {
    expect(await media.get(path)).toMatchObject({ status: code, body: { kind: 'Status', status: 'Failure', code, reason } });
  });

  it.each<[string, () => Readonly<Record<string, string>>]>([
    ['no token', () => ({})],
    ['a broken token', () => ({ authorization: authorization().slice(0, -40) })],
    ['a password', () => ({ authorization: 'Basic YTpi' })],
  ])('%s', async (_, headers) => {
    expect(await media.get('/api/v1/nodes', headers())).toMatchObject({ status: 401, body: { reason: 'Unauthorized' } });
  });

  it('what the role of this cluster does not allow, and nothing else', async () => {
    expect(await shop.get('/api/v1/events')).toMatchObject({
      status: 403,
      body: {
        reason: 'Forbidden',
        message: expect.stringContaining('cannot list resource "events" in API group "" at the cluster scope'),
      },
    });
    expect(await shop.get('/api/v1/nodes')).toMatchObject({ status: 200 });
    expect(await media.get('/api/v1/events')).toMatchObject({ status: 200 });
  });
});

describe('discovery', () => {
  const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const asking = (path: string, accept: string) => media.get(path, { authorization: `Bearer ${media.token}`, accept });

  it.each([
    ['/version', { major: '1', minor: '33' }],
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    [
      '/apis',
      { kind: 'APIGroupList', groups: expect.arrayContaining([expect.objectContaining({ name: 'vpcresources.k8s.aws' })]) },
    ],
    ['/apis/apps', { kind: 'APIGroup', name: 'apps', preferredVersion: { groupVersion: 'apps/v1', version: 'v1' } }],
    [
      '/apis/apps/v1',
      {
        kind: 'APIResourceList',
        groupVersion: 'apps/v1',
        resources: [
          { name: 'daemonsets', namespaced: true },
          { name: 'deployments', namespaced: true },
        ],
      },
    ],
  ])('%s as plain as ever', async (path, expected) => {
    expect(await asking(path, 'application/json')).toMatchObject({ status: 200, body: expected });
  });

  it('tells groups and their resources at once to who asks for that', async () => {
    const { body } = await asking('/apis', AGGREGATED);
    const { items } = body as {
      items: readonly {
        metadata: { name: string };
        versions: readonly { version: string; resources: readonly { resource: string }[] }[];
      }[];
    };
    const ofAws = items.find(({ metadata }) => metadata.name === 'vpcresources.k8s.aws');
    expect(ofAws?.versions.map(({ version, resources }) => [version, resources.map(({ resource }) => resource)])).toEqual([
      ['v1alpha1', ['cninodes']],
      ['v1beta1', ['securitygrouppolicies']],
    ]);
    expect((await asking('/api', AGGREGATED)).body).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: '' } }],
    });
  });
});

it('the official client reads it', async () => {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: media.server, caData: Buffer.from(media.ca).toString('base64') }],
    users: [{ name: 'u', token: media.token }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  const pods = await config.makeApiClient(CoreV1Api).listPodForAllNamespaces({ limit: 500 });
  expect(pods.items).toHaveLength(180);
  expect(pods.items[0]?.metadata?.creationTimestamp).toBeInstanceOf(Date);
  const configs = await config
    .makeApiClient(CustomObjectsApi)
    .listClusterCustomObject({ group: 'crd.k8s.amazonaws.com', version: 'v1alpha1', plural: 'eniconfigs' });
  expect(configs).toMatchObject({ kind: 'ENIConfigList', items: [] });
});
