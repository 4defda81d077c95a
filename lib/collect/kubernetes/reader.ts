import { json } from 'node:stream/consumers';
import { tokenLoop } from '#lib/collect/aws/pages.ts';
import type { AccessAdvice } from '#lib/collect/kubernetes/access.ts';
import type { Answer, Connection } from '#lib/collect/kubernetes/connection.ts';
import { DISCOVERY_ACCEPT, type Discovery, toDiscovery } from '#lib/collect/kubernetes/discovery.ts';
import type { JsonObject } from '#lib/collect/kubernetes/json.ts';
import { cutOff, type KubernetesRequest, statusFailure } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import { ask, type Page, readPage } from '#lib/collect/kubernetes/page.ts';
import { PageAhead } from '#lib/collect/kubernetes/page-ahead.ts';
import { proxiedFailure } from '#lib/collect/kubernetes/proxied-failure.ts';
import { readObject } from '#lib/collect/kubernetes/read-object.ts';
import { readText } from '#lib/collect/kubernetes/read-text.ts';
import { retrying, Transient } from '#lib/collect/kubernetes/retry.ts';
import type { Tally } from '#lib/collect/progress.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** What a collector may ask of an API server. */
export interface KubernetesReader {
  /**
   * Lists every object of one kind. Objects are mapped while they arrive: what `map` does not keep is never held.
   * @throws ReadFailure
   */
  list<T>(list: KubernetesList, map: (item: JsonObject) => T): Promise<T[]>;
  /**
   * One object; undefined where there is none of its name.
   * @throws ReadFailure
   */
  get(get: KubernetesGet): Promise<JsonObject | undefined>;
  /**
   * One answer as text, no more than `limit` bytes of it: a pod's log, or what a proxied endpoint says, which need not be JSON.
   * @throws ReadFailure, TruncatedResponse where there is more
   */
  text(get: KubernetesGet): Promise<string>;
  /** What the server serves, asked once a run. */
  discovery(): Promise<Discovery>;
}

export interface KubernetesList {
  readonly path: string;
  /** `''` is the core group. */
  readonly apiGroup: string;
  readonly resource: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Objects come with `metadata.managedFields`, which is left out otherwise: only for short lists. */
  readonly keepManagedFields?: true;
}

export interface KubernetesGet {
  readonly path: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly limit: number;
}

/** Objects a page: what kubectl asks for. */
const LIMIT = '500';
/** Times that an expired list is read from its beginning again. */
const RESTARTS = 2;

/** One run's shared way to the API server. */
export interface Cluster {
  readonly connection: Connection;
  readonly advice: AccessAdvice;
  readonly signal: AbortSignal;
  /** Settled by the first collector that asks. */
  discovery?: Promise<Discovery>;
  /** Whether anything was ever read. */
  answered?: true;
  /** Deletions under way: the run ends after them. */
  unfinished?: Set<Promise<void>>;
  /** Why the server cannot be reached, once a list found out: the others need not wait for as long. */
  unreachable?: ReadFailure;
}

export function kubernetesReader(cluster: Cluster, tally: Tally): KubernetesReader {
  return {
    list: (list, map) => readList(cluster, tally, list, map),
    get: (get) => getObject(cluster, tally, get),
    text: (get) => getText(cluster, tally, get),
    discovery: () => (cluster.discovery ??= readDiscovery(cluster, tally)),
  };
}

async function readList<T>(cluster: Cluster, tally: Tally, list: KubernetesList, map: (item: JsonObject) => T): Promise<T[]> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await readPages(cluster, tally, list, map);
    } catch (error) {
      if (!(error instanceof ReadFailure && error.code === 'ListExpired') || restarts === RESTARTS) throw error;
    }
  }
}

/** Page after page. The next one is asked for while this one is read: the server writes it meanwhile. */
async function readPages<T>(cluster: Cluster, tally: Tally, list: KubernetesList, map: (item: JsonObject) => T): Promise<T[]> {
  const request = describe(cluster, list);
  const all: T[] = [];
  const tokens = new Set<string>();
  const send = (token: string | undefined): Promise<Answer> => {
    tally.call(request.operation);
    const query = { ...list.query, limit: LIMIT, ...(token === undefined ? {} : { continue: token }) };
    return ask(cluster.connection, list.path, { query, request, signal: cluster.signal });
  };
  const ahead = new PageAhead(send);
  try {
    for (let token: string | undefined; ; ) {
      const page: Page<T> = await reaching(cluster, async () =>
        readPage(
          await (ahead.take(token) ?? send(token)),
          map,
          request,
          (next) => {
            if (!tokens.has(next)) ahead.send(next);
          },
          list,
        ),
      );
      for (const item of page.items) all.push(item);
      tally.page(page.items.length);
      token = page.next;
      if (token === undefined) return all;
      if (tokens.has(token)) throw tokenLoop(request.operation, tokens.size + 1);
      tokens.add(token);
    }
  } finally {
    ahead.drop();
  }
}

async function getObject(cluster: Cluster, tally: Tally, get: KubernetesGet): Promise<JsonObject | undefined> {
  const request = { ...describe(cluster, get), verb: 'get' } as const;
  return reaching(cluster, () => {
    tally.call(request.operation);
    return readObject(cluster.connection, get.path, { limit: get.limit, request, signal: cluster.signal });
  });
}

/** Not repeated: a proxied endpoint that does not answer is a finding of its own, and its server may be slow. */
async function getText(cluster: Cluster, tally: Tally, get: KubernetesGet): Promise<string> {
  const request = { ...describe(cluster, get), verb: 'get' } as const;
  tally.call(`GET ${get.resource}`);
  const { path, limit, query = {} } = get;
  const refusal = get.resource.endsWith('/proxy') ? proxiedFailure : statusFailure;
  return readText(cluster.connection, path, { limit, query, refusal, request, signal: cluster.signal });
}

async function readDiscovery(cluster: Cluster, tally: Tally): Promise<Discovery> {
  const request = describe(cluster, { path: '/apis', apiGroup: '', resource: 'API groups' });
  return reaching(cluster, async () => {
    tally.call(request.operation);
    const answer = await ask(cluster.connection, '/apis', { accept: DISCOVERY_ACCEPT, request, signal: cluster.signal });
    const document = await json(answer.body).catch(() => {
      throw new Transient(cutOff(request), { attempts: 3 });
    });
    return toDiscovery(document, request);
  });
}

/** Retries while that may help; a server that nobody could reach is not tried by every list anew. */
async function reaching<T>(cluster: Cluster, attempt: () => Promise<T>): Promise<T> {
  if (cluster.unreachable !== undefined) throw cluster.unreachable;
  try {
    const result = await retrying(attempt, cluster.signal);
    cluster.answered = true;
    return result;
  } catch (error) {
    const lost = error instanceof ReadFailure && error.code === 'ClusterUnreachable';
    if (lost && cluster.answered === undefined) cluster.unreachable = error;
    throw error;
  }
}

function describe(
  { connection, advice }: Cluster,
  { path, apiGroup, resource }: Omit<KubernetesList, 'query'>,
): KubernetesRequest {
  return { operation: `GET ${path}`, apiGroup, resource, server: connection.server, advice };
}
