import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { send } from '#lib/sandbox/aws-answer.ts';
import { whyUnauthorized } from '#lib/sandbox/eks-bearer.ts';
import type { Faults } from '#lib/sandbox/fault.ts';
import { sendFaulty } from '#lib/sandbox/faulty-answer.ts';
import { answerKubernetes } from '#lib/sandbox/kubernetes.ts';
import { answerExec } from '#lib/sandbox/kubernetes-exec.ts';
import { answerUpgrade } from '#lib/sandbox/kubernetes-sockets.ts';
import { status } from '#lib/sandbox/kubernetes-status.ts';
import { KubernetesStore } from '#lib/sandbox/kubernetes-store.ts';
import { writeKubernetes } from '#lib/sandbox/kubernetes-writes.ts';
import type { RequestLog } from '#lib/sandbox/request-log.ts';
import type { World } from '#lib/sandbox/world.ts';

interface Parts {
  readonly world: World;
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
export function kubernetesListeners({ world, log, faults, now }: Parts): KubernetesListeners {
  const clusters = new Map(
    world.clusters.map((cluster) => [cluster.name, { cluster, store: new KubernetesStore(cluster, now) }]),
  );
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
    return clusters.get(name) ?? status(404, 'NotFound', `the sandbox has no cluster ${name}`);
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url, name, path, operation } = received(request);
    const body = await text(request);
    const answer = () => {
      const found = entered(request, name);
      if ('status' in found) return found;
      const { cluster, store } = found;
      const { method } = request;
      if (method === 'POST' || method === 'PATCH' || method === 'DELETE') {
        const dryRun = url.searchParams.get('dryRun') === 'All';
        return writeKubernetes(cluster, store, { method, path, body, dryRun });
      }
      if (method !== 'GET')
        return status(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
      return answerKubernetes(cluster, store, { path, parameters: url.searchParams, accept: request.headers.accept ?? '' });
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
        return 'status' in found ? found : answerExec(found.cluster, found.store, { path, parameters: url.searchParams });
      };
      answerUpgrade({ request, socket, head }, answer, faults.strike(operation, name)).catch(() => socket.destroy());
    },
  };
}
