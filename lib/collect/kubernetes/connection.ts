import * as http from 'node:http';
import * as https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
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
  close(): void;
}

export function connect(access: KubernetesAccess): Connection {
  const base = new URL(access.server);
  const secure = base.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: 6 };
  const agent = access.agent ?? (secure ? new https.Agent({ ...options, ...access.tls }) : new http.Agent(options));
  const basePath = base.pathname.replace(/\/+$/, '');
  return {
    server: `${base.protocol}//${base.host}${basePath}`,
    async get(path, query, accept, signal) {
      const authorization = await access.authorization();
      const url = new URL(base);
      url.pathname = `${basePath}${path}`;
      url.search = new URLSearchParams(query).toString();
      const headers = {
        accept,
        'accept-encoding': 'gzip',
        'user-agent': 'cniwatch',
        ...(authorization === undefined ? {} : { authorization }),
      };
      return send((secure ? https : http).request(url, { agent, headers, signal }));
    },
    close: () => agent.destroy(),
  };
}

function send(request: http.ClientRequest): Promise<Answer> {
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
  request.end();
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
