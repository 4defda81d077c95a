import type { Readable } from 'node:stream';
import type { Answer, Connection } from '#lib/collect/kubernetes/connection.ts';
import { ItemSplitter } from '#lib/collect/kubernetes/item-splitter.ts';
import { type JsonObject, object, text } from '#lib/collect/kubernetes/json.ts';
import {
  cutOff,
  type KubernetesRequest,
  notAList,
  notJson,
  statusFailure,
  unreachable,
} from '#lib/collect/kubernetes/kubernetes-failure.ts';
import { BodyCut } from '#lib/collect/kubernetes/list-envelope.ts';
import { namesObject, ObjectNotFound } from '#lib/collect/kubernetes/object-not-found.ts';
import { retryAfter, Transient } from '#lib/collect/kubernetes/retry.ts';
import { ReadFailure } from '#lib/model/failure.ts';

/** Bytes of an error's body that are worth reading. */
const ERROR_BODY = 64 * 1024;

export interface Page<T> {
  readonly items: readonly T[];
  /** The token of the next page; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * Sends one request and lets nothing but a good JSON answer through.
 * @throws Transient for what a repetition may cure, else ReadFailure
 */
export async function ask(
  connection: Connection,
  path: string,
  { query = {}, accept = 'application/json', request, signal }: AskOptions,
): Promise<Answer> {
  const answer = await connection.get(path, query, accept, signal).catch((error) => {
    throw connectionFailure(error, request);
  });
  if (answer.status !== 200) throw await refused(answer, request);
  const contentType = answer.headers['content-type'] ?? '';
  if (!/\bjson\b/i.test(contentType)) throw notJson(contentType, await beginning(answer.body), request);
  return answer;
}

export interface AskOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly request: KubernetesRequest;
  readonly signal: AbortSignal;
}

/**
 * Reads one page of a list; each object is mapped as soon as its bytes are there.
 * `onNext` is given the token of the next page as soon as it is known, which may be before the objects are.
 */
export async function readPage<T>(
  answer: Answer,
  map: (item: JsonObject) => T,
  request: KubernetesRequest,
  onNext: (token: string) => void = () => undefined,
  kept: { readonly keepManagedFields?: boolean } = {},
): Promise<Page<T>> {
  const items: T[] = [];
  const splitter = new ItemSplitter(
    (json) => {
      items.push(map(object(JSON.parse(json.toString('utf8')))));
    },
    (beforeItems) => {
      const next = nextToken(object(beforeItems));
      if (next !== undefined) onNext(next);
    },
    kept,
  );
  const envelope = await throughSplitter(answer.body, splitter, request);
  if (!('items' in envelope)) throw notAList(`it is of kind ${text(envelope['kind']) ?? 'none'}`, request);
  return { items, next: nextToken(envelope) };
}

function nextToken(envelope: JsonObject): string | undefined {
  return text(object(envelope['metadata'])['continue']) || undefined;
}

async function throughSplitter(body: Readable, splitter: ItemSplitter, request: KubernetesRequest): Promise<JsonObject> {
  try {
    for await (const chunk of body) splitter.push(chunk as Buffer);
    return object(splitter.end());
  } catch (error) {
    if (error instanceof ReadFailure) throw error;
    if (error instanceof SyntaxError) throw notAList(error.message, request);
    // The stream broke, or ended before its JSON did.
    if (error instanceof BodyCut || isStreamError(error)) throw new Transient(cutOff(request), { attempts: 3 });
    throw error;
  }
}

function isStreamError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

function connectionFailure(error: unknown, request: KubernetesRequest): unknown {
  if (error instanceof ReadFailure || !(error instanceof Error)) return error;
  const { code } = error as { code?: string };
  // The server hung up on a kept-alive socket: the next attempt opens a new one.
  const attempts =
    code === 'ECONNRESET' || code === 'EPIPE' ? 4 : /^(ECONNREFUSED|EAI_AGAIN|ETIMEDOUT)$/.test(code ?? '') ? 2 : 1;
  return new Transient(unreachable(error, request), { attempts });
}

async function refused({ status, headers, body }: Answer, request: KubernetesRequest): Promise<Error> {
  const text = await beginning(body);
  if (status === 404 && namesObject(text)) return new ObjectNotFound(request);
  const failure = statusFailure(status, text, request);
  if (status !== 429 && status < 500) return failure;
  return new Transient(failure, { retryAfter: retryAfter(headers['retry-after']) });
}

/** The first bytes of a body, as text; what breaks it does not matter any more. */
async function beginning(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= ERROR_BODY) break;
    }
  } catch {
    // What there is will do.
  }
  return Buffer.concat(chunks).toString('utf8', 0, ERROR_BODY);
}
