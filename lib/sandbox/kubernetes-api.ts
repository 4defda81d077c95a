import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { send } from '#lib/sandbox/aws-answer.ts';
import { whyUnauthorized } from '#lib/sandbox/eks-bearer.ts';
import type { Faults } from '#lib/sandbox/fault.ts';
import { sendFaulty } from '#lib/sandbox/faulty-answer.ts';
import { answerKubernetes } from '#lib/sandbox/kubernetes.ts';
import { answerExec } from '#lib/sandbox/kubernetes-exec.ts';
import { answerUpgrade } from '#lib/sandbox/kubernetes-sockets.ts';
import { status } from '#lib/sandbox/kubernetes-status.ts';
import { isWriting, writeKubernetes } from '#lib/sandbox/kubernetes-writes.ts';
import type { LiveWorld } from '#lib/sandbox/live-world.ts';
import type { RequestLog } from '#lib/sandbox/request-log.ts';
import type { JsonObject } from '#lib/sandbox/world.ts';

interface Parts {
  readonly live: LiveWorld;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly now: () => Date;
}

/** What an HTTPS server of the API servers listens with. */
export interface KubernetesListeners {
  readonly request: RequestListener;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The API servers of a world's clusters, each below `/clusters/<name>`. */
export function kubernetesListeners({ live, log, faults, now }: Parts): KubernetesListeners {
  const received = (request: IncomingMessage) => {
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const [, name = '', path = ''] = /^\/clusters\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
    const operation = `${request.method} ${path}`;
    log.count(operation);
    return { url, name, path, operation };
  };
  const entered = (request: IncomingMessage, name: string) => {
    const refusal = whyUnauthorized(request.headers.authorization, now());
    if (refusal !== undefined) return status(401, 'Unauthorized', 'Unauthorized');
    return live.cluster(name) ?? status(404, 'NotFound', `the sandbox has no cluster ${name}`);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url, name, path, operation } = received(request);
    const body = await text(request);
    const answer = () => {
      const found = entered(request, name);
      if ('status' in found) return found;
      const { method } = request;
      if (isWriting(method)) {
        const { searchParams: parameters } = url;
        const { 'content-type': contentType = '', 'user-agent': userAgent = '' } = request.headers;
        const answered = writeKubernetes(found, { method, path, body, contentType, parameters, userAgent });
        if (answered.status < 300 && parameters.get('dryRun') !== 'All' && !path.endsWith('accessreviews'))
          log.wrote({ service: 'kubernetes', operation, cluster: name, parameters: readable(body) });
        return answered;
      }
      if (method !== 'GET')
        return status(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
      const query = { path, parameters: url.searchParams, accept: request.headers.accept ?? '' };
      return answerKubernetes(found.now, found.store, query);
    };
    const fault = faults.strike(operation, name);
    if (fault === undefined) return send(response, answer());
    await sendFaulty(response, fault, {
      answer,
      refuse: ({ code, status: httpStatus, message }) => status(httpStatus, code, message ?? code),
    });
  };
  return {
    request: (request, response) => {
      serve(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else send(response, status(500, 'InternalError', `Internal error occurred: ${error}`));
      });
    },
    upgrade: (request, socket, head) => {
      const { url, name, path, operation } = received(request);
      const answer = () => {
        const found = entered(request, name);
        return 'status' in found ? found : answerExec(found.now, found.store, { path, parameters: url.searchParams });
      };
      answerUpgrade({ request, socket, head }, answer, faults.strike(operation, name)).catch(() => socket.destroy());
    },
  };
}

/** Of a body in JSON or YAML; reviews of access are asked, and change nothing. */
function readable(body: string): JsonObject {
  if (body.trim() === '') return {};
  const read: unknown = parse(body);
  return Array.isArray(read) ? { patch: read } : (read as JsonObject);
}
