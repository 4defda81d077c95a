import { type AccessEntries, routeAccessEntry } from '#lib/sandbox/access-entries.ts';
import { addonCatalogue } from '#lib/sandbox/addon-catalogue.ts';
import { AwsError } from '#lib/sandbox/aws-error.ts';
import { routeUpdates } from '#lib/sandbox/eks-update-routes.ts';
import type { LiveCluster, LiveWorld } from '#lib/sandbox/live-world.ts';
import { pageStart, pageToken } from '#lib/sandbox/page-token.ts';
import type { JsonObject, World, WorldCluster } from '#lib/sandbox/world.ts';

/** How a client enters a cluster's API server. */
export interface KubernetesEntry {
  readonly endpoint: string;
  /** Base64 PEM. */
  readonly certificateAuthorityData: string;
}

export interface EksRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly accessEntries: AccessEntries;
}

export interface EksAnswer {
  readonly operation: string;
  answer(): JsonObject;
}

/**
 * EKS's REST calls. Source: Amazon EKS API Reference.
 * @returns undefined for a path that the sandbox does not know
 */
export function routeEks(
  live: LiveWorld,
  { method, url, body, accessEntries }: EksRequest,
  entry: (cluster: string) => KubernetesEntry,
): EksAnswer | undefined {
  const [first, name, kind, item, below] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  if (first === 'addons' && method === 'GET') return addonCatalogue(live.world, name, url);
  if (first !== 'clusters') return undefined;
  const cluster = () => clusterOf(live.world, name ?? '');
  if (kind === 'insights' && method === (item === undefined ? 'POST' : 'GET')) return insightsOf(cluster, item, body);
  if (kind === 'access-entries' && name !== undefined)
    return routeAccessEntry(accessEntries, { cluster, method, principal: item, below, body });
  if (kind === 'updates' || below !== undefined)
    return routeUpdates(() => liveCluster(live, name ?? ''), { method, kind, item, below, url, body });
  if (method !== 'GET') return undefined;
  const lists = { 'node-groups': 'nodegroups', addons: 'addons' } as const;
  if (name === undefined) {
    return {
      operation: 'ListClusters',
      answer: () =>
        page(
          url,
          'clusters',
          live.world.clusters.map((one) => one.name),
        ),
    };
  }
  if (kind === undefined) return { operation: 'DescribeCluster', answer: () => describeCluster(cluster(), entry(name)) };
  if (kind !== 'node-groups' && kind !== 'addons') return undefined;
  const list = lists[kind];
  const noun = kind === 'addons' ? 'Addon' : 'Nodegroup';
  if (item === undefined) return { operation: `List${noun}s`, answer: () => page(url, list, Object.keys(cluster()[list])) };
  return {
    operation: `Describe${noun}`,
    answer: () => ({
      [noun.toLowerCase()]: found(own(cluster()[list], item), `No ${noun.toLowerCase()} found for name: ${item}.`),
    }),
  };
}

function insightsOf(cluster: () => WorldCluster, id: string | undefined, body: string): EksAnswer {
  if (id === undefined) return { operation: 'ListInsights', answer: () => listInsights(cluster(), body) };
  return {
    operation: 'DescribeInsight',
    answer: () => ({ insight: found(own(cluster().insights ?? {}, id), `No insight found for id: ${id}.`) }),
  };
}

/** What ListInsights leaves to DescribeInsight. */
const DETAILS: ReadonlySet<string> = new Set(['recommendation', 'additionalInfo', 'resources', 'categorySpecificSummary']);

function listInsights({ insights = {} }: WorldCluster, body: string): JsonObject {
  const {
    filter = {},
    maxResults = null,
    nextToken = null,
  } = JSON.parse(body || '{}') as {
    filter?: { categories?: string[]; kubernetesVersions?: string[]; statuses?: string[] };
    maxResults?: number;
    nextToken?: string;
  };
  const passes = (wanted: readonly string[] | undefined, value: unknown) =>
    wanted === undefined || wanted.includes(String(value));
  const chosen = Object.values(insights).filter(
    ({ category, kubernetesVersion, insightStatus }) =>
      passes(filter.categories, category) &&
      passes(filter.kubernetesVersions, kubernetesVersion) &&
      passes(filter.statuses, (insightStatus as JsonObject | undefined)?.['status']),
  );
  const summaries = chosen.map((one) => Object.fromEntries(Object.entries(one).filter(([field]) => !DETAILS.has(field))));
  return pageOf('insights', summaries, { maxResults, nextToken });
}

function clusterOf(world: World, name: string): WorldCluster {
  return found(
    world.clusters.find((cluster) => cluster.name === name),
    `No cluster found for name: ${name}.`,
  );
}

function liveCluster(live: LiveWorld, name: string): LiveCluster {
  return found(live.cluster(name), `No cluster found for name: ${name}.`);
}

function describeCluster({ eks }: WorldCluster, { endpoint, certificateAuthorityData }: KubernetesEntry): JsonObject {
  return { cluster: { ...eks, endpoint, certificateAuthority: { data: certificateAuthorityData } } };
}

/** Not what every object has, as `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function found<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new AwsError('ResourceNotFoundException', message, 404);
  return value;
}

export function page(url: URL, field: string, names: readonly string[]): JsonObject {
  const { searchParams } = url;
  return pageOf(field, names, { maxResults: searchParams.get('maxResults'), nextToken: searchParams.get('nextToken') });
}

interface PageRequest {
  readonly maxResults: unknown;
  readonly nextToken: string | null;
}

function pageOf(field: string, names: readonly unknown[], { maxResults, nextToken }: PageRequest): JsonObject {
  const size = Number(maxResults ?? 100);
  if (!(Number.isInteger(size) && size >= 1 && size <= 100))
    throw new AwsError('InvalidParameterException', 'maxResults must be between 1 and 100');
  const start = pageStart(nextToken || null);
  if (start === undefined || start > names.length) throw new AwsError('InvalidParameterException', 'The nextToken is not valid');
  const end = start + size;
  return {
    [field]: names.slice(start, end),
    ...(end < names.length ? { nextToken: pageToken(end) } : {}),
  };
}
