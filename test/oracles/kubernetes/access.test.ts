import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterRole } from '#lib/collect/cluster-role.ts';
import { READ_PERMISSIONS } from '#lib/collect/permissions.ts';
import type { SliceKey, Slices } from '#lib/model/snapshot.ts';
import { apply, defineKinds } from './apply.ts';
import { collectFrom, identity, TARGET } from './collect-from.ts';
import { interpose } from './interposer.ts';
import { type KubeApiServer, startKubeApiServer, VIEWERS } from './server.ts';

const VIEWER = identity('viewer', VIEWERS);
const STRANGER = identity('stranger', 'nobody-knows-this-group');
/** More than a page and a half of what the collector asks for. */
const PODS = 800;

let api: KubeApiServer;
beforeAll(async () => {
  api = await startKubeApiServer({ cluster: TARGET.name, identities: [VIEWER, STRANGER] });
  await apply(api.admin, clusterRole(VIEWERS, READ_PERMISSIONS.kubernetes));
  await apply(
    api.admin,
    Array.from({ length: PODS }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `web-${index}`, namespace: 'shop' },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    })),
  );
});
afterAll(() => api?.stop());

const failures = (slices: Slices) =>
  Object.entries(slices).flatMap(([key, slice]) =>
    slice.ok ? [] : [{ key, code: slice.code, reason: slice.reason, remedy: slice.remedy }],
  );
const podNames = (slices: Slices) => (slices.pods.ok ? slices.pods.data.map(({ name }) => name).sort() : slices.pods);
const ALL_PODS = Array.from({ length: PODS }, (_, index) => `web-${index}`).sort();

/** Slices that need the right to list a kind which every API server serves. */
const BUILT_IN: readonly SliceKey[] = [
  'nodes',
  'pods',
  'events',
  'daemonSets',
  'deployments',
  'configMaps',
  'services',
  'endpointSlices',
  'namespaces',
  'networkPolicies',
];

describe('an EKS token of a role bound to the composed ClusterRole', () => {
  test('reads every Kubernetes slice', async () => {
    const { slices } = await collectFrom(api, VIEWER);
    expect(failures(slices).filter(({ key }) => BUILT_IN.includes(key as SliceKey))).toEqual([]);
    expect(podNames(slices)).toEqual(ALL_PODS);
  });

  test('is followed over the pages of the server', async () => {
    const pages: string[] = [];
    const before = async (url: URL) => {
      if (url.pathname === '/api/v1/pods') pages.push(url.searchParams.get('continue') ?? 'first');
    };
    const between = await interpose(api, before);
    const { slices } = await collectFrom(api, VIEWER, { endpoint: between.server });
    await between.stop();
    expect(podNames(slices)).toEqual(ALL_PODS);
    expect(pages).toEqual(['first', expect.stringMatching(/^[\w-]{20,}$/)]);
  });

  test('a kind that the server does not serve is absent, and is there once its definition is', async () => {
    const absent = await collectFrom(api, VIEWER);
    expect(absent.slices.eniConfigs).toEqual({ ok: true, data: [], absent: true });
    expect(absent.slices.cniNodes).toEqual({ ok: true, data: [], absent: true });
    const group = 'crd.k8s.amazonaws.com';
    await defineKinds(api.admin, [{ group, version: 'v1alpha1', kind: 'ENIConfig', plural: 'eniconfigs', namespaced: false }]);
    const spec = { subnet: 'subnet-a', securityGroups: ['sg-pods'] };
    await apply(api.admin, [{ apiVersion: `${group}/v1alpha1`, kind: 'ENIConfig', metadata: { name: 'eu-west-1a' }, spec }]);
    const served = await collectFrom(api, VIEWER);
    expect(served.slices.eniConfigs).toEqual({ ok: true, data: [{ name: 'eu-west-1a', ...spec }] });
  });
});

describe('a continue token that expired between two pages (410 Expired)', () => {
  /** Changes the store and drops its history before the second page, so that the API server refuses the token. */
  const expireBefore = (isDue: (secondPages: number) => boolean) => {
    let secondPages = 0;
    return interpose(api, async (url) => {
      if (url.pathname !== '/api/v1/pods' || !url.searchParams.has('continue')) return;
      secondPages += 1;
      if (!isDue(secondPages)) return;
      await api.admin.request('PATCH', '/api/v1/namespaces/shop', { metadata: { labels: { touched: `${Date.now()}` } } });
      await api.compact();
    });
  };

  test('makes the list start again, and nothing is lost or doubled', async () => {
    const between = await expireBefore((count) => count === 1);
    const { slices } = await collectFrom(api, VIEWER, { endpoint: between.server });
    await between.stop();
    expect(podNames(slices)).toEqual(ALL_PODS);
  });

  test('every time, is a stated failure of that slice alone', async () => {
    const between = await expireBefore(() => true);
    const { slices } = await collectFrom(api, VIEWER, { endpoint: between.server });
    await between.stop();
    expect(failures(slices).filter(({ key }) => BUILT_IN.includes(key as SliceKey))).toEqual([
      { key: 'pods', code: 'ListExpired', reason: expect.stringContaining('410'), remedy: expect.any(String) },
    ]);
  });
});

describe('who is not let in', () => {
  test('a token signed for another cluster is Unauthorized, and the remedy lets it in', async () => {
    const { slices } = await collectFrom(api, VIEWER, { target: { ...TARGET, name: 'shop-staging' } });
    expect(slices.pods).toMatchObject({
      ok: false,
      code: 'Unauthorized',
      reason: expect.stringContaining('401'),
      remedy: expect.stringContaining('cniwatch onboard --cluster shop-staging'),
    });
    expect(api.refusals.at(-1)).toBe('the signature does not match');
  });

  test('a token of a wrong secret is Unauthorized', async () => {
    const { slices } = await collectFrom(api, { ...VIEWER, secretAccessKey: 'wrong' });
    expect(slices.nodes).toMatchObject({ ok: false, code: 'Unauthorized' });
  });

  test.each<[SliceKey, string, string]>([
    ['nodes', 'nodes', ''],
    ['pods', 'pods', ''],
    ['daemonSets', 'daemonsets', 'apps'],
    ['endpointSlices', 'endpointslices', 'discovery.k8s.io'],
    ['namespaces', 'namespaces', ''],
    ['networkPolicies', 'networkpolicies', 'networking.k8s.io'],
  ])('without the ClusterRole, %s is Forbidden, and what to grant is named', async (key, resource, apiGroup) => {
    const { slices } = await collectFrom(api, STRANGER);
    expect(slices[key]).toMatchObject({
      ok: false,
      code: 'Forbidden',
      reason: expect.stringMatching(`cannot list resource "${resource}"`),
    });
    expect(slices[key]).toMatchObject({ remedy: expect.stringMatching(`list on ${resource}${apiGroup && `.*${apiGroup}`}`) });
  });
});
