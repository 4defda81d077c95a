import type { Connection } from '#lib/collect/kubernetes/connection.ts';
import { type KubernetesRequest, statusFailure, tooLong, unreachable } from '#lib/collect/kubernetes/kubernetes-failure.ts';

interface TextOptions {
  /** Bytes. */
  readonly limit: number;
  readonly request: KubernetesRequest;
  readonly signal: AbortSignal;
}

/** Milliseconds: what is behind the proxy may hang, and there is one such question a node. */
const TIMEOUT = 5_000;
/** Bytes of an error's body that are worth reading. */
const ERROR_BODY = 4 * 1024;

/**
 * One answer of an endpoint behind the API server, as text.
 * @throws ReadFailure for a status other than 200, an answer longer than `limit`, and none within five seconds; the signal's reason
 */
export async function readText(connection: Connection, path: string, { limit, request, signal }: TextOptions): Promise<string> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]);
  try {
    const { status, body } = await connection.get(path, {}, '*/*', bounded);
    const most = status === 200 ? limit : ERROR_BODY;
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > most) break;
    }
    const text = Buffer.concat(chunks).toString('utf8');
    if (status !== 200) throw statusFailure(status, text.slice(0, ERROR_BODY), request);
    if (bytes > limit) throw tooLong(request, limit);
    return text;
  } catch (error) {
    signal.throwIfAborted();
    throw isSocketError(error) ? unreachable(error, request) : error;
  }
}

/** Node's own errors bear a code or, for the time-out, a DOMException's name. */
function isSocketError(error: unknown): error is Error & { code?: string } {
  return (
    error instanceof Error &&
    (typeof (error as { code?: unknown }).code === 'string' || error.name === 'TimeoutError') &&
    error.name !== 'ReadFailure'
  );
}
