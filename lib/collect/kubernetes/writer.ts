import { setMaxListeners } from 'node:events';
import { bodyBeginning } from '#lib/collect/kubernetes/body-beginning.ts';
import type { Answer, KubernetesWrite } from '#lib/collect/kubernetes/connection.ts';
import { type JsonObject, object } from '#lib/collect/kubernetes/json.ts';
import { cutOff, type KubernetesRequest, tooLong, unreachable } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import type { Cluster } from '#lib/collect/kubernetes/reader.ts';
import { retryAfter, retrying, Transient } from '#lib/collect/kubernetes/retry.ts';
import { writeFailure } from '#lib/collect/kubernetes/write-failure.ts';
import { orAborted } from '#lib/collect/or-aborted.ts';
import type { Tally } from '#lib/collect/progress.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** What an opt-in collector may write: objects of its own, which are gone when it ends. */
export interface KubernetesWriter {
  /**
   * Creates one object and answers with it as the server has it.
   * @throws ReadFailure; nothing stands then, but after a lost answer (ClusterUnreachable, TruncatedResponse)
   */
  create(at: KubernetesCollection, body: JsonObject): Promise<JsonObject>;
  /**
   * Deletes one object; false where there is none of its name. Goes on when the run is over: what was made must go.
   * @throws ReadFailure
   */
  remove(at: KubernetesCollection, name: string): Promise<boolean>;
  /**
   * Creates an object, hands it to `use`, and deletes it in every case: also when `use` fails, and when the run ends before it is done.
   * A run closes only when all of these are deleted. An object that could not be deleted is left to the next run's sweep.
   * Its name has to be this run's own, since what bears it is deleted.
   * @throws ReadFailure of `create`; whatever `use` throws
   */
  temporarily<T>(at: KubernetesCollection, body: NamedObject, use: (created: JsonObject) => Promise<T>): Promise<T>;
}

/** Where objects of one kind stand: `/api/v1/namespaces/cniwatch-probes/pods`. */
export interface KubernetesCollection {
  readonly path: string;
  /** `''` is the core group. */
  readonly apiGroup: string;
  readonly resource: string;
}

export interface NamedObject extends JsonObject {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
}

/** Bytes of an answer. */
const LIMIT = 256 * 1024;
/** Milliseconds that a deletion may take, whatever became of the run. */
const REMOVAL = 10_000;

export function kubernetesWriter(cluster: Cluster, tally: Tally): KubernetesWriter {
  const create: KubernetesWriter['create'] = (at, body) => {
    const request = describe(cluster, at, 'create');
    return retrying(async () => {
      tally.call(request.operation);
      const answer = await send(cluster, request, { method: 'POST', path: at.path, body, signal: cluster.signal });
      return read(answer, request);
    }, cluster.signal);
  };
  const remove: KubernetesWriter['remove'] = (at, name) => {
    const path = `${at.path}/${encodeURIComponent(name)}`;
    const request = describe(cluster, { ...at, path }, 'delete');
    const signal = AbortSignal.timeout(REMOVAL);
    setMaxListeners(0, signal);
    const removal = retrying(async () => {
      tally.call(request.operation);
      // Without it a pod stays until its kubelet has stopped it, which may be the thing that is broken.
      const body = { gracePeriodSeconds: 0, propagationPolicy: 'Background' };
      const answer = await send(cluster, request, { method: 'DELETE', path, body, signal });
      if (answer.status === 404) {
        answer.body.destroy();
        return false;
      }
      await read(answer, request);
      return true;
    }, signal).catch((error: unknown) => {
      throw signal.aborted ? notRemoved(request) : error;
    });
    return tracked(cluster, removal);
  };
  const temporarily = async <T>(
    at: KubernetesCollection,
    body: NamedObject,
    use: (created: JsonObject) => Promise<T>,
  ): Promise<T> => {
    let refused = false;
    try {
      const created = await create(at, body).catch((error: unknown) => {
        refused = isRefusal(error);
        throw error;
      });
      return await orAborted(use(created), cluster.signal);
    } finally {
      if (!refused) await remove(at, body.metadata.name).catch(() => false);
    }
  };
  return { create, remove, temporarily: (at, body, use) => tracked(cluster, temporarily(at, body, use)) };
}

/** Refused in words: then nothing was made. AlreadyExists may be the answer to a repetition whose first answer was lost. */
function isRefusal(error: unknown): boolean {
  return error instanceof ReadFailure && /^(Forbidden|Unauthorized|NotServed|UnexpectedResponse)$/.test(error.code);
}

/** One request that writes. @throws Transient for what a repetition may cure; ReadFailure */
export async function send(
  { connection }: Cluster,
  request: KubernetesRequest,
  { signal, ...sent }: Omit<KubernetesWrite, 'accept'> & { readonly signal: AbortSignal },
): Promise<Answer> {
  try {
    return await connection.send({ accept: 'application/json', ...sent }, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ReadFailure || !(error instanceof Error)) throw error;
    throw new Transient(unreachable(error, request), { attempts: 3 });
  }
}

/** The object of an answer. @throws Transient, ReadFailure */
export async function read({ status, headers, body }: Answer, request: KubernetesRequest): Promise<JsonObject> {
  const { text, complete } = await bodyBeginning(body, LIMIT).catch(() => {
    throw new Transient(cutOff(request), { attempts: 3 });
  });
  if (status >= 200 && status < 300) {
    if (!complete) throw tooLong(request, LIMIT);
    return object(JSON.parse(text));
  }
  const failure = writeFailure(status, text, request);
  if (status !== 429 && status < 500) throw failure;
  throw new Transient(failure, { retryAfter: retryAfter(headers['retry-after']) });
}

function describe(
  { connection, advice }: Cluster,
  { path, apiGroup, resource }: KubernetesCollection,
  verb: 'create' | 'delete',
): KubernetesRequest {
  const method = verb === 'create' ? 'POST' : 'DELETE';
  return { operation: `${method} ${path}`, apiGroup, resource, verb, server: connection.server, advice };
}

/** Keeps the run open until it has settled. */
function tracked<T>(cluster: Cluster, work: Promise<T>): Promise<T> {
  cluster.unfinished ??= new Set();
  const { unfinished } = cluster;
  const settled = work.then(
    () => undefined,
    () => undefined,
  );
  unfinished.add(settled);
  settled.then(() => unfinished.delete(settled));
  return work;
}

function notRemoved({ operation }: KubernetesRequest): ReadFailure {
  return new ReadFailure(
    'DeadlineExceeded',
    `${operation} was not done within ${REMOVAL / 1000} s.`,
    'The next run deletes what is left; until then kubectl delete does.',
  );
}
