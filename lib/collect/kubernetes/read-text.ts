import { bodyBeginning } from '#lib/collect/kubernetes/body-beginning.ts';
import type { Connection } from '#lib/collect/kubernetes/connection.ts';
import { type KubernetesRequest, tooLong, unreachable } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import { brokenOff, silent } from '#lib/collect/kubernetes/proxied-failure.ts';
import { ReadFailure } from '#lib/model/failure.ts';

interface TextOptions {
  /** Bytes. */
  readonly limit: number;
  readonly query: Readonly<Record<string, string>>;
  /** What a status other than 200 means. */
  readonly refusal: (status: number, body: string, request: KubernetesRequest) => ReadFailure;
  readonly request: KubernetesRequest;
  readonly signal: AbortSignal;
  /** Milliseconds for the whole answer: what is behind the proxy may hang, and there is one such question a node. */
  readonly timeout?: number;
}

const TIMEOUT = 5_000;
/** Bytes of an error's body that are worth reading. */
const ERROR_BODY = 4 * 1024;

/**
 * One answer as text: of an endpoint behind the API server, or a pod's log.
 * @throws ReadFailure for a status other than 200, an answer longer than `limit`, and none within the time-out; the signal's reason
 */
export async function readText(
  connection: Connection,
  path: string,
  { limit, query, refusal, request, signal, timeout = TIMEOUT }: TextOptions,
): Promise<string> {
  const late = AbortSignal.timeout(timeout);
  let answered = false;
  try {
    const { status, body } = await connection.get(path, query, '*/*', AbortSignal.any([signal, late]));
    answered = true;
    const { text, complete } = await bodyBeginning(body, status === 200 ? limit : ERROR_BODY);
    if (status !== 200) throw refusal(status, text, request);
    if (!complete) throw tooLong(request, limit);
    return text;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ReadFailure) throw error;
    if (late.aborted) throw silent(request, timeout);
    throw answered ? brokenOff(request) : unreachable(error as Error, request);
  }
}
