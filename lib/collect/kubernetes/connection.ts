import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { WebSocket } from 'ws';
import type { KubernetesAccess } from '#lib/collect/kubernetes/access.ts';

/** Milliseconds. A private endpoint seen from outside drops packets without a word. */
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds without a byte; the API server itself gives up a list after 60 s. */
const IDLE_TIMEOUT = 65_000;

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Decompressed. */
  readonly body: Readable;
}

/** A kept-alive way to one API server, for one run. */
export interface Connection {
  /** Scheme, host and base path. */
  readonly server: string;
  /** One request, no retry. Rejects with the socket's error, or the signal's reason. */
  get(path: string, query: Readonly<Record<string, string>>, accept: string, signal: AbortSignal): Promise<Answer>;
  /** One request that writes, with a JSON body; no retry. Rejects as `get`. */
  send(write: KubernetesWrite, signal: AbortSignal): Promise<Answer>;
  /** A WebSocket that is about to open; its events tell what becomes of it. No message has more than `most` bytes. */
  webSocket(path: string, query: URLSearchParams, protocols: readonly string[], most: number): Promise<WebSocket>;
  close(): void;
}

export interface KubernetesWrite {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept: string;
  /** Of the body; JSON unless said. */
  readonly contentType?: string;
  readonly body: object;
}

export function connect(access: KubernetesAccess): Connection {
  const base = new URL(access.server);
  const secure = base.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: 6 };
  const agent = access.agent ?? (secure ? new https.Agent({ ...options, ...access.tls }) : new http.Agent(options));
  const basePath = base.pathname.replace(/\/+$/, '');
  const at = (path: string, query: URLSearchParams): URL => {
    const url = new URL(base);
    url.pathname = `${basePath}${path}`;
    url.search = query.toString();
    return url;
  };
  const identity = async (): Promise<Record<string, string>> => {
    const authorization = await access.authorization();
    return { 'user-agent': 'cniwatch', ...(authorization === undefined ? {} : { authorization }) };
  };
  const open = async (path: string, query: Readonly<Record<string, string>>, options: Opening): Promise<http.ClientRequest> => {
    const url = at(path, new URLSearchParams(query));
    const headers = {
      accept: options.accept,
      'accept-encoding': 'gzip',
      ...(await identity()),
      ...(options.body === undefined
        ? {}
        : { 'content-type': options.contentType, 'content-length': Buffer.byteLength(options.body) }),
    };
    const { method, signal } = options;
    return (secure ? https : http).request(url, { method, agent, headers, signal });
  };
  return {
    server: `${base.protocol}//${base.host}${basePath}`,
    get: async (path, query, accept, signal) => answered(await open(path, query, { method: 'GET', accept, signal })),
    async send({ method, path, query = {}, accept, contentType = 'application/json', body: content }, signal) {
      const body = JSON.stringify(content);
      return answered(await open(path, query, { method, accept, contentType, body, signal }), body);
    },
    async webSocket(path, query, protocols, most) {
      // Only what runs commands in pods needs it.
      const { WebSocket } = await import('ws');
      const options = { agent, headers: await identity(), maxPayload: most, perMessageDeflate: false };
      return new WebSocket(at(path, query), [...protocols], options);
    },
    close: () => agent.destroy(),
  };
}

interface Opening {
  readonly method: 'GET' | KubernetesWrite['method'];
  readonly accept: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Sends the request, with its body where it has one. */
function answered(request: http.ClientRequest, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(
      () => request.destroy(timedOut(`no connection within ${CONNECT_TIMEOUT / 1000} s`)),
      CONNECT_TIMEOUT,
    );
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
  });
  request.setTimeout(IDLE_TIMEOUT, () => request.destroy(timedOut(`no answer within ${IDLE_TIMEOUT / 1000} s`)));
  request.once('error', reject);
  request.once('response', (response) => {
    // From here on the body's reader sees what goes wrong.
    request.on('error', () => undefined);
    resolve({ status: response.statusCode ?? 0, headers: response.headers, body: decoded(response) });
  });
  request.end(body);
  return promise;
}

function decoded(response: http.IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  // The reader of the result sees its errors; pipeline's own callback has nothing to add.
  return pipeline(response, createGunzip(), () => undefined);
}

function timedOut(message: string): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
