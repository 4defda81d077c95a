import { bodyBeginning } from '#lib/collect/kubernetes/body-beginning.ts';
import type { Connection } from '#lib/collect/kubernetes/connection.ts';
import { type JsonObject, object } from '#lib/collect/kubernetes/json.ts';
import { cutOff, type KubernetesRequest, tooLong } from '#lib/collect/kubernetes/kubernetes-failure.ts';
import { ObjectNotFound } from '#lib/collect/kubernetes/object-not-found.ts';
import { ask } from '#lib/collect/kubernetes/page.ts';
import { Transient } from '#lib/collect/kubernetes/retry.ts';
import { ReadFailure } from '#lib/model/failure.ts';

interface ObjectOptions {
  /** Bytes. */
  readonly limit: number;
  readonly request: KubernetesRequest;
  readonly signal: AbortSignal;
}

/**
 * One object; undefined where the server has none of its name.
 * @throws Transient for what a repetition may cure; ReadFailure for any other refusal and for an answer longer than `limit`
 */
export async function readObject(
  connection: Connection,
  path: string,
  { limit, request, signal }: ObjectOptions,
): Promise<JsonObject | undefined> {
  const answer = await ask(connection, path, { request, signal }).catch((error: unknown) => {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  try {
    const { text, complete } = await bodyBeginning(answer.body, limit);
    if (!complete) throw tooLong(request, limit);
    return object(JSON.parse(text));
  } catch (error) {
    if (error instanceof ReadFailure) throw error;
    // The stream broke, or ended before its JSON did.
    throw new Transient(cutOff(request), { attempts: 3 });
  }
}
