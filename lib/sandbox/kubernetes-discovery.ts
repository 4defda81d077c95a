import type { KubernetesResource, WorldCluster } from '#lib/sandbox/world.ts';

const VERBS = ['get', 'list', 'watch'];

/**
 * What an API server says of itself. Groups come with their resources where the client asks for aggregated discovery.
 * Source: Kubernetes documentation, "API discovery".
 * @returns undefined where `path` is no discovery
 */
export function discovery({ kubernetes, eks }: WorldCluster, path: string, accept: string): object | undefined {
  const aggregated = accept.includes('as=APIGroupDiscoveryList');
  const inCore = kubernetes.filter(({ apiVersion }) => !apiVersion.includes('/'));
  const byGroup = Map.groupBy(
    kubernetes.filter(({ apiVersion }) => apiVersion.includes('/')),
    ({ apiVersion }) => apiVersion.split('/')[0] ?? '',
  );
  switch (path) {
    case '/version':
      return versionInfo(String(eks['version'] ?? '1.33'));
    case '/api':
      return aggregated ? aggregatedList([aggregatedGroup('', inCore)]) : { kind: 'APIVersions', versions: ['v1'] };
    case '/apis':
      return aggregated
        ? aggregatedList([...byGroup].map(([name, resources]) => aggregatedGroup(name, resources)))
        : {
            kind: 'APIGroupList',
            apiVersion: 'v1',
            groups: [...byGroup].map(([name, resources]) => plainGroup(name, resources)),
          };
  }
  const [, group = ''] = /^\/apis\/([^/]+)$/.exec(path) ?? [];
  const resources = byGroup.get(group);
  if (resources !== undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...plainGroup(group, resources) };
  const served = kubernetes.filter(
    ({ apiVersion }) => path === (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`),
  );
  return served.length === 0 ? undefined : resourceList(served);
}

function versionInfo(version: string): object {
  const [major, minor] = version.split('.');
  return { major, minor, gitVersion: `v${version}.5-eks-113cf36`, platform: 'linux/amd64' };
}

function versionsOf(resources: readonly KubernetesResource[]): string[] {
  return [...new Set(resources.map(({ apiVersion }) => apiVersion))];
}

/** Versions in the order of the world: the first is preferred. */
function plainGroup(name: string, resources: readonly KubernetesResource[]): object {
  const versions = versionsOf(resources).map((groupVersion) => ({ groupVersion, version: groupVersion.split('/')[1] }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(served: readonly KubernetesResource[]): object {
  const resources = served.map(({ plural, namespaced, kind }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: VERBS,
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: served[0]?.apiVersion, resources };
}

function aggregatedList(items: readonly object[]): object {
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

/** Every version with its own resources, since a group may serve each kind at another version. */
function aggregatedGroup(name: string, resources: readonly KubernetesResource[]): object {
  const versions = versionsOf(resources).map((groupVersion) => {
    const version = groupVersion.split('/').at(-1);
    return {
      version,
      freshness: 'Current',
      resources: resources
        .filter(({ apiVersion }) => apiVersion === groupVersion)
        .map(({ plural, kind, namespaced }) => ({
          resource: plural,
          responseKind: { group: name, version, kind },
          scope: namespaced ? 'Namespaced' : 'Cluster',
          singularResource: kind.toLowerCase(),
          verbs: VERBS,
        })),
    };
  });
  return { metadata: { name }, versions };
}
