import { object, objects, text } from '#lib/collect/kubernetes/json.ts';
import { type KubernetesRequest, notAList } from '#lib/collect/kubernetes/kubernetes-failure.ts';

/** The API groups of a server. */
export interface Discovery {
  /**
   * The version to list `resource` at: the server's preferred one among those that serve it. Undefined where none does. A server that
   * does not tell its resources (before Kubernetes 1.27) answers for the group; a list there may still say 404.
   */
  version(group: string, resource: string): string | undefined;
}

/**
 * Aggregated discovery tells groups and resources in one answer; older servers answer with the plain list of groups.
 * Source: Kubernetes documentation, "API discovery".
 */
export const DISCOVERY_ACCEPT = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

interface ServedVersion {
  readonly version: string;
  /** Undefined where the server did not tell. */
  readonly resources: ReadonlySet<string> | undefined;
}

/** @throws ReadFailure UnexpectedResponse where the document is no discovery */
export function toDiscovery(document: unknown, request: KubernetesRequest): Discovery {
  const groups = groupsOf(document, request);
  return {
    version: (group, resource) =>
      groups.get(group)?.find(({ resources }) => resources === undefined || resources.has(resource))?.version,
  };
}

function groupsOf(document: unknown, request: KubernetesRequest): Map<string, ServedVersion[]> {
  const { kind, items, groups } = object(document);
  if (kind === 'APIGroupDiscoveryList') {
    return new Map(objects(items).map((group) => [text(object(group['metadata'])['name']) ?? '', aggregated(group['versions'])]));
  }
  if (kind === 'APIGroupList') {
    return new Map(objects(groups).map((group) => [text(group['name']) ?? '', plain(group)]));
  }
  throw notAList(`it is of kind ${text(kind) ?? 'none'}`, request);
}

/** Versions come in the server's order of preference. */
function aggregated(versions: unknown): ServedVersion[] {
  return objects(versions).flatMap(({ version, resources, freshness }) => {
    const name = text(version);
    if (name === undefined) return [];
    const served = new Set(objects(resources).flatMap(({ resource }) => text(resource) ?? []));
    // Stale: the extension API server behind this group does not answer now, so its resources are not known.
    return [{ version: name, resources: freshness === 'Stale' ? undefined : served }];
  });
}

function plain({ versions, preferredVersion }: Readonly<Record<string, unknown>>): ServedVersion[] {
  const preferred = text(object(preferredVersion)['version']);
  const names = objects(versions).flatMap(({ version }) => text(version) ?? []);
  const ordered = preferred === undefined ? names : [preferred, ...names.filter((name) => name !== preferred)];
  return ordered.map((version) => ({ version, resources: undefined }));
}
